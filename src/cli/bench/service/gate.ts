/** Holds participants back before their upload: what is measured begins when all of them are ready for it. */
import { BlindsumError } from '../../../protocol/errors.js';

export class Gate {
  readonly #waiting: ((leave: () => void) => void)[] = [];
  #onArrival: () => void = () => undefined;

  /** Resolves when the caller is let through, with what it calls once it is done. */
  enter(signal?: AbortSignal): Promise<() => void> {
    return new Promise((resolve, reject) => {
      const cancel = (): void => reject(new BlindsumError('CANCELLED', 'caller', 'cancelled'));
      if (signal?.aborted === true) return cancel();
      signal?.addEventListener('abort', cancel, { once: true });
      this.#waiting.push(resolve);
      this.#onArrival();
    });
  }

  /** Resolves once so many wait. */
  filled(count: number): Promise<void> {
    return new Promise((resolve) => {
      this.#onArrival = () => {
        if (this.#waiting.length >= count) resolve();
      };
      this.#onArrival();
    });
  }

  /** Lets `count` of those who wait through, `atOnce` at a time; resolves when they are done. */
  async pass(count: number, atOnce: number): Promise<void> {
    let left = count;
    const inTurn = async (): Promise<void> => {
      for (; left > 0;) {
        left -= 1;
        await new Promise<void>((resolve) => this.#waiting.shift()?.(resolve));
      }
    };
    await Promise.all(Array.from({ length: atOnce }, inTurn));
  }
}
