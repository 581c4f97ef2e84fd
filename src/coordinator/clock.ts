/**
 * Time as the coordinator sees it; tests bring their own clock. No participant relies on it for safety.
 *
 * It passes evenly: the wall clock is looked at once, when the process starts. A machine whose clock is set forward in the
 * middle of a session does not cut its round short, and one whose clock is set back does not wait for an hour.
 */

export interface Timer {
  cancel(): void;
}

export interface Clock {
  /** Milliseconds since 1970, whole ones; never goes back. */
  now(): number;
  /** Calls `fn` once, `ms` from now, unless cancelled before. */
  setTimer(ms: number, fn: () => void): Timer;
}

/** A longer delay than this makes Node fire at once. */
const MAX_DELAY_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Math.floor(performance.timeOrigin + performance.now()),
  setTimer(ms, fn) {
    const handle = setTimeout(fn, Math.min(Math.max(0, ms), MAX_DELAY_MS));
    return { cancel: () => clearTimeout(handle) };
  },
};
