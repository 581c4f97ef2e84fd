/**
 * The store's clock, which is one for all nodes, as far as this node knows it: its own clock, corrected by what the store
 * said last. Deadlines are kept and compared by it, so a session that changes nodes does not gain or lose time.
 */
import type { Clock, Timer } from './clock.js';

export class StoreClock implements Clock {
  readonly #own: Clock;
  #aheadMs = 0;

  constructor(own: Clock) {
    this.#own = own;
  }

  /** This node's clock as it is; for spans of time on this node. */
  ownNow(): number {
    return this.#own.now();
  }

  now(): number {
    return this.#own.now() + this.#aheadMs;
  }

  setTimer(ms: number, fn: () => void): Timer {
    return this.#own.setTimer(ms, fn);
  }

  /** The store said `nowMs` to who asked at `askedMs` of the own clock and has just heard it. */
  adjust(nowMs: number, askedMs: number): void {
    this.#aheadMs = Math.round(nowMs - (askedMs + this.#own.now()) / 2);
  }
}
