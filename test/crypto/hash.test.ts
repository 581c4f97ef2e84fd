import { describe, expect, test } from '@jest/globals';
import { hkdfSync } from 'node:crypto';
import fc from 'fast-check';
import { implementations } from './implementations.js';

describe.each(implementations)('hash (%s)', (_name, c) => {
  // RFC 5869 appendix A.1 to A.3
  const range = (from: number, to: number) => Uint8Array.from({ length: to - from }, (_, i) => from + i);
  test.each([
    {
      name: '1',
      ikm: new Uint8Array(22).fill(0x0b),
      salt: range(0, 13),
      info: range(0xf0, 0xfa),
      okm: '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865',
    },
    {
      name: '2',
      ikm: range(0, 0x50),
      salt: range(0x60, 0xb0),
      info: range(0xb0, 0x100),
      okm:
        'b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c' +
        '59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87',
    },
    {
      name: '3',
      ikm: new Uint8Array(22).fill(0x0b),
      salt: new Uint8Array(0),
      info: new Uint8Array(0),
      okm: '8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8',
    },
  ])('HKDF-SHA256, RFC 5869 case $name', ({ ikm, salt, info, okm }) => {
    expect(c.toHex(c.hkdfSha256({ ikm, salt, info, length: okm.length / 2 }))).toBe(okm);
  });

  test('HKDF agrees with node:crypto, and takes a longer info than that does', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 80 }),
        fc.uint8Array({ maxLength: 80 }),
        fc.uint8Array({ maxLength: 80 }),
        fc.integer({ min: 1, max: 200 }),
        (ikm, salt, info, length) => {
          const expected = new Uint8Array(hkdfSync('sha256', ikm, salt, info, length));
          expect(c.hkdfSha256({ ikm, salt, info, length })).toEqual(expected);
        },
      ),
      { numRuns: 50 },
    );
    const empty = new Uint8Array(0);
    expect(c.hkdfSha256({ ikm: empty, salt: empty, info: new Uint8Array(5000), length: 8160 }).length).toBe(
      8160,
    );
    for (const length of [0, 8161]) {
      expect(() => c.hkdfSha256({ ikm: empty, salt: empty, info: empty, length })).toThrow(/^length: /);
    }
  });

  test('createSha256 is sha256 in pieces, and ends once', () => {
    const hash = c.createSha256().update(c.utf8('a')).update(c.utf8('bc'));
    expect(hash.digest()).toEqual(c.sha256(c.utf8('abc')));
    expect(() => hash.digest()).toThrow(/already/);
    expect(() => hash.update(c.utf8('d'))).toThrow(/already/);
    expect(() => c.sha256('abc' as never)).toThrow(/^parts: /);
  });

  test('hashTuple is SHA-256 of the CBOR array, and sees where items end', () => {
    expect(c.hashTuple('label', 1, 'a')).toEqual(c.sha256(c.encodeCanonical(['label', 1, 'a'])));
    expect(c.hashTuple('label', 'ab', 'c')).not.toEqual(c.hashTuple('label', 'a', 'bc'));
    expect(c.hashTuple('label', ['a'])).not.toEqual(c.hashTuple('label', 'a'));
    expect(c.hashTuple('label')).not.toEqual(c.hashTuple('labem'));
  });
});
