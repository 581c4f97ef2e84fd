/**
 * Records to vectors and the aggregate back to statistics. Each participant sends, masked: its number of records, the sum
 * and the sum of squares of every column scaled to [−1, 1], and its counts per bin. One session gives everything, so no
 * two statistics are over different sets of participants.
 */
import { refuse } from '../client/index.js';
import type { FinishedSession, TaskSpecInput } from '../operator/index.js';
import type { StatisticsPlan } from './plan.js';

/** One participant's values, by column; all columns have the same number of records. */
export type Records = Readonly<Record<string, ArrayLike<number>>>;

const histogramName = (index: number): string => `histogram ${index}`;

/** The `vectors` of a task that answers this plan. */
export function statisticsVectorSpecs(plan: StatisticsPlan): TaskSpecInput['vectors'] {
  const clip = plan.maxRecords;
  const columns = plan.columns.length;
  return [
    { name: 'count', length: 1, clip, scale: 1, weighted: false },
    { name: 'sum', length: columns, clip, weighted: false },
    { name: 'squares', length: columns, clip, weighted: false },
    ...plan.histograms.map(({ edges }, index) => ({
      name: histogramName(index),
      length: edges.length - 1,
      clip,
      scale: 1,
      weighted: false,
    })),
  ];
}

/** @throws BlindsumError MISSING_VECTOR, WRONG_LENGTH, NOT_FINITE, BAD_WEIGHT (too many records) (fault caller) */
export function statisticsVectors(plan: StatisticsPlan, records: Records): Record<string, Float64Array> {
  const count = checkRecords(plan, records);
  const sum = new Float64Array(plan.columns.length);
  const squares = new Float64Array(plan.columns.length);
  plan.columns.forEach(({ name, min, max }, index) => {
    const centre = (min + max) / 2;
    const half = (max - min) / 2;
    const values = records[name] as ArrayLike<number>;
    for (let row = 0; row < count; row += 1) {
      const scaled = Math.max(-1, Math.min(1, ((values[row] as number) - centre) / half));
      sum[index] = (sum[index] as number) + scaled;
      squares[index] = (squares[index] as number) + scaled * scaled;
    }
  });
  const histograms = plan.histograms.map(({ column, edges }, index) => [
    histogramName(index),
    countBins(records[column] as ArrayLike<number>, edges),
  ]);
  return {
    count: Float64Array.of(count),
    sum,
    squares,
    ...(Object.fromEntries(histograms) as Record<string, Float64Array>),
  };
}

function checkRecords(plan: StatisticsPlan, records: Records): number {
  let count: number | null = null;
  for (const { name } of plan.columns) {
    if (!Object.hasOwn(records, name)) refuse('MISSING_VECTOR', 'caller', `column ${name} is missing`);
    const values = records[name] as ArrayLike<number>;
    count ??= values.length;
    if (values.length !== count)
      refuse('WRONG_LENGTH', 'caller', `column ${name} has ${values.length} records, others ${count}`);
    const bad = Array.from(values).findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) refuse('NOT_FINITE', 'caller', `column ${name}: record ${bad} is NaN or infinite`);
  }
  if ((count ?? 0) > plan.maxRecords)
    refuse('OVER_CLIP', 'caller', `${count} records, the plan allows ${plan.maxRecords}`);
  return count ?? 0;
}

function countBins(values: ArrayLike<number>, edges: readonly number[]): Float64Array {
  const bins = new Float64Array(edges.length - 1);
  for (let row = 0; row < values.length; row += 1) {
    const above = edges.findIndex((edge) => edge > (values[row] as number));
    const bin = Math.max(0, Math.min(bins.length - 1, (above < 0 ? edges.length : above) - 1));
    bins[bin] = (bins[bin] as number) + 1;
  }
  return bins;
}

export interface ColumnStatistics {
  readonly sum: number;
  readonly mean: number;
  /** With n − 1; NaN for a single record. */
  readonly variance: number;
  readonly standardDeviation: number;
}

export interface Statistics {
  /** Records of all participants in the sum. */
  readonly count: number;
  /** Participants in the sum. */
  readonly survivors: number;
  readonly columns: Readonly<Record<string, ColumnStatistics>>;
  /** Counts per bin, in the order of the plan. */
  readonly histograms: readonly {
    readonly column: string;
    readonly edges: readonly number[];
    readonly counts: readonly number[];
  }[];
}

export interface StatisticsSums {
  readonly sum: Readonly<Record<string, Float64Array>>;
  readonly survivors: number;
}

/**
 * @param aggregate what `client.contribute` gives a participant, or `runSession` and `readOutcome` the operator
 * @throws BlindsumError NO_WEIGHT when nobody has a record
 */
export function readStatistics(
  plan: StatisticsPlan,
  aggregate: StatisticsSums | FinishedSession['aggregate'],
): Statistics {
  const vector = (name: string): Float64Array =>
    ('vectors' in aggregate ? aggregate.vectors[name]?.sum : aggregate.sum[name]) ??
    refuse('MISSING_VECTOR', 'peer', `the aggregate has no vector ${name}: another task than this plan's`);
  // Whole numbers; a suite that sums floats gives them within a small error.
  const whole = (name: string): number[] => Array.from(vector(name), (value) => Math.round(value) + 0);
  const count = whole('count')[0] as number;
  if (count === 0) refuse('NO_WEIGHT', 'peer', 'no participant has a record');
  const columns = plan.columns.map(({ name, min, max }, index) => {
    const half = (max - min) / 2;
    const scaledMean = (vector('sum')[index] as number) / count;
    const mean = (min + max) / 2 + scaledMean * half;
    const spread = Math.max(0, (vector('squares')[index] as number) / count - scaledMean * scaledMean);
    const variance = count > 1 ? ((spread * count) / (count - 1)) * half * half : Number.NaN;
    return [name, { sum: mean * count, mean, variance, standardDeviation: Math.sqrt(variance) }] as const;
  });
  return {
    count,
    survivors: aggregate.survivors,
    columns: Object.fromEntries(columns),
    histograms: plan.histograms.map(({ column, edges }, index) => ({
      column,
      edges,
      counts: whole(histogramName(index)),
    })),
  };
}
