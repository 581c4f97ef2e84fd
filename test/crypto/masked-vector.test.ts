import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  addInto,
  packBits,
  packedLength,
  reduceBits,
  subtractInto,
  unpackBits,
} from '../../crypto/masked-vector.js';
import { toHex } from '../../crypto/bytes.js';

const word = fc.integer({ min: 0, max: 0xffffffff });
const bitsAndVector = fc.integer({ min: 1, max: 32 }).chain((bits) =>
  fc.record({
    bits: fc.constant(bits),
    vector: fc
      .array(fc.oneof(word, fc.constantFrom(0, 0xffffffff)), { maxLength: 70 })
      .map((values) => Uint32Array.from(values, (value) => value % 2 ** bits)),
  }),
);

/** The packed form straight from its definition, bit by bit. */
function slowPack(vector: Uint32Array, bits: number): Uint8Array {
  const packed = new Uint8Array(Math.ceil((vector.length * bits) / 8));
  vector.forEach((value, i) => {
    for (let k = 0; k < bits; k += 1) {
      const at = i * bits + k;
      packed[at >> 3] = (packed[at >> 3] as number) | (((value >>> k) & 1) << (at & 7));
    }
  });
  return packed;
}

test('packing is the documented bit stream and comes back', () => {
  fc.assert(
    fc.property(bitsAndVector, ({ bits, vector }) => {
      const packed = packBits(vector, bits);
      expect(packed).toEqual(slowPack(vector, bits));
      expect(packed.length).toBe(packedLength(vector.length, bits));
      expect(unpackBits(packed, bits, vector.length)).toEqual(vector);
    }),
    { numRuns: 600 },
  );
});

test('every width from 1 to 32, at lengths that end on and off byte and word boundaries', () => {
  for (let bits = 1; bits <= 32; bits += 1) {
    for (let length = 0; length <= 35; length += 1) {
      const vector = Uint32Array.from({ length }, (_, i) => Math.imul(i + 1, 0x9e3779b1) >>> (32 - bits));
      const packed = packBits(vector, bits);
      expect(packed).toEqual(slowPack(vector, bits));
      // also where the bytes do not begin at the start of their buffer
      const shifted = new Uint8Array(packed.length + 3);
      shifted.set(packed, 3);
      expect(unpackBits(shifted.subarray(3), bits, length)).toEqual(vector);
    }
  }
});

test('an example to check by hand', () => {
  // 5 bits each: 00001, 11111, 00000, 10101 → bit stream, lowest first
  expect(toHex(packBits(Uint32Array.of(1, 31, 0, 21), 5))).toBe('e1830a');
  expect(toHex(packBits(Uint32Array.of(0x123456, 0xabcdef), 24))).toBe('563412efcdab');
});

test('one vector has one packed form: any other bytes of that length are another vector or refused', () => {
  fc.assert(
    fc.property(bitsAndVector, fc.nat(), fc.integer({ min: 1, max: 255 }), ({ bits, vector }, at, flip) => {
      const packed = packBits(vector, bits);
      fc.pre(packed.length > 0);
      const changed = packed.slice();
      changed[at % packed.length] = (changed[at % packed.length] as number) ^ flip;
      let other: Uint32Array;
      try {
        other = unpackBits(changed, bits, vector.length);
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
        return;
      }
      expect(packBits(other, bits)).toEqual(changed);
      expect(other).not.toEqual(vector);
    }),
    { numRuns: 300 },
  );
});

test('adding, subtracting and reducing are arithmetic modulo 2^bits', () => {
  const pair = fc.array(fc.tuple(word, word), { maxLength: 20 });
  fc.assert(
    fc.property(pair, fc.integer({ min: 1, max: 32 }), (pairs, bits) => {
      const [a, b] = [0, 1].map((k) => Uint32Array.from(pairs, (p) => p[k] as number)) as [
        Uint32Array,
        Uint32Array,
      ];
      const modulus = 2n ** BigInt(bits);
      const mod = (value: bigint) => Number(((value % modulus) + modulus) % modulus);
      const [sum, difference] = [a.slice(), a.slice()];
      addInto(sum, b);
      subtractInto(difference, b);
      reduceBits(sum, bits);
      reduceBits(difference, bits);
      expect([...sum]).toEqual(pairs.map(([x, y]) => mod(BigInt(x) + BigInt(y))));
      expect([...difference]).toEqual(pairs.map(([x, y]) => mod(BigInt(x) - BigInt(y))));
    }),
  );
});

describe('refused', () => {
  const vector = Uint32Array.of(1, 2, 3);
  test.each<[string, () => unknown, RegExp]>([
    ['no bits', () => packBits(vector, 0), /^bits: /],
    ['33 bits', () => packBits(vector, 33), /^bits: /],
    ['half a bit', () => reduceBits(vector, 1.5), /^bits: /],
    [
      'a coordinate too large, general width',
      () => packBits(Uint32Array.of(4), 2),
      /^values: a coordinate does not fit/,
    ],
    ['a coordinate too large, 8 bits', () => packBits(Uint32Array.of(0, 256), 8), /^values: /],
    ['a coordinate too large, 16 bits', () => packBits(Uint32Array.of(0, 0x80000000), 16), /^values: /],
    ['a plain array', () => packBits([1] as never, 8), /^values: /],
    ['a byte too few', () => unpackBits(new Uint8Array(2), 8, 3), /^bytes: /],
    ['a byte too many', () => unpackBits(new Uint8Array(2), 4, 2), /^bytes: /],
    ['spare bits', () => unpackBits(Uint8Array.of(0, 0b100), 5, 2), /^bytes: the spare bits/],
    ['a negative length', () => unpackBits(new Uint8Array(0), 8, -1), /^length: /],
    ['vectors of different length', () => addInto(vector, Uint32Array.of(1)), /^vector: /],
    ['an Int32Array', () => subtractInto(vector, new Int32Array(3) as never), /^vector: /],
    ['no accumulator', () => addInto(undefined as never, vector), /^accumulator: /],
  ])('%s', (_what, attempt, message) => {
    expect(attempt).toThrow(message);
  });
  test('bits that are set in the last byte but not spare are fine', () => {
    expect([...unpackBits(Uint8Array.of(0xff, 0x03), 5, 2)]).toEqual([31, 31]);
  });
});
