/** Deterministic CBOR: what is taken, what is refused, and that no value has two encodings. */
import { describe, expect, test } from '@jest/globals';
import { encode, rfc8949EncodeOptions } from 'cborg';
import fc from 'fast-check';
import {
  CanonicalError,
  decodeCanonical,
  encodeCanonical,
  MAX_DEPTH,
  type CborValue,
} from '../../crypto/canonical.js';
import { compareBytes, fromHex, toHex } from '../../crypto/bytes.js';
import { wipedBy } from '../helpers/wiped.js';

// RFC 8949 appendix A, those that are canonical and in our value space, and a few more.
const accepted: readonly (readonly [string, CborValue])[] = [
  ['00', 0],
  ['01', 1],
  ['0a', 10],
  ['17', 23],
  ['1818', 24],
  ['1819', 25],
  ['1864', 100],
  ['1903e8', 1000],
  ['1a000f4240', 1000000],
  ['1b000000e8d4a51000', 1000000000000],
  ['1b001fffffffffffff', Number.MAX_SAFE_INTEGER],
  ['3b001ffffffffffffe', Number.MIN_SAFE_INTEGER],
  ['20', -1],
  ['29', -10],
  ['3863', -100],
  ['3903e7', -1000],
  ['fb3ff199999999999a', 1.1],
  ['f93e00', 1.5],
  ['fb3fb999999999999a', 0.1],
  ['f90001', 5.960464477539063e-8],
  ['f90400', 0.00006103515625],
  ['f900c0', 192 * 2 ** -24],
  ['f983ff', -1023 * 2 ** -24],
  ['fbc010666666666666', -4.1],
  ['f4', false],
  ['f5', true],
  ['f6', null],
  ['40', new Uint8Array(0)],
  ['4401020304', Uint8Array.of(1, 2, 3, 4)],
  ['60', ''],
  ['6161', 'a'],
  ['6449455446', 'IETF'],
  ['62225c', '"\\'],
  ['62c3bc', 'ü'],
  ['63e6b0b4', '水'],
  ['64f0908591', '\u{10151}'],
  ['80', []],
  ['83010203', [1, 2, 3]],
  ['8301820203820405', [1, [2, 3], [4, 5]]],
  ['98190102030405060708090a0b0c0d0e0f101112131415161718181819', Array.from({ length: 25 }, (_, i) => i + 1)],
  ['a0', {}],
  ['a26161016162820203', { a: 1, b: [2, 3] }],
  ['826161a161626163', ['a', { b: 'c' }]],
  // RFC 8949 orders bytewise (the shorter head first), not by length of the whole key
  ['a3616201626161026262610a', { b: 1, aa: 2, ba: 10 }],
];

const refused: readonly (readonly [string, string])[] = [
  ['nothing at all', ''],
  ['1 in two bytes', '1801'],
  ['24 in three bytes', '190018'],
  ['1000 in five bytes', '1a000003e8'],
  ['1000000 in nine bytes', '1b00000000000f4240'],
  ['-1 in two bytes', '3800'],
  ['2^53', '1b0020000000000000'],
  ['-2^53', '3b001fffffffffffff'],
  ['2^64 - 1', '1bffffffffffffffff'],
  ['2^64, a bignum tag', 'c249010000000000000000'],
  ['0.0 as a float', 'f90000'],
  ['-0.0', 'f98000'],
  ['1.0 as a float', 'f93c00'],
  ['1.5 in single precision', 'fa3fc00000'],
  ['1.5 in double precision', 'fb3ff8000000000000'],
  ['a subnormal half in single precision', 'fa37400000'],
  ['100000.0 as a float', 'fa47c35000'],
  ['1e300, a whole number', 'fb7e37e43c8800759c'],
  ['Infinity', 'f97c00'],
  ['-Infinity', 'f9fc00'],
  ['NaN', 'f97e00'],
  ['another NaN', 'f97e01'],
  ['NaN in double precision', 'fb7ff8000000000000'],
  ['undefined', 'f7'],
  ['simple value 16', 'f0'],
  ['simple value 255', 'f8ff'],
  ['false in two bytes', 'f814'],
  ['a date tag', 'c074323031332d30332d32315432303a30343a30305a'],
  ['a URI tag', 'd82076687474703a2f2f7777772e6578616d706c652e636f6d'],
  ['indefinite bytes', '5f42010243030405ff'],
  ['indefinite text', '7f657374726561646d696e67ff'],
  ['an indefinite array', '9fff'],
  ['an indefinite map', 'bf61610161629f0203ffff'],
  ['a lone break', 'ff'],
  ['a break inside an array', '81ff'],
  ['reserved additional information', '1c'],
  ['a byte string longer than the input', '4401'],
  ['a byte string with a length in two bytes', '580101'],
  ['an array that ends too early', '830102'],
  ['an array of 2^64 - 1 items', '9bffffffffffffffff'],
  ['a byte string of 2^64 - 1 bytes', '5bffffffffffffffff'],
  ['a map without its last value', 'a16161'],
  ['two values', '0000'],
  ['an unfinished head', '19'],
  ['the same key twice', 'a2616101616102'],
  ['keys in the wrong order', 'a2616201616102'],
  ['keys ordered as bytes without their heads', 'a362616101616202626261 03'.replace(' ', '')],
  ['a number as a key', 'a10102'],
  ['a byte string as a key', 'a1416101'],
  ['null as a key', 'a1f601'],
  ['the key __proto__', 'a1695f5f70726f746f5f5f01'],
  ['invalid UTF-8', '61ff'],
  ['overlong UTF-8', '62c080'],
  ['a surrogate in UTF-8', '63eda080'],
  ['text that begins with a byte order mark', '64efbbbf61'],
];

