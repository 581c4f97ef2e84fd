import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  chooseParameters,
  coefficientBound,
  errorBound,
  MAX_SCALE_BITS,
  type ParameterRequest,
} from '../../../crypto/ckks/parameters.js';
import { ringOfDegree } from '../../../crypto/ckks/ring.js';

const request = fc.record({
  participants: fc.integer({ min: 2, max: 1000 }),
  maxAbs: fc.double({ min: -30, max: 50, noNaN: true }).map((bits) => 2 ** bits),
  precision: fc.double({ min: -60, max: 20, noNaN: true }).map((bits) => 2 ** bits),
  kind: fc.constantFrom('coefficients' as const, 'slots' as const),
  degree: fc.constantFrom(2048, 4096),
});

test('what is chosen keeps n·maxAbs·scale below q/4, is precise enough, and could not be finer', () => {
  fc.assert(
    fc.property(request, (wanted) => {
      const choice = chooseParameters(wanted);
      if (!choice.chosen) return;
      const { ring, encoding } = choice;
      const quarter = Number(ring.modulus) / 4;
      const room = (scaleBits: number) => wanted.participants * wanted.maxAbs * 2 ** scaleBits;
      expect(room(encoding.scaleBits)).toBeLessThan(quarter);
      if (encoding.scaleBits < MAX_SCALE_BITS) {
        expect(room(encoding.scaleBits + 1)).toBeGreaterThanOrEqual(quarter);
      }
      expect(choice.errorBound).toBe(errorBound(ring, encoding, wanted.participants));
      expect(choice.errorBound).toBeLessThanOrEqual(wanted.precision);
      expect(encoding).toMatchObject({ kind: wanted.kind, maxAbs: wanted.maxAbs });
      expect(ring.degree).toBe(wanted.degree);
      // What the opening checks cannot wrap around.
      expect(coefficientBound(encoding, wanted.participants) < ring.modulus / 2n).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test('what is refused can be met in the ways that the refusal says', () => {
  let refused = 0;
  fc.assert(
    fc.property(request, (wanted) => {
      const choice = chooseParameters(wanted);
      if (choice.chosen) return;
      refused += 1;
      if (choice.precision !== null) {
        expect(choice.precision).toBeGreaterThan(wanted.precision);
        expect(chooseParameters({ ...wanted, precision: choice.precision })).toMatchObject({ chosen: true });
      }
      if (choice.maxAbs !== null) {
        expect(chooseParameters({ ...wanted, maxAbs: choice.maxAbs })).toMatchObject({ chosen: true });
      }
    }),
    { numRuns: 500 },
  );
  expect(refused).toBeGreaterThan(20);
});

test('examples: by default 4096 coefficients of 60 bits', () => {
  expect(chooseParameters({ participants: 100, maxAbs: 1, precision: 1e-9 })).toEqual({
    chosen: true,
    ring: ringOfDegree(4096),
    encoding: { kind: 'coefficients', scaleBits: 51, maxAbs: 1 },
    errorBound: expect.closeTo(2.4e-13, 14),
  });
  expect(chooseParameters({ participants: 100, maxAbs: 1, precision: 1e-9, kind: 'slots' })).toMatchObject({
    chosen: true,
    encoding: { scaleBits: 51 },
  });
  expect(chooseParameters({ participants: 1000, maxAbs: 1, precision: 1e-9 })).toMatchObject({
    chosen: true,
    encoding: { scaleBits: 48 },
  });
});

test('a refusal says what could be had', () => {
  const choice = chooseParameters({ participants: 100, maxAbs: 1000, precision: 1e-12 });
  expect(choice).toEqual({
    chosen: false,
    precision: 2.5e-10,
    maxAbs: 4,
  });
  expect(chooseParameters({ participants: 1000, maxAbs: 1e300, precision: 1 })).toMatchObject({
    chosen: false,
    precision: null,
    maxAbs: expect.any(Number),
  });
  expect(chooseParameters({ participants: 1000, maxAbs: 1e300, precision: 1e-30 })).toMatchObject({
    chosen: false,
    precision: null,
    maxAbs: null,
  });
});

describe('refused', () => {
  const good: ParameterRequest = { participants: 10, maxAbs: 1, precision: 1e-6 };
  test.each<[string, Partial<ParameterRequest>, RegExp]>([
    ['one participant', { participants: 1 }, /^participants: /],
    ['1001 participants', { participants: 1001 }, /^participants: /],
    ['half a participant', { participants: 2.5 }, /^participants: /],
    ['maxAbs 0', { maxAbs: 0 }, /^maxAbs: /],
    ['maxAbs NaN', { maxAbs: NaN }, /^maxAbs: /],
    ['an infinite maxAbs', { maxAbs: Infinity }, /^maxAbs: /],
    ['precision 0', { precision: 0 }, /^precision: /],
    ['a negative precision', { precision: -1 }, /^precision: /],
    ['a precision that is text', { precision: '1' as unknown as number }, /^precision: /],
    ['another ring', { degree: 8192 }, /^degree: /],
  ])('%s', (_what, change, message) => {
    expect(() => chooseParameters({ ...good, ...change })).toThrow(message);
  });
});
