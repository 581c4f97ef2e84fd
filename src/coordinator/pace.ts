/** Runs a computation that comes in steps, with turns of the event loop in between: nobody waits for all of it. */
import type { Steps } from '../protocol/steps.js';

/** Of work between two turns. */
const TURN_MS = 10;

/** @throws signal.reason; whatever the computation throws */
export async function paced<T>(steps: Steps<T>, signal: AbortSignal): Promise<T> {
  try {
    for (;;) {
      const untilMs = performance.now() + TURN_MS;
      do {
        const { done, value } = steps.next();
        if (done === true) return value;
      } while (performance.now() < untilMs);
      await new Promise((resolve) => setImmediate(resolve));
      signal.throwIfAborted();
    }
  } finally {
    steps.return(undefined as T);
  }
}
