/** The numbers of `masking/ring`: those of the specification, and what has to hold of all of them. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  COMMITTEE_ABOVE,
  ringFailure,
  type RingNumbers,
  ringNumbers,
  securityBitsOf,
} from '../../../src/protocol/suites/masking-ring/numbers.js';
import { logAtLeast } from '../../../src/protocol/suites/masking-ring/hypergeometric.js';
import { fewestSurvivors, mostColluders, ringLoad } from '../../../src/protocol/suites/masking-ring/tails.js';
import { exactAtLeast, logOf } from './exact.js';

function numbersOf(n: number, gamma: number, delta: number, securityBits: number): RingNumbers {
  const numbers = ringNumbers(ringLoad(n, gamma, delta), securityBits);
  if (numbers === null) throw new Error(`no ring of ${n}`);
  return numbers;
}
const text = ({ w, h, k, t }: RingNumbers): string => [w, h, k, t].join(' ');

test('a coordinator that can try rosters is granted 2^64 of them', () => {
  expect([securityBitsOf(true), securityBitsOf(false)]).toEqual([40, 104]);
});

test.each([
  [1000, 0.1, '45 26 90 37', '73 48 146 65'],
  [10_000, 0.1, '53 30 106 44', '87 57 174 82'],
  [1000, 0.05, '29 17 58 22', '46 32 92 40'],
])('the ring of %i with %d colluding and dropping out', (n, share, withBeacon, without) => {
  expect(text(numbersOf(n, share, share, securityBitsOf(true)))).toBe(withBeacon);
  expect(text(numbersOf(n, share, share, securityBitsOf(false)))).toBe(without);
});

const RATES = [
  [0.05, 0.05],
  [0.1, 0.1],
  [0.2, 0.1],
  [0.1, 0.2],
  [0.05, 0.2],
] as const;

/** w, h, k, t for each of the rates at 40 bits, from another implementation. */
test.each([
  [200, '19 11 38 11, 33 19 66 21, 46 30 92 40, 43 20 86 21, 29 11 58 11'],
  [500, '25 15 50 19, 41 24 82 32, 59 38 118 57, 58 28 116 37, 43 18 86 23'],
  [1000, '29 17 58 22, 45 26 90 37, 67 43 134 66, 65 31 130 44, 49 21 98 27'],
  [5000, '32 19 64 25, 51 29 102 42, 75 48 150 75, 73 35 146 51, 56 24 112 33'],
  [10_000, '34 20 68 27, 53 30 106 44, 80 51 160 80, 77 37 154 54, 59 25 118 34'],
])('the rings of %i at 40 bits', (n, expected) => {
  expect(RATES.map(([gamma, delta]) => text(numbersOf(n, gamma, delta, 40))).join(', ')).toBe(expected);
});

test('above 2000 a committee signs; up to there everybody', () => {
  expect(numbersOf(10_000, 0.1, 0.1, 104).committee).toEqual({ m: 176, q: 129 });
  expect(numbersOf(COMMITTEE_ABOVE, 0.1, 0.1, 104).committee).toBe(null);
  expect(numbersOf(COMMITTEE_ABOVE + 1, 0.1, 0.1, 104).committee).not.toBe(null);
});

test('no ring whose neighbours are half of all, or whose committee no two sets could be told apart by', () => {
  for (let n = 3; n < 60; n += 1)
    for (const share of [0.1, 0.2, 0.3]) {
      const numbers = ringNumbers(ringLoad(n, share, share), 104);
      if (numbers !== null) expect(numbers.k).toBeLessThan((n - 1) / 2);
    }
  // One neighbour on either side of five is already half of the four others.
  expect(ringNumbers({ participants: 5, colluders: 0, losses: 0 }, 40)).toBe(null);
  expect(ringNumbers({ participants: 6, colluders: 0, losses: 0 }, 40)).toMatchObject({ w: 1, k: 2, t: 2 });
  expect(ringNumbers(ringLoad(100, 0.3, 0.3), 104)).toBe(null);
  expect(ringNumbers(ringLoad(1_000_000, 0.45, 0.45), 104)).toBe(null);
  expect(ringNumbers(ringLoad(1_000_000, 0.499, 0.499), 40)).toBe(null);
});

