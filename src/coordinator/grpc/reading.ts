/**
 * How many long replies a caller may be reading at a time. Each keeps what it is about until it has been read, a model
 * or the shares of everybody, and a caller decides how fast it reads.
 */
import { BlindsumError } from '../../protocol/errors.js';

const MAX_READING = 4;

export class Reading {
  readonly #open = new Map<string, number>();

  /** @returns to be called when the reply is over; calling again does nothing @throws BlindsumError OVERLOADED */
  begin(caller: string): () => void {
    const open = this.#open.get(caller) ?? 0;
    if (open >= MAX_READING) {
      throw new BlindsumError('OVERLOADED', 'peer', `${MAX_READING} replies are still being read`);
    }
    this.#open.set(caller, open + 1);
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      const left = (this.#open.get(caller) as number) - 1;
      if (left === 0) this.#open.delete(caller);
      else this.#open.set(caller, left);
    };
  }
}
