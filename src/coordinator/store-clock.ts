/**
 * The store's clock, which is one for all nodes, as far as this node knows it: its own clock, corrected by what the store
 * said last. Deadlines are kept and compared by it, so a session that changes nodes does not gain or lose time.
 */
import type { Clock, Timer } from './clock.js';

export class StoreClock implements Clock {
  readonly #own: Clock;
  /** Null until the store has said something. */
  #aheadMs: number | null = null;

  constructor(own: Clock) {
    this.#own = own;
  }

  /** This node's clock as it is; for spans of time on this node. */
  ownNow(): number {
    return this.#own.now();
  }

  now(): number {
    return this.#own.now() + (this.#aheadMs ?? 0);
  }

  setTimer(ms: number, fn: () => void): Timer {
    return this.#own.setTimer(ms, fn);
  }

  /**
   * The store said `nowMs` to who asked at `askedMs` of the own clock and has just heard it.
   * @returns by how much its clock was set since it was asked last, as far as the time that asking took lets it be known
   */
  adjust(nowMs: number, askedMs: number): number {
    const heardMs = this.#own.now();
    const aheadMs = Math.round(nowMs - (askedMs + heardMs) / 2);
    const movedMs = aheadMs - (this.#aheadMs ?? aheadMs);
    this.#aheadMs = aheadMs;
    return Math.sign(movedMs) * Math.max(0, Math.abs(movedMs) - (heardMs - askedMs));
  }
}
