import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { BlindsumError } from '../../src/protocol/errors.js';
import { decodePlan, encodePlan, parsePlan } from '../../src/statistics/plan.js';
import {
  readStatistics,
  type Records,
  statisticsVectors,
  statisticsVectorSpecs,
} from '../../src/statistics/vectors.js';

const plan = parsePlan({
  columns: [
    { name: 'age', min: 0, max: 120 },
    { name: 'bmi', min: 10, max: 60 },
  ],
  histograms: [{ column: 'age', edges: [0, 18, 65, 120] }],
  maxRecords: 500,
});

const sumsOf = (parts: readonly Records[]) => {
  const vectors = parts.map((records) => statisticsVectors(plan, records));
  const names = Object.keys(vectors[0] ?? {});
  const sum = Object.fromEntries(
    names.map((name) => [
      name,
      vectors
        .map((vector) => vector[name] as Float64Array)
        .reduce((a, b) => a.map((value, index) => value + (b[index] as number))),
    ]),
  );
  return { sum, survivors: parts.length };
};
const pooled = (parts: readonly Records[]) => readStatistics(plan, sumsOf(parts));

const code = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    return (error as BlindsumError).code;
  }
  return 'none';
};

describe('statistics over records of several participants', () => {
  test('count, sum, mean, variance and bins equal those of the pooled records', () => {
    const value = (max: number) => fc.double({ min: 0, max, noNaN: true });
    const part = fc.array(fc.tuple(value(120), value(50)), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(fc.array(part, { minLength: 3, maxLength: 6 }), (parts) => {
        const records = parts.map((rows) => ({
          age: rows.map(([age]) => age),
          bmi: rows.map(([, bmi]) => bmi + 10),
        }));
        const all = records.flatMap(({ bmi }) => bmi);
        const ages = records.flatMap(({ age }) => age);
        const mean = all.reduce((a, b) => a + b) / all.length;
        const variance = all.reduce((a, b) => a + (b - mean) ** 2, 0) / (all.length - 1);
        const statistics = pooled(records);
        expect(statistics.count).toBe(all.length);
        expect(statistics.survivors).toBe(parts.length);
        expect(statistics.columns['bmi']?.sum).toBeCloseTo(
          all.reduce((a, b) => a + b),
          6,
        );
        expect(statistics.columns['bmi']?.mean).toBeCloseTo(mean, 9);
        expect(statistics.columns['bmi']?.variance).toBeCloseTo(variance, 6);
        expect(statistics.histograms[0]?.counts).toEqual([
          ages.filter((age) => age < 18).length,
          ages.filter((age) => age >= 18 && age < 65).length,
          ages.filter((age) => age >= 65).length,
        ]);
      }),
    );
  });

  test('the operator reads its own aggregate the same way', () => {
    const parts = [1, 2, 3].map((n) => ({ age: [10 * n, 20 * n], bmi: [20 + n, 30 + n] }));
    const { sum, survivors } = sumsOf(parts);
    const vectors = Object.fromEntries(
      Object.entries(sum).map(([name, values]) => [
        name,
        { sum: values, mean: values.map((value) => value / survivors) },
      ]),
    );
    expect(readStatistics(plan, { vectors, weight: null, survivors })).toEqual(pooled(parts));
    expect(code(() => readStatistics(plan, { vectors: {}, weight: null, survivors }))).toBe('MISSING_VECTOR');
  });

  test('values beyond the agreed range are cut to it', () => {
    const statistics = pooled([
      { age: [500], bmi: [-3] },
      { age: [60], bmi: [60] },
      { age: [60], bmi: [60] },
    ]);
    expect(statistics.columns['age']?.mean).toBeCloseTo(80);
    expect(statistics.columns['bmi']?.mean).toBeCloseTo(130 / 3);
    expect(statistics.histograms[0]?.counts).toEqual([0, 2, 1]);
  });

  test('the vectors fit the specs of the task', () => {
    const vectors = statisticsVectors(plan, { age: [1, 2], bmi: [20, 30] });
    expect(statisticsVectorSpecs(plan).map(({ name, length }) => [name, length])).toEqual(
      Object.entries(vectors).map(([name, values]) => [name, values.length]),
    );
  });

  test('bad records are refused by code', () => {
    expect(code(() => statisticsVectors(plan, { age: [1] }))).toBe('MISSING_VECTOR');
    expect(code(() => statisticsVectors(plan, { age: [1], bmi: [1, 2] }))).toBe('WRONG_LENGTH');
    expect(code(() => statisticsVectors(plan, { age: [Number.NaN], bmi: [1] }))).toBe('NOT_FINITE');
    const many = new Float64Array(501);
    expect(code(() => statisticsVectors(plan, { age: many, bmi: many }))).toBe('OVER_CLIP');
    expect(code(() => pooled([{ age: [], bmi: [] }]))).toBe('NO_WEIGHT');
  });
});

describe('plan', () => {
  test('survives the way through the input blob', () => {
    expect(decodePlan(encodePlan(plan))).toEqual(plan);
  });

  test('refuses ranges, edges and columns that make no sense', () => {
    const column = { name: 'a', min: 0, max: 1 };
    expect(code(() => parsePlan({ columns: [{ ...column, max: 0 }], maxRecords: 1 }))).toBe('BAD_CONFIG');
    expect(code(() => parsePlan({ columns: [column, column], maxRecords: 1 }))).toBe('BAD_CONFIG');
    expect(
      code(() =>
        parsePlan({ columns: [column], histograms: [{ column: 'b', edges: [0, 1] }], maxRecords: 1 }),
      ),
    ).toBe('BAD_CONFIG');
    expect(
      code(() =>
        parsePlan({ columns: [column], histograms: [{ column: 'a', edges: [1, 0] }], maxRecords: 1 }),
      ),
    ).toBe('BAD_CONFIG');
    expect(code(() => decodePlan(new Uint8Array([1, 2])))).toBe('MALFORMED');
    expect(code(() => decodePlan(null))).toBe('MALFORMED');
  });
});
