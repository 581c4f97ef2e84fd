/**
 * How many of something a caller may have at a time: long replies that it is reading, each of which keeps what it is about
 * until it has been read, watches, calls in progress. A caller decides how fast it reads and sends, so each is counted.
 */
import { BlindsumError } from '../../protocol/errors.js';

/** When somebody who found no place is asked to come again. */
const RETRY_AFTER_MS = 1000;

export class Places {
  readonly #taken = new Map<string, number>();

  /** @param what for the refusal, as in '4 replies are still being read' */
  constructor(
    private readonly max: number,
    private readonly what: string,
  ) {}

  /** @returns to be called when it is over; calling again does nothing @throws BlindsumError OVERLOADED */
  take(caller: string): () => void {
    const taken = this.#taken.get(caller) ?? 0;
    if (taken >= this.max) {
      throw new BlindsumError('OVERLOADED', 'peer', `${this.max} ${this.what}`, {
        retryAfterMs: RETRY_AFTER_MS,
      });
    }
    this.#taken.set(caller, taken + 1);
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      const left = (this.#taken.get(caller) as number) - 1;
      if (left === 0) this.#taken.delete(caller);
      else this.#taken.set(caller, left);
    };
  }
}
