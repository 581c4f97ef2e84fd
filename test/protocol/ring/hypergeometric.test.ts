/** The tails that rings rest on, against exact fractions. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  type Draw,
  logAdd,
  logAtLeast,
  logBelow,
  logFactorial,
} from '../../../src/protocol/suites/masking-ring/hypergeometric.js';
import {
  fewestSurvivors,
  mostMarked,
  ringLoad,
  smallestSize,
} from '../../../src/protocol/suites/masking-ring/tails.js';
import { exactAtLeast, logOf } from './exact.js';

/** How far a logarithm is from the exact one: the relative error of the probability. */
const distance = (found: number, exact: number): number => (found === exact ? 0 : Math.abs(found - exact));

test('every tail of every draw from up to 14', () => {
  let largest = 0;
  for (let population = 1; population <= 14; population += 1)
    for (let marked = 0; marked <= population; marked += 1)
      for (let drawn = 0; drawn <= population; drawn += 1)
        for (let count = -1; count <= drawn + 1; count += 1) {
          const draw = { population, marked, drawn };
          largest = Math.max(largest, distance(logAtLeast(draw, count), logOf(exactAtLeast(draw, count))));
        }
  expect(largest).toBeLessThan(1e-12);
});

test.each<[Draw, readonly number[], number]>([
  [{ population: 1000, marked: 100, drawn: 73 }, [1, 7, 8, 20, 48, 60, 73], 1e-10],
  [{ population: 10_000, marked: 1000, drawn: 174 }, [5, 17, 18, 82, 130, 174], 1e-9],
  [{ population: 1_000_000, marked: 330_000, drawn: 400 }, [60, 132, 133, 250, 390, 400], 1e-7],
  [{ population: 1_000_000, marked: 3, drawn: 500 }, [0, 1, 2, 3, 4], 1e-7],
])('tails of %j, down to 2^−1000', (draw, counts, precision) => {
  for (const count of counts) {
    expect(distance(logAtLeast(draw, count), logOf(exactAtLeast(draw, count)))).toBeLessThan(precision);
    const { population, marked, drawn } = draw;
    const rest = exactAtLeast({ population, marked: population - marked, drawn }, drawn - count + 1);
    expect(distance(logBelow(draw, count), logOf(rest))).toBeLessThan(precision);
  }
});

const draws = fc
  .tuple(fc.integer({ min: 1, max: 1_000_000 }), fc.double({ min: 0, max: 1, noNaN: true }))
  .chain(([population, share]) =>
    fc.record({
      population: fc.constant(population),
      marked: fc.constant(Math.round(population * share)),
      drawn: fc.integer({ min: 0, max: Math.min(population, 3000) }),
    }),
  );
const tails = draws.chain((draw) =>
  fc.record({ draw: fc.constant(draw), count: fc.integer({ min: 0, max: draw.drawn + 1 }) }),
);

test('a count and what is below it are all there is; the marked and the drawn may be exchanged', () => {
  fc.assert(
    fc.property(tails, ({ draw, count }) => {
      const { population, marked, drawn } = draw;
      const atLeast = logAtLeast(draw, count);
      expect(Math.exp(atLeast) + Math.exp(logBelow(draw, count))).toBeCloseTo(1, 7);
      const exchanged = logAtLeast({ population, marked: drawn, drawn: marked }, count);
      expect(distance(exchanged, atLeast)).toBeLessThan(1e-6);
    }),
  );
});

test('more are less likely; more marked, or more drawn, make as many more likely', () => {
  const slack = 1e-6;
  fc.assert(
    fc.property(tails, ({ draw, count }) => {
      const { population, marked, drawn } = draw;
      const atLeast = logAtLeast(draw, count);
      expect(atLeast).toBeLessThanOrEqual(0);
      expect(logAtLeast(draw, count + 1)).toBeLessThanOrEqual(atLeast + slack);
      if (marked < population)
        expect(logAtLeast({ ...draw, marked: marked + 1 }, count)).toBeGreaterThanOrEqual(atLeast - slack);
      if (drawn < population)
        expect(logAtLeast({ ...draw, drawn: drawn + 1 }, count)).toBeGreaterThanOrEqual(atLeast - slack);
    }),
  );
});

test('the most that is to be expected: one more is rare, and that many are not', () => {
  const bounded = fc.record({ draw: draws, bits: fc.integer({ min: 10, max: 250 }) });
  fc.assert(
    fc.property(bounded, ({ draw, bits }) => {
      const bound = -bits * Math.LN2;
      const most = mostMarked(draw, bound);
      expect(logAtLeast(draw, most + 1)).toBeLessThan(bound);
      expect(logAtLeast(draw, most)).toBeGreaterThanOrEqual(bound);
    }),
  );
});

test('without losses everybody survives, without marked nobody is expected', () => {
  const load = { participants: 1000, colluders: 0, losses: 0 };
  expect(fewestSurvivors(load, 50)).toBe(50);
  expect(mostMarked({ population: 1000, marked: 0, drawn: 50 }, -30)).toBe(0);
});

test('factorials and sums in logarithms', () => {
  let product = 1n;
  for (let n = 1; n <= 300; n += 1) {
    product *= BigInt(n);
    expect(distance(logFactorial(n), -logOf([1n, product]))).toBeLessThan(
      2e-13 * Math.max(1, logFactorial(n)),
    );
  }
  expect(logAdd(-1000, -1000)).toBeCloseTo(-1000 + Math.LN2, 12);
  expect(logAdd(-Infinity, -800)).toBe(-800);
  expect(logAdd(-Infinity, -Infinity)).toBe(-Infinity);
});

test('shares of participants become counts: a share that is no double exactly, and shares that are none', () => {
  expect(ringLoad(100, 0.07, 0.29)).toEqual({ participants: 100, colluders: 7, losses: 29 });
  expect(ringLoad(1000, 1 / 3, 0)).toMatchObject({ colluders: 333, losses: 0 });
  for (const share of [-0.01, 1, NaN]) {
    expect(() => ringLoad(10, share, 0)).toThrow(RangeError);
    expect(() => ringLoad(10, 0, share)).toThrow(RangeError);
  }
});

test('the smallest size is the first of its steps that lacks nothing, though sizes are left out', () => {
  const looked: number[] = [];
  const missing = (size: number): number => {
    looked.push(size);
    return 100 - Math.floor(size / 2);
  };
  expect(smallestSize({ first: 1, step: 1, last: 1000 }, missing)).toBe(200);
  expect(looked.length).toBeLessThan(20);
  expect(smallestSize({ first: 2, step: 4, last: 1000 }, missing)).toBe(202);
  expect(smallestSize({ first: 1, step: 1, last: 199 }, missing)).toBe(null);
});
