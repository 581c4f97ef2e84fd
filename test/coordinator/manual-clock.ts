/** A clock that moves only when a test says so. */
import type { Clock, Timer } from '../../src/coordinator/clock.js';

export interface ManualClock extends Clock {
  /** Moves on, firing timers in order and letting everything that waits for nothing else run. */
  advance(ms: number): Promise<void>;
  /** Moves on at once: what was due meanwhile is late. */
  jump(ms: number): Promise<void>;
  readonly pending: number;
}

/** Lets promises run until none is left that could run without time passing. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 12; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

export function manualClock(startMs = 1_700_000_000_000): ManualClock {
  let nowMs = startMs;
  const timers = new Set<{ atMs: number; fn: () => void }>();
  const fireDue = async (): Promise<void> => {
    for (const timer of [...timers].filter(({ atMs }) => atMs <= nowMs)) {
      timers.delete(timer);
      timer.fn();
    }
    await settle();
  };
  return {
    now: () => nowMs,
    get pending() {
      return timers.size;
    },
    setTimer(ms, fn): Timer {
      const timer = { atMs: nowMs + ms, fn };
      timers.add(timer);
      return { cancel: () => void timers.delete(timer) };
    },
    async advance(ms) {
      const untilMs = nowMs + ms;
      await settle();
      for (;;) {
        const next = [...timers].filter(({ atMs }) => atMs <= untilMs).sort((a, b) => a.atMs - b.atMs)[0];
        if (next === undefined) break;
        nowMs = Math.max(nowMs, next.atMs);
        await fireDue();
      }
      nowMs = untilMs;
    },
    async jump(ms) {
      nowMs += ms;
      await fireDue();
    },
  };
}
