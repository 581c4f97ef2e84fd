/** Who waits for room, first come first: a line that somebody leaves when called, when his patience ends, or with his call. */
import type { Clock } from './clock.js';

export class WaitingLine {
  readonly #clock: Clock;
  readonly #waiting = new Set<() => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Resolves when called, after `ms`, or when `signal` aborts; never rejects. */
  wait(ms: number, signal?: AbortSignal): Promise<void> {
    if (ms <= 0 || signal?.aborted === true) return Promise.resolve();
    return new Promise((resolve) => {
      const leave = (): void => {
        timer.cancel();
        signal?.removeEventListener('abort', leave);
        this.#waiting.delete(leave);
        resolve();
      };
      const timer = this.#clock.setTimer(ms, leave);
      signal?.addEventListener('abort', leave, { once: true });
      this.#waiting.add(leave);
    });
  }

  callNext(): void {
    const [next] = this.#waiting;
    next?.();
  }

  callAll(): void {
    for (const leave of [...this.#waiting]) leave();
  }
}
