/**
 * The quotas of organisations on calls. Who is in an organisation is known only once its certificate is, and nobody who is not
 * let in uses up the quota of those who are.
 */
import type { Caller } from '../caller.js';
import { type Account, Organisations, type Quotas } from '../organisations.js';
import { CallRate } from './call-rate.js';
import { Places } from './places.js';

interface Bounds {
  readonly rate: CallRate | null;
  readonly places: Places | null;
}

export class CallQuotas {
  readonly #organisations: Organisations;
  readonly #nowMs: () => number;
  /** By their owner. */
  readonly #bounds = new Map<string, Bounds>();

  /** @param nowMs milliseconds since any moment, never going back */
  constructor(quotas: Quotas, nowMs: () => number) {
    this.#organisations = new Organisations(quotas);
    this.#nowMs = nowMs;
  }

  /** Counts a call. @returns to be called when it is over @throws BlindsumError OVERLOADED */
  enter(caller: Caller): () => void {
    const account = this.#organisations.accountOf(caller);
    const { rate, places } = this.#boundsOf(account);
    rate?.count(account.key);
    return places?.take(account.key) ?? (() => undefined);
  }

  #boundsOf(account: Account): Bounds {
    const known = this.#bounds.get(account.owner);
    if (known !== undefined) return known;
    const bounds = boundsOf(account, this.#nowMs);
    this.#bounds.set(account.owner, bounds);
    return bounds;
  }
}

function boundsOf({ quota: { calls, callsAtOnce }, owner }: Account, nowMs: () => number): Bounds {
  const note = `, the quota of ${owner}`;
  const rate =
    calls && new CallRate({ callsPerSecond: calls.perSecond, callBurst: calls.burst, nowMs, note });
  const places = callsAtOnce === undefined ? null : new Places(callsAtOnce, `calls are in progress${note}`);
  return { rate: rate ?? null, places };
}