const loads = fc
  .tuple(
    fc.integer({ min: 6, max: 50_000 }),
    fc.double({ min: 0, max: 0.3, noNaN: true }),
    fc.double({ min: 0, max: 0.25, noNaN: true }),
    fc.boolean(),
  )
  .map(([n, gamma, delta, beacon]) => ({ load: ringLoad(n, gamma, delta), bits: securityBitsOf(beacon) }));

test('what is promised holds, and is not met with a window, a survivor or a share less', () => {
  let rings = 0;
  fc.assert(
    fc.property(loads, ({ load, bits }) => {
      const numbers = ringNumbers(load, bits);
      if (numbers === null) return;
      rings += 1;
      const { w, h, k, t, committee } = numbers;
      const { privacy, correctness } = ringFailure(load, numbers);
      expect(privacy).toBeLessThan(-bits * Math.LN2);
      // Three tails of 20 bits each.
      expect(correctness).toBeLessThan(Math.log(3) - 20 * Math.LN2);
      expect(k).toBe(2 * w);
      expect(h).toBeLessThanOrEqual(fewestSurvivors(load, w));
      expect(t).toBeLessThanOrEqual(fewestSurvivors(load, k));
      if (load.colluders > 0) {
        const bound = -(bits + 1) * Math.LN2 - Math.log(load.participants);
        const colluding = { population: load.participants, marked: load.colluders };
        expect(logAtLeast({ ...colluding, drawn: w }, h - 1)).toBeGreaterThanOrEqual(bound);
        if (t > 2) expect(logAtLeast({ ...colluding, drawn: k }, t - 1)).toBeGreaterThanOrEqual(bound);
      }
      if (committee !== null) {
        // Two quorums share more than may collude of the committee.
        const { m, q } = committee;
        expect(2 * q - m).toBeGreaterThan(mostColluders(load, m, bits));
        expect(q).toBeLessThanOrEqual(fewestSurvivors(load, m));
      }
    }),
  );
  expect(rings).toBeGreaterThan(50);
});

test('the probabilities of a failure are the sums of all their tails', () => {
  const load = { participants: 3000, colluders: 300, losses: 600 };
  const numbers = { w: 12, h: 7, k: 24, t: 10, committee: { m: 30, q: 21 } };
  const atLeast = (marked: number, drawn: number, count: number): number =>
    Math.exp(logOf(exactAtLeast({ population: 3000, marked, drawn }, count)));
  const below = (drawn: number, count: number): number => atLeast(600, drawn, drawn - count + 1);
  const { privacy, correctness } = ringFailure(load, numbers);
  const leaks = 3000 * atLeast(300, 12, 7) + 3000 * atLeast(300, 24, 10) + atLeast(300, 30, 12);
  expect(Math.exp(privacy) / leaks).toBeCloseTo(1, 8);
  const fails = 3000 * below(12, 7) + 3000 * below(24, 10) + below(30, 21);
  expect(Math.exp(correctness) / fails).toBeCloseTo(1, 8);
});

test('the smallest one: no smaller window would do', () => {
  for (const [n, gamma, delta] of [
    [300, 0.1, 0.1],
    [1000, 0.2, 0.1],
    [50_000, 0.05, 0.3],
  ] as const) {
    const load = ringLoad(n, gamma, delta);
    const { w, committee } = numbersOf(n, gamma, delta, 104);
    for (let size = 1; size < w; size += 1) {
      const windows = mostColluders(load, size, 104) < fewestSurvivors(load, size);
      const shares = mostColluders(load, 2 * size, 104) < fewestSurvivors(load, 2 * size);
      expect(windows && shares).toBe(false);
    }
    for (let m = 1; m < (committee?.m ?? 1); m += 1) {
      const q = Math.floor((m + mostColluders(load, m, 104)) / 2) + 1;
      expect(q).toBeGreaterThan(fewestSurvivors(load, m));
    }
  }
});

test('more colluders, more dropouts or more bits never need fewer neighbours', () => {
  const steps = [0.02, 0.05, 0.1, 0.15, 0.2];
  const ks = (f: (step: number) => RingNumbers): number[] => steps.map((step) => f(step).k);
  for (const n of [1000, 3000, 100_000]) {
    for (const grown of [
      ks((step) => numbersOf(n, step, 0.1, 104)),
      ks((step) => numbersOf(n, 0.1, step, 104)),
      ks((step) => numbersOf(n, 0.1, 0.1, 40 + 320 * step)),
    ])
      expect(grown).toEqual([...grown].sort((a, b) => a - b));
  }
});
