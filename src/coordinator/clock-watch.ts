/**
 * Says when the wall clock of this machine was set, or stood still with the whole machine. Deadlines go by the time that
 * passed (clock.ts) and are not moved by it; dates in certificates are compared by that time too, until a new start.
 */
import type { Clock, Timer } from './clock.js';
import type { Logger } from './logger.js';

export interface ClockWatchOptions {
  readonly clock: Clock;
  /** The wall clock: milliseconds since 1970. */
  readonly wallMs: () => number;
  readonly logger: Logger;
  readonly intervalMs?: number;
}

/** NTP corrects less than this without setting the clock. */
export const JUMP_MS = 1000;

/** @returns ends it */
export function watchClock({ clock, wallMs, logger, intervalMs = 1000 }: ClockWatchOptions): () => void {
  const aheadMs = (): number => wallMs() - clock.now();
  let beforeMs = aheadMs();
  let timer: Timer;
  const look = (): void => {
    const byMs = Math.round(aheadMs() - beforeMs);
    if (Math.abs(byMs) >= JUMP_MS) {
      logger.warn(
        { byMs },
        `the clock of this machine was set ${byMs > 0 ? 'forward' : 'back'}: deadlines go on by the time that passed; ` +
          'start again, when no session runs, to go by the new date',
      );
      beforeMs += byMs;
    }
    timer = clock.setTimer(intervalMs, look);
  };
  look();
  return () => timer.cancel();
}