test.each(accepted)('%s is accepted both ways', (hex, value) => {
  expect(toHex(encodeCanonical(value))).toBe(hex);
  expect(decodeCanonical(fromHex(hex))).toEqual(value);
});

test.each(refused)('refused: %s', (_what, hex) => {
  expect(() => decodeCanonical(fromHex(hex))).toThrow(CanonicalError);
});

describe('values without an encoding', () => {
  test.each<[string, unknown]>([
    ['undefined', undefined],
    ['a function', () => 1],
    ['a symbol', Symbol('x')],
    ['a Date', new Date(0)],
    ['a Map', new Map()],
    ['another typed array', new Uint16Array(2)],
    ['undefined inside', { a: undefined }],
    ['an array with a hole', new Array(1)],
  ])('%s is a TypeError', (_what, value) => {
    expect(() => encodeCanonical(value as CborValue)).toThrow(TypeError);
  });

  test.each<[string, CborValue]>([
    ['NaN', NaN],
    ['Infinity', [Infinity]],
    ['negative zero', { a: -0 }],
    ['2^53', 2 ** 53],
    ['2^53 as a bigint', 2n ** 53n],
    ['-2^53 as a bigint', -(2n ** 53n)],
    ['a lone surrogate', '\ud800'],
    ['a lone surrogate in a key', { '\udfff': 1 }],
    ['a byte order mark', '\ufeffa'],
  ])('%s is a CanonicalError', (_what, value) => {
    expect(() => encodeCanonical(value)).toThrow(CanonicalError);
  });
});

test('bigints within the safe range are the same as numbers', () => {
  expect(encodeCanonical(5n)).toEqual(encodeCanonical(5));
  expect(encodeCanonical(-(2n ** 53n) + 1n)).toEqual(encodeCanonical(Number.MIN_SAFE_INTEGER));
});

test('a Buffer is encoded like any Uint8Array, and results are plain', () => {
  expect(encodeCanonical(Buffer.from([1, 2]))).toEqual(encodeCanonical(Uint8Array.of(1, 2)));
  expect(Object.getPrototypeOf(encodeCanonical(Buffer.from([1])))).toBe(Uint8Array.prototype);
  const decoded = decodeCanonical(Buffer.from('43010203', 'hex'));
  expect(Object.getPrototypeOf(decoded)).toBe(Uint8Array.prototype);
});

test('secrets are overwritten wherever they lay while they were encoded', () => {
  const many = Array.from({ length: 40_000 }, (_, i) => new Uint8Array(32).fill(i));
  for (const secrets of [many, many, many.slice(0, 3)]) {
    let encoding = new Uint8Array();
    const wiped = wipedBy(() => (encoding = encodeCanonical([...secrets, 'ä', { b: 1 }]).slice()));
    const beginning = toHex(encoding.subarray(0, 64));
    // Buffers of 4 KiB, 8 KiB, … 2 MiB, of which the last is not kept; or just the first.
    const buffers = wiped.filter((hex) => hex.startsWith(beginning)).length;
    expect(buffers).toBe(secrets === many ? 10 : 1);
    expect(wiped.some((hex) => hex.startsWith(toHex(encoding)))).toBe(true);
    encodeCanonical(['other']);
    expect(decodeCanonical(encoding)).toEqual([...secrets, 'ä', { b: 1 }]);
  }
});

test('decoded byte strings are copies', () => {
  const input = fromHex('43010203');
  const value = decodeCanonical(input) as Uint8Array;
  input.fill(9);
  expect(value).toEqual(Uint8Array.of(1, 2, 3));
});

