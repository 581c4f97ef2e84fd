/** Work that grows with a session, at a pace that leaves time for everybody else. */
import type { Steps } from '../protocol/steps.js';
import { defaultSleep } from '../rpc/retry.js';

/** Of work between two turns. */
const TURN_MS = 10;

/**
 * Runs a computation that comes in steps, with turns of the event loop in between: nobody waits for all of it.
 * @throws signal.reason; whatever the computation throws
 */
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

/**
 * Looking at a session takes as long as there are participants, and each of their messages is a reason to look again. So
 * much time between two looks makes looking a small part of what a node does, however many they are.
 */
const REST_PER_LOOK = 19;
/** Nobody waits for longer because of it, nor for more than a tenth of what is left of the round. */
const LONGEST_MS = 5000;
const LEFT_PER_REST = 10;
/** On a node that only watches: who listens there is to hear of a new round soon. */
const WATCHING_MS = 500;
/** Of fewer there is nothing to rest from. */
const MANY = 100;

/** Until when somebody rests after a look; a look that fails leaves no time for it. */
export class Rest {
  #sinceMs = 0;
  #longestMs = 0;

  begin(): void {
    this.#sinceMs = performance.now();
    this.#longestMs = 0;
  }

  /** @param leftMs until the round is due */
  mayLast(participants: number, leftMs: number, isWatching = false): void {
    if (participants < MANY) return;
    this.#longestMs = Math.min(leftMs / LEFT_PER_REST, isWatching ? WATCHING_MS : LONGEST_MS);
  }

  /** From the look, in real time; ends early with `signal`. */
  async take(signal: AbortSignal): Promise<void> {
    const ms = Math.min(this.#longestMs, REST_PER_LOOK * (performance.now() - this.#sinceMs));
    if (ms > 0) await defaultSleep(ms, signal);
  }
}
