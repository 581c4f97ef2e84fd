/** The kernel's combinations are those of the field, for any weights, and leave nothing behind. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { multiply } from '../../crypto/field.js';
import { withShares } from '../../crypto/sharing-kernel/combine.js';

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
  expect(withShares([empty, empty], (combine) => combine(Uint16Array.of(1, 1)))).toEqual(new Uint8Array(32));
});
