/** Repeated measurements, as medians with their spread. */
import { median } from '../median.js';

/** Seconds. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export const spreadOf = (seconds: readonly number[]): Spread => ({
  median: rounded(median(seconds)),
  min: rounded(Math.min(...seconds)),
  max: rounded(Math.max(...seconds)),
});

/** To three significant digits. */
export const rounded = (value: number): number => Number(value.toPrecision(3));

/** Keyed by the number of threads, as the JSON of the benchmarks has it. */
export type ByThreads<T> = Readonly<Record<string, T>>;

export const mapThreads = <T, U>(values: ByThreads<T>, change: (value: T) => U): ByThreads<U> =>
  Object.fromEntries(Object.entries(values).map(([threads, value]) => [threads, change(value)]));
