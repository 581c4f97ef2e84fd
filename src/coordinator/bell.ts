/** A bell that somebody waits for: rung before or during the wait, it is never missed; several rings count once. */
import type { Clock } from './clock.js';

export class Bell {
  readonly #clock: Clock;
  #rung = false;
  #answer: (() => void) | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  readonly ring = (): void => {
    this.#rung = true;
    this.#answer?.();
  };

  /** Resolves when rung, when `ms` have passed, or when `signal` aborts; never rejects. One waiter at a time. */
  async wait(ms: number, signal?: AbortSignal): Promise<void> {
    if (!this.#rung && signal?.aborted !== true) {
      await new Promise<void>((resolve) => {
        const timer = this.#clock.setTimer(ms, resolve);
        this.#answer = () => {
          timer.cancel();
          resolve();
        };
        signal?.addEventListener('abort', this.#answer, { once: true });
      });
      if (this.#answer !== null) signal?.removeEventListener('abort', this.#answer);
      this.#answer = null;
    }
    this.#rung = false;
  }
}
