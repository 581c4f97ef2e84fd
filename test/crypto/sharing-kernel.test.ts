/** The kernel computes what the field does, for any points and weights, and leaves nothing behind. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { multiply, power } from '../../crypto/field.js';
import { withShares } from '../../crypto/sharing-kernel/combine.js';
import { evaluateAt } from '../../crypto/sharing-kernel/evaluate.js';

const share = fc.uint8Array({ minLength: 32, maxLength: 32 });
const weighted = fc.array(fc.tuple(share, fc.integer({ min: 0, max: 65535 })), { maxLength: 40 });

/** Symbol by symbol. */
function expected(input: readonly (readonly [Uint8Array, number])[]): Uint8Array {
  const out = new Uint16Array(16);
  for (const [bytes, weight] of input) {
    for (let i = 0; i < 16; i += 1) {
      (out[i] as number) ^= multiply(weight, (bytes[2 * i] as number) | ((bytes[2 * i + 1] as number) << 8));
    }
  }
  return Uint8Array.from({ length: 32 }, (_, i) => (out[i >> 1] as number) >>> (8 * (i % 2)));
}

test('a combination is the sum of products in the field', () => {
  fc.assert(
    fc.property(weighted, weighted, (input, other) => {
      const shares = input.map(([bytes]) => bytes);
      const weightsOf = (pairs: readonly (readonly [Uint8Array, number])[]) =>
        Uint16Array.from(pairs, ([, weight]) => weight);
      const again = shares.map((bytes, i): [Uint8Array, number] => [bytes, other[i]?.[1] ?? 1]);
      const [first, second] = withShares(shares, (combine) => [
        combine(weightsOf(input)),
        combine(weightsOf(again)),
      ]);
      expect(first).toEqual(expected(input));
      expect(second).toEqual(expected(again));
    }),
  );
});

test('thousands of shares fit', () => {
  const shares = Array.from({ length: 5000 }, (_, i) => new Uint8Array(32).fill(i));
  const weights = Uint16Array.from(shares, (_, i) => i * 13);
  const pairs = shares.map((bytes, i): [Uint8Array, number] => [bytes, weights[i] as number]);
  expect(withShares(shares, (combine) => combine(weights))).toEqual(expected(pairs));
});

test('one call leaves nothing for the next, whichever way it ends', () => {
  const secret = new Uint8Array(32).fill(0xa5);
  expect(() =>
    withShares([secret], () => {
      throw new Error('in the middle');
    }),
  ).toThrow('in the middle');
  withShares([secret, secret], (combine) => combine(Uint16Array.of(1, 2)));
  // Nothing is written for empty shares: what lay there before would show.
  const empty = new Uint8Array(0);
  expect(withShares([empty, empty], (combine) => combine(Uint16Array.of(1, 2)))).toEqual(new Uint8Array(32));
});

test('the value of a polynomial is the sum of its coefficients times powers of the point', () => {
  const points = fc.array(fc.integer({ min: 1, max: 65535 }), { minLength: 1, maxLength: 9 });
  fc.assert(
    fc.property(fc.array(share, { minLength: 1, maxLength: 12 }), points, (coefficients, at) => {
      const values = at.map((point) =>
        expected(coefficients.map((coefficient, j) => [coefficient, power(point, j)])),
      );
      expect(evaluateAt(coefficients, at)).toEqual(values);
      const joined = Uint8Array.from(coefficients.flatMap((coefficient) => [...coefficient]));
      expect(evaluateAt([joined], at)).toEqual(values);
    }),
  );
});

test('polynomials of thousands of coefficients at thousands of points fit, and leave nothing behind', () => {
  const coefficients = Array.from({ length: 3000 }, (_, i) => new Uint8Array(32).fill(i + 1));
  const points = Array.from({ length: 2000 }, (_, i) => i + 1);
  const values = evaluateAt(coefficients, points);
  const last = coefficients.map((each, j): [Uint8Array, number] => [each, power(2000, j)]);
  expect(values[1999]).toEqual(expected(last));
  const empty = new Uint8Array(0);
  const everywhere = Array.from({ length: 5100 }, () => empty);
  expect(withShares(everywhere, (combine) => combine(new Uint16Array(5100).fill(1)))).toEqual(
    new Uint8Array(32),
  );
});
