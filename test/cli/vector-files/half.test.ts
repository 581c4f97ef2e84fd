/** 16-bit floats: every bit pattern, and rounding to the nearest. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import {
  bfloat16Bits,
  bfloat16Value,
  float16Bits,
  float16Value,
} from '../../../src/cli/vector-files/half.js';

const FORMATS = {
  float16: { toBits: float16Bits, toValue: float16Value, infinity: 0x7c00 },
  bfloat16: { toBits: bfloat16Bits, toValue: bfloat16Value, infinity: 0x7f80 },
};

describe.each(Object.entries(FORMATS))('%s', (_, { toBits, toValue, infinity }) => {
  test('every bit pattern but NaN comes back', () => {
    for (let bits = 0; bits < 65536; bits++) {
      if ((bits & 0x7fff) > infinity) expect(toValue(bits)).toBeNaN();
      else if (toBits(toValue(bits)) !== bits) throw new Error(`0x${bits.toString(16)}`);
    }
    expect(toValue(toBits(NaN))).toBeNaN();
  });

  test('a value is rounded to its nearest neighbour, ties to the even one', () => {
    const magnitude = fc.integer({ min: 0, max: infinity - 2 });
    fc.assert(
      fc.property(magnitude, fc.constantFrom(0, 0.25, 0.5, 0.75), (bits, fraction) => {
        const [low, high] = [toValue(bits), toValue(bits + 1)];
        const expected = fraction < 0.5 || (fraction === 0.5 && bits % 2 === 0) ? bits : bits + 1;
        const value = low + (high - low) * fraction;
        expect(toBits(value)).toBe(expected);
        expect(toBits(-value)).toBe(expected | 0x8000);
      }),
    );
  });
});

test('known values', () => {
  expect([0.1, 65519, 65520, 2 ** -25, -0].map(float16Bits)).toEqual([0x2e66, 0x7bff, 0x7c00, 0, 0x8000]);
  expect([1, 3.4e38, -2.5].map(bfloat16Bits)).toEqual([0x3f80, 0x7f80, 0xc020]);
});
