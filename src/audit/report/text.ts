/** How a report writes ids, times and numbers. */
import type { Verdict } from '../types.js';

/** Enough of an id to find it in the archive. */
export const shortId = (id: string | null): string => (id === null ? 'unreadable' : id.slice(0, 16));

/** Of the calendar that programs here have. */
const LAST_MS = 8.64e15;

/** UTC, to the minute. */
export function time(ms: number | null): string {
  if (ms === null) return '–';
  // Others wrote it: it may be in no calendar.
  if (Math.abs(ms) > LAST_MS) return `${ms} ms`;
  return `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

export const many = (count: number, one: string, several = `${one}s`): string =>
  `${count} ${count === 1 ? one : several}`;

/** What of the log the audit has not seen; '' for nothing. */
export function unseen({ log, totals }: Pick<Verdict, 'log' | 'totals'>): string {
  const others = Math.max(0, log.entries - totals.sessions);
  return others === 0
    ? ''
    : `The log has ${many(others, 'more session')} that were not looked at: nothing is said of them, and what is said of several sessions together holds among those that were.`;
}

/** Of a probability: 12 %, 0.3 %, 4e-7. */
export function chance(probability: number): string {
  if (probability === 0) return '0';
  if (probability < 0.001) return probability.toExponential(0);
  return `${(probability * 100).toPrecision(2).replace(/\.0$/, '')} %`;
}
