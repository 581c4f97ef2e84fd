import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { add, invert, multiply, power } from '../../crypto/field.js';

const element = fc.integer({ min: 0, max: 65535 });
const nonZero = fc.integer({ min: 1, max: 65535 });

/** Schoolbook: multiply the polynomials with BigInt, then divide by 0x1100B. */
function slowMultiply(a: number, b: number): number {
  let product = 0n;
  for (let i = 0; i < 16; i += 1) if ((b >> i) & 1) product ^= BigInt(a) << BigInt(i);
  for (let i = 30; i >= 16; i -= 1) if ((product >> BigInt(i)) & 1n) product ^= 0x1100bn << BigInt(i - 16);
  return Number(product);
}

test('multiplication is that of polynomials modulo 0x1100B', () => {
  expect(multiply(0x8000, 2)).toBe(0x100b);
  expect(multiply(0xffff, 0xffff)).toBe(slowMultiply(0xffff, 0xffff));
  fc.assert(
    fc.property(element, element, (a, b) => expect(multiply(a, b)).toBe(slowMultiply(a, b))),
    { numRuns: 2000 },
  );
});

test('the axioms of a field', () => {
  fc.assert(
    fc.property(element, element, element, (a, b, c) => {
      expect(add(a, b)).toBe(add(b, a));
      expect(add(a, a)).toBe(0);
      expect(multiply(a, b)).toBe(multiply(b, a));
      expect(multiply(multiply(a, b), c)).toBe(multiply(a, multiply(b, c)));
      expect(multiply(a, add(b, c))).toBe(add(multiply(a, b), multiply(a, c)));
      expect(multiply(a, 1)).toBe(a);
      expect(multiply(a, 0)).toBe(0);
    }),
    { numRuns: 500 },
  );
  fc.assert(
    fc.property(nonZero, (a) => expect(multiply(a, invert(a))).toBe(1)),
    { numRuns: 500 },
  );
});

test('X generates all 65535 non-zero elements, so the polynomial is primitive', () => {
  let steps = 1;
  for (let a = 2; a !== 1; a = multiply(a, 2)) steps += 1;
  expect(steps).toBe(65535);
});

test('power', () => {
  fc.assert(
    fc.property(element, fc.nat(40), (a, exponent) => {
      let expected = 1;
      for (let i = 0; i < exponent; i += 1) expected = multiply(expected, a);
      expect(power(a, exponent)).toBe(expected);
    }),
  );
});

test('what is not an element is refused', () => {
  for (const bad of [-1, 65536, 2 ** 31]) {
    expect(() => multiply(bad, 1)).toThrow(RangeError);
    expect(() => multiply(1, bad)).toThrow(RangeError);
    expect(() => add(bad, 1)).toThrow(RangeError);
  }
  expect(() => invert(0)).toThrow(RangeError);
  for (const bad of [-1, 0.5, NaN]) expect(() => power(2, bad)).toThrow(RangeError);
});
