/** Work that grows with a session, at a pace that leaves time for everybody else. */
import type { Steps } from '../protocol/steps.js';

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
/** A round's last message waits for no longer. */
const LONGEST_MS = 5000;
/** Of fewer there is nothing to rest from. */
const MANY = 100;

/** In real time; ends early with `signal`. @param lookMs how long the look took */
export async function restFrom(participants: number, lookMs: number, signal: AbortSignal): Promise<void> {
  if (participants < MANY || signal.aborted) return;
  const ms = Math.min(LONGEST_MS, REST_PER_LOOK * lookMs);
  await new Promise<void>((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
  });
}
