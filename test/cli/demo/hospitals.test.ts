/** The demo's hospitals: everybody in one place, unequal, repeatable. */
import {
  FEATURE_COUNT,
  FEATURE_RANGES,
  hospitalData,
  MALIGNANT,
  parsePatients,
  type Patients,
  splitPatients,
  standardise,
} from '../../../src/cli/demo/hospitals.js';

const { hospitals, test: held } = hospitalData(1);
const everyone = [...hospitals, held].flatMap(({ features }) => features);
const malignant = ({ labels }: Patients): number => labels.filter((label) => label === MALIGNANT).length;

describe('the data set', () => {
  test('569 patients are dealt out, each once', () => {
    expect(everyone).toHaveLength(569);
    expect(new Set(everyone.map((row) => row.join())).size).toBe(569);
    expect(malignant(held) + hospitals.reduce((sum, hospital) => sum + malignant(hospital), 0)).toBe(212);
  });

  test('a fifth is held back, in the overall case mix', () => {
    expect([held.labels.length, malignant(held)]).toEqual([113, 42]);
  });

  test('the declared ranges cover it with room, and are round', () => {
    expect(FEATURE_RANGES).toHaveLength(FEATURE_COUNT);
    FEATURE_RANGES.forEach(({ min, max }, j) => {
      const values = everyone.map((row) => row[j] ?? NaN);
      expect(Math.min(...values)).toBeGreaterThanOrEqual(min);
      expect(Math.max(...values)).toBeLessThan(max);
      expect(Math.max(...values)).toBeGreaterThan(max / 5);
      expect(Number(max.toPrecision(2))).toBe(max);
    });
  });
});

describe('hospitals', () => {
  test('are named and unequal in size and case mix', () => {
    expect(hospitals.map(({ name }) => name)).toEqual([1, 2, 3, 4, 5].map((i) => `hospital-${i}`));
    const sizes = hospitals.map(({ labels }) => labels.length);
    expect(Math.max(...sizes)).toBeGreaterThan(2 * Math.min(...sizes));
    const rates = hospitals.map((hospital) => malignant(hospital) / hospital.labels.length);
    expect(Math.max(...rates)).toBeGreaterThan(2 * Math.min(...rates));
  });

  test('the same seed gives the same, another seed others', () => {
    expect(hospitalData(1)).toEqual({ hospitals, test: held });
    expect(hospitalData(2).test).not.toEqual(held);
  });

  test.each([2, 3, 5, 10, 50])('%d of them all have patients of both kinds', (participants) => {
    const all = hospitalData(7, participants);
    expect(all.hospitals).toHaveLength(participants);
    for (const hospital of all.hospitals) {
      expect(hospital.features).toHaveLength(hospital.labels.length);
      expect(malignant(hospital)).toBeGreaterThan(0);
      expect(malignant(hospital)).toBeLessThan(hospital.labels.length);
    }
    const dealt = all.hospitals.reduce((sum, { labels }) => sum + labels.length, 0);
    expect(dealt + all.test.labels.length).toBe(569);
  });

  test.each([0, 1, 51, 2.5, NaN])('%d participants are refused', (participants) => {
    expect(() => splitPatients({ features: [], labels: [] }, 1, participants)).toThrow(RangeError);
  });
});

describe('parsePatients', () => {
  const row = (label: string, first = '1'): string =>
    [first, ...Array<string>(29).fill('2'), label].join(',');

  test('reads rows of 30 numbers and a label', () => {
    const { features, labels } = parsePatients(
      `2,30,malignant,benign\r\n${row('0')}\r\n${row('1', '1.5')}\r\n`,
    );
    expect(labels).toEqual([0, 1]);
    expect(features.map((values) => [values.length, values[0]])).toEqual([
      [30, 1],
      [30, 1.5],
    ]);
  });

  test.each([
    ['', 'unexpected header'],
    [`3,30,a,b\n${row('0')}`, 'unexpected header'],
    [`1,30,a,b\n${row('2')}`, 'line 2 is not'],
    [`1,30,a,b\n${row('0', 'x')}`, 'line 2 is not'],
    [`1,30,a,b\n${row('0', '')}`, 'line 2 is not'],
    [`1,30,a,b\n${row('0')},1`, 'line 2 is not'],
  ])('refuses %j', (csv, problem) => {
    expect(() => parsePatients(csv)).toThrow(problem);
  });
});

test('standardise: mean 0 and deviation 1; what never varies becomes 0', () => {
  expect(
    standardise(
      [
        [1, 5],
        [3, 5],
      ],
      [2, 5],
      [1, 0],
    ),
  ).toEqual([Float64Array.of(-1, 0), Float64Array.of(1, 0)]);
});
