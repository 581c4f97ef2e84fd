/**
 * The quotas of organisations on uploaded bytes, by days of the store's clock, in UTC. In memory of this node: another node
 * counts by itself, and a restart begins anew.
 *
 * An upload is let in or not before its first byte. One that was let in comes to its end, so that a quota is exceeded by no
 * more than the uploads that are on their way in at a time.
 */
import { fingerprint } from '../protocol/fingerprint.js';
import { BlindsumError } from '../protocol/errors.js';
import type { Clock } from './clock.js';
import type { Logger } from './logger.js';
import { type Account, Organisations, type Quotas } from './organisations.js';
import type { Caller } from './caller.js';

const DAY_MS = 24 * 3600 * 1000;
const MIB = 2 ** 20;

interface Day {
  /** Since 1970. */
  readonly number: number;
  /** Bytes, by the key of the account. */
  readonly used: Map<string, number>;
  readonly refused: Set<string>;
}

export class UploadQuotas {
  readonly #organisations: Organisations;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #logger: Logger;
  #day: Day = { number: -1, used: new Map(), refused: new Set() };

  constructor(quotas: Quotas, clock: Pick<Clock, 'now'>, logger: Logger) {
    this.#organisations = new Organisations(quotas);
    this.#clock = clock;
    this.#logger = logger;
  }

  /** Before an upload of `bytes` begins. @throws BlindsumError OVERLOADED */
  admit(caller: Caller, bytes: number): void {
    const account = this.#organisations.accountOf(caller);
    const { key, owner } = account;
    const most = account.quota.uploadBytesPerDay;
    if (most === undefined) return;
    const { used, refused } = this.#today();
    if ((used.get(key) ?? 0) + bytes <= most) return;
    if (!refused.has(key)) this.#log(account, caller);
    refused.add(key);
    const isEverTooMuch = bytes > most;
    throw new BlindsumError(
      'OVERLOADED',
      'peer',
      isEverTooMuch
        ? `an upload of ${bytes} bytes is longer than ${most / MIB} MiB of uploads per day, the quota of ${owner}`
        : `${most / MIB} MiB of uploads per day are used up, the quota of ${owner}`,
      isEverTooMuch ? {} : { retryAfterMs: DAY_MS - (this.#clock.now() % DAY_MS) },
    );
  }

  /** Bytes that were taken in. */
  count(caller: Caller, bytes: number): void {
    const { key, quota } = this.#organisations.accountOf(caller);
    if (quota.uploadBytesPerDay === undefined) return;
    const { used } = this.#today();
    used.set(key, (used.get(key) ?? 0) + bytes);
  }

  #today(): Day {
    const number = Math.floor(this.#clock.now() / DAY_MS);
    if (number !== this.#day.number) this.#day = { number, used: new Map(), refused: new Set() };
    return this.#day;
  }

  /** Once a day: whoever is refused comes again and again. */
  #log({ organisation }: Account, { identity }: Caller): void {
    const who = organisation === null ? { participant: fingerprint(identity) } : { organisation };
    this.#logger.warn({ quota: 'uploadMiBPerDay', ...who }, 'uploads are refused until midnight UTC');
  }
}
