/**
 * A clock that stands still until somebody turns it: deadlines pass when the test says so, and waiting for one takes no
 * time. It is both the coordinator's clock (`now`, `setTimer`) and a participant's (`now`, `sleep`).
 */
export interface ManualTimer {
  cancel(): void;
}

export interface ManualClock {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Calls `fn` once the clock has been turned `ms` on, unless cancelled before. */
  readonly setTimer: (ms: number, fn: () => void) => ManualTimer;
  /** Resolves, never rejects, once the clock has been turned `ms` on or `signal` aborts. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** Turns the clock on. Timers that become due fire in the order of their times, those set on the way included. */
  readonly advance: (ms: number) => void;
  /** Timers that have not fired. */
  readonly pending: () => number;
}

interface Entry {
  readonly atMs: number;
  /** Of two timers for the same time, the older one fires first. */
  readonly order: number;
  readonly fn: () => void;
}

/** 2026-01-01T00:00:00Z */
export const DEFAULT_START_MS = 1_767_225_600_000;

export function manualClock(startMs = DEFAULT_START_MS): ManualClock {
  const timers = new Set<Entry>();
  let nowMs = startMs;
  let count = 0;

  function setTimer(ms: number, fn: () => void): ManualTimer {
    count += 1;
    const entry: Entry = { atMs: nowMs + Math.max(0, ms), order: count, fn };
    timers.add(entry);
    return { cancel: () => void timers.delete(entry) };
  }

  function nextDue(untilMs: number): Entry | null {
    let next: Entry | null = null;
    for (const entry of timers) {
      if (entry.atMs > untilMs) continue;
      const isEarlier =
        next === null || entry.atMs < next.atMs || (entry.atMs === next.atMs && entry.order < next.order);
      if (isEarlier) next = entry;
    }
    return next;
  }

  return {
    now: () => nowMs,
    setTimer,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted === true) return resolve();
        const done = (): void => {
          timer.cancel();
          signal?.removeEventListener('abort', done);
          resolve();
        };
        const timer = setTimer(ms, done);
        signal?.addEventListener('abort', done);
      }),
    advance(ms) {
      if (!(ms >= 0)) throw new RangeError('ms: time does not go back');
      const untilMs = nowMs + ms;
      for (let entry = nextDue(untilMs); entry !== null; entry = nextDue(untilMs)) {
        timers.delete(entry);
        nowMs = Math.max(nowMs, entry.atMs);
        entry.fn();
      }
      nowMs = untilMs;
    },
    pending: () => timers.size,
  };
}
