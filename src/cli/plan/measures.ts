/** Shares and durations as people read them. */

export const percent = (share: number): string => `${digits(100 * share, 4)} %`;

const digits = (value: number, count: number): string => String(Number(value.toPrecision(count)));

/** `3.1 ms`, `12 s`, `5.2 h`. */
export function secondsText(seconds: number): string {
  if (seconds < 1) return `${digits(1000 * seconds, 2)} ms`;
  if (seconds < 600) return `${digits(seconds, 2)} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${digits(seconds / 3600, 2)} h`;
}
