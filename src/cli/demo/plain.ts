/** What the secure results are compared with: the same sums over the same survivors, in the clear. For the demo alone. */
import type { Statistics, StatisticsPlan } from '../../statistics/index.js';
import type { FromParticipant } from './messages.js';

export type TrueUpdate = Extract<FromParticipant, { readonly type: 'update' }>;

/** Largest difference of any coordinate between the secure mean and the plain, weighted one. NaN when one is missing. */
export function largestError(
  secure: Readonly<Record<string, Float64Array>>,
  updates: readonly Pick<TrueUpdate, 'vectors' | 'weight'>[],
): number {
  const total = updates.reduce((sum, { weight }) => sum + weight, 0);
  let largest = 0;
  for (const [name, mean] of Object.entries(secure)) {
    mean.forEach((value, i) => {
      const sum = updates.reduce(
        (part, { vectors, weight }) => part + weight * (vectors[name]?.[i] ?? NaN),
        0,
      );
      largest = Math.max(largest, Math.abs(value - sum / total));
    });
  }
  return largest;
}

/**
 * For the statistics: difference of the means and standard deviations of every column, and of the number of records,
 * each relative to its declared range.
 * @param columns values of all survivors, by column
 */
export function largestStatisticsError(
  plan: StatisticsPlan,
  secure: Statistics,
  columns: Readonly<Record<string, readonly number[]>>,
): number {
  const errors = plan.columns.flatMap(({ name, min, max }) => {
    const values = columns[name] ?? [];
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    const found = secure.columns[name];
    return [
      Math.abs((found?.mean ?? NaN) - mean) / (max - min),
      Math.abs((found?.standardDeviation ?? NaN) - Math.sqrt(squares / (values.length - 1))) / (max - min),
      Math.abs(secure.count - values.length) / plan.maxRecords,
    ];
  });
  return errors.reduce((a, b) => Math.max(a, b), 0);
}
