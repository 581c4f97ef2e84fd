/** Time as the coordinator sees it; tests bring their own clock. No participant relies on it for safety. */

export interface Timer {
  cancel(): void;
}

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls `fn` once, `ms` from now, unless cancelled before. */
  setTimer(ms: number, fn: () => void): Timer;
}

/** A longer delay than this makes Node fire at once. */
const MAX_DELAY_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  setTimer(ms, fn) {
    const handle = setTimeout(fn, Math.min(Math.max(0, ms), MAX_DELAY_MS));
    return { cancel: () => clearTimeout(handle) };
  },
};
