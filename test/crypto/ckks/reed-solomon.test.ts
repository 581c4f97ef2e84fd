/** In a field so small that words which only look like corrupted code words turn up all the time. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { locateErrors, type ReceivedWord } from '../../../crypto/ckks/reed-solomon.js';
import { interpolate } from './oracle.js';

const q = 97n;

const shape = fc.integer({ min: 1, max: 5 }).chain((dimension) =>
  fc.record({
    dimension: fc.constant(dimension),
    points: fc.uniqueArray(fc.bigInt({ min: 1n, max: q - 1n }), {
      minLength: dimension,
      maxLength: dimension + 7,
    }),
    seed: fc.array(fc.bigInt({ min: 0n, max: q - 1n }), { minLength: 12, maxLength: 12 }),
    wrong: fc.uniqueArray(fc.nat(11), { maxLength: 8 }),
  }),
);

/** Values of one polynomial of degree below `dimension`. */
function codeWord(points: readonly bigint[], dimension: number, seed: readonly bigint[]): bigint[] {
  const through = points.slice(0, dimension).map((x, i) => [x, seed[i] as bigint] as const);
  return points.map((x, i) => through[i]?.[1] ?? interpolate(q, through, x));
}

/** Whether all values but the located ones lie on one polynomial of degree below `dimension`. */
function isCodeWordWithout({ points, values, dimension }: ReceivedWord, located: readonly number[]): boolean {
  const rest = points.flatMap((x, i) => (located.includes(i) ? [] : [[x, values[i] as bigint] as const]));
  const through = rest.slice(0, dimension);
  return rest.slice(dimension).every(([x, value]) => interpolate(q, through, x) === value);
}

test('up to half of the redundancy is located, exactly', () => {
  fc.assert(
    fc.property(shape, ({ points, dimension, seed, wrong }) => {
      const most = Math.floor((points.length - dimension) / 2);
      const where = wrong.filter((i) => i < points.length).slice(0, most);
      const values = codeWord(points, dimension, seed).map((value, i) =>
        where.includes(i) ? (value + 1n + ((seed[11 - (i % 6)] as bigint) % (q - 1n))) % q : value,
      );
      expect(locateErrors(q, { points, values, dimension })).toEqual(where.sort((a, b) => a - b));
    }),
    { numRuns: 500 },
  );
});

test('of any other word: nothing, or few enough places without which it is a code word', () => {
  let refused = 0;
  fc.assert(
    fc.property(shape, ({ points, dimension, seed }) => {
      const word = { points, values: points.map((_, i) => seed[i] as bigint), dimension };
      const located = locateErrors(q, word);
      if (located === null) {
        refused += 1;
        return;
      }
      expect(2 * located.length).toBeLessThanOrEqual(points.length - dimension);
      expect(isCodeWordWithout(word, located)).toBe(true);
    }),
    { numRuns: 3000 },
  );
  expect(refused).toBeGreaterThan(100);
});
