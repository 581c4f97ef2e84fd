/** How a report writes ids, times and numbers. */

/** Enough of an id to find it in the archive. */
export const shortId = (id: string | null): string => (id === null ? 'unreadable' : id.slice(0, 16));

/** UTC, to the minute. */
export const time = (ms: number | null): string =>
  ms === null ? '–' : `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

export const many = (count: number, one: string, several = `${one}s`): string =>
  `${count} ${count === 1 ? one : several}`;

/** Of a probability: 12 %, 0.3 %, 4e-7. */
export function chance(probability: number): string {
  if (probability === 0) return '0';
  if (probability < 0.001) return probability.toExponential(0);
  return `${(probability * 100).toPrecision(2).replace(/\.0$/, '')} %`;
}