test('depth is limited, and a long run of heads does no harm', () => {
  const nested = (depth: number) => fromHex('81'.repeat(depth - 1) + '80');
  expect(encodeCanonical(decodeCanonical(nested(MAX_DEPTH)))).toEqual(nested(MAX_DEPTH));
  expect(() => decodeCanonical(nested(MAX_DEPTH + 1))).toThrow(CanonicalError);
  expect(() => decodeCanonical(nested(1_000_000))).toThrow(CanonicalError);
  let value: CborValue = [];
  for (let i = 0; i < MAX_DEPTH; i += 1) value = [value];
  expect(() => encodeCanonical(value)).toThrow(CanonicalError);
});

test('messages of errors show nothing of the input', () => {
  const secret = 'a1' + '63736563' + '19';
  expect(() => decodeCanonical(fromHex(secret))).toThrow(/^MALFORMED: ends too early$/);
  expect(() => decodeCanonical(fromHex('a2637365630163736563 02'.replace(' ', '')))).toThrow(
    /^MALFORMED: not a value that canonical CBOR can carry$/,
  );
});

const text = fc.string({ unit: 'binary', maxLength: 8 }).filter((s) => !s.startsWith('\ufeff'));
const { value: anyValue } = fc.letrec<{ value: CborValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom<CborValue>(null, true, false),
    fc.maxSafeInteger().map((n) => (n === 0 ? 0 : n)),
    fc
      .double({ noNaN: true, noDefaultInfinity: true })
      .filter((x) => !Object.is(x, -0) && !(Number.isInteger(x) && !Number.isSafeInteger(x))),
    text,
    fc.uint8Array({ maxLength: 40 }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(
      text.filter((key) => key !== '__proto__'),
      tie('value'),
      { maxKeys: 4, noNullPrototype: true },
    ),
  ),
}));

test('every value comes back from its encoding', () => {
  fc.assert(
    fc.property(anyValue, (value) => {
      expect(decodeCanonical(encodeCanonical(value))).toEqual(value);
    }),
    { numRuns: 500 },
  );
});

test('every half-precision number with a fractional part is encoded as one', () => {
  const half = (bits: number): number => {
    const [exponent, significand] = [(bits >> 10) & 31, bits & 1023];
    const size = exponent === 0 ? significand * 2 ** -24 : (1024 + significand) * 2 ** (exponent - 25);
    return (bits & 0x8000) === 0 ? size : -size;
  };
  for (let bits = 0; bits < 0x10000; bits += 1) {
    const value = half(bits);
    if (((bits >> 10) & 31) === 31 || Number.isInteger(value)) continue;
    const encoded = Uint8Array.of(0xf9, bits >> 8, bits & 255);
    if (compareBytes(encodeCanonical(value), encoded) !== 0) expect(encodeCanonical(value)).toEqual(encoded);
    if (decodeCanonical(encoded) !== value) expect(decodeCanonical(encoded)).toBe(value);
  }
});

test('what cborg encodes has the same bytes, but for subnormal halves, which it makes singles of', () => {
  const fraction = fc.oneof(
    fc.double({ noDefaultInfinity: true, noNaN: true }),
    fc.float({ noDefaultInfinity: true, noNaN: true }),
  );
  const value = fc.oneof(
    anyValue,
    fraction.filter((x) => !Number.isInteger(x) && Math.abs(x) >= 2 ** -14),
  );
  fc.assert(
    fc.property(value, (given) => {
      expect(encodeCanonical(given)).toEqual(Uint8Array.from(encode(given, rfc8949EncodeOptions)));
    }),
    { numRuns: 2000 },
  );
});

test('the order in which keys were set makes no difference', () => {
  fc.assert(
    fc.property(fc.dictionary(text, fc.nat()), (value) => {
      const keys = Object.keys(value).filter((key) => key !== '__proto__');
      const forward = Object.fromEntries(keys.map((key) => [key, value[key] as number]));
      const backward = Object.fromEntries([...keys].reverse().map((key) => [key, value[key] as number]));
      expect(encodeCanonical(backward)).toEqual(encodeCanonical(forward));
    }),
  );
});

test('changed bytes are refused or are another value', () => {
  fc.assert(
    fc.property(anyValue, fc.nat(), fc.integer({ min: 1, max: 255 }), (value, position, flip) => {
      const bytes = encodeCanonical(value);
      const changed = bytes.slice();
      const at = position % bytes.length;
      changed[at] = (changed[at] as number) ^ flip;
      let other: CborValue;
      try {
        other = decodeCanonical(changed);
      } catch (error) {
        expect(error).toBeInstanceOf(CanonicalError);
        return;
      }
      expect(encodeCanonical(other)).toEqual(changed);
      expect(other).not.toEqual(value);
    }),
    { numRuns: 1000 },
  );
});

test('random bytes never raise anything but CanonicalError, and what is accepted encodes to itself', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 24 }), (bytes) => {
      try {
        expect(encodeCanonical(decodeCanonical(bytes))).toEqual(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(CanonicalError);
      }
    }),
    { numRuns: 3000 },
  );
});
