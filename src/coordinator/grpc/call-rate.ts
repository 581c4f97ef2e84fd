/**
 * How often a participant, or an organisation, may call: a token bucket each. Who calls more often is told when to come again; the limit is
 * far above what the sessions of an honest participant need.
 */
import { BlindsumError } from '../../protocol/errors.js';

export interface RateOptions {
  /** In the long run. */
  readonly callsPerSecond: number;
  /** At once, after a pause. */
  readonly callBurst: number;
  /** Milliseconds since any moment, never going back. */
  readonly nowMs: () => number;
  /** For the refusal, behind 'more than 4 calls per second'. */
  readonly note?: string;
}

interface Bucket {
  /** Calls that are left. */
  left: number;
  atMs: number;
}

/** Anybody can make up identities and sign tokens with them: no more buckets than this are kept. */
const MAX_BUCKETS = 10_000;

export class CallRate {
  readonly #options: RateOptions;
  /** In the order of their last calls. */
  readonly #buckets = new Map<string, Bucket>();

  constructor(options: RateOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#buckets.size;
  }

  /** @throws BlindsumError OVERLOADED */
  count(caller: string): void {
    const { callsPerSecond, callBurst, nowMs, note = '' } = this.#options;
    const atMs = nowMs();
    const before = this.#buckets.get(caller) ?? { left: callBurst, atMs };
    const left = Math.min(callBurst, before.left + ((atMs - before.atMs) * callsPerSecond) / 1000);
    const allowed = left >= 1;
    this.#buckets.delete(caller);
    this.#buckets.set(caller, { left: allowed ? left - 1 : left, atMs });
    this.#forgetOldest();
    if (allowed) return;
    const retryAfterMs = Math.ceil(((1 - left) * 1000) / callsPerSecond);
    throw new BlindsumError('OVERLOADED', 'peer', `more than ${callsPerSecond} calls per second${note}`, {
      retryAfterMs,
    });
  }

  #forgetOldest(): void {
    if (this.#buckets.size <= MAX_BUCKETS) return;
    const [oldest] = this.#buckets.keys();
    this.#buckets.delete(oldest as string);
  }
}
