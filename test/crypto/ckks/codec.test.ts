import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { addCiphertext } from '../../../crypto/ckks/ciphertext-sum.js';
import { isReduced, packWords, unpackWords } from '../../../crypto/ckks/codec.js';
import { CkksError } from '../../../crypto/ckks/errors.js';
import { sumBytes } from '../../../crypto/ckks/parameters.js';
import { packedBytes, RINGS, ringOfDegree, type Ring } from '../../../crypto/ckks/ring.js';
import { randomWords } from '../../../crypto/ckks/sampling.js';
import { equalBytes } from '../../../crypto/bytes.js';
import { deterministicRandom, systemRandom } from '../../../crypto/random.js';
import { bytesOfWords, wordsOf } from './oracle.js';

const codeOf = (attempt: () => unknown): string => {
  try {
    attempt();
  } catch (error) {
    return error instanceof CkksError ? error.code : String(error);
  }
  return 'nothing thrown';
};

describe.each(RINGS.map((ring) => [ring.modulusBits, ring] as const))('%i bits', (bits, ring: Ring) => {
  test('words come back, at every length around a byte and a piece', () => {
    for (const count of [0, 1, 2, 3, 4, 5, 8191, 8192, 8193, 16_384]) {
      const words = randomWords(ring, count, systemRandom);
      const packed = packWords(ring, words);
      expect(packed).toHaveLength(Math.ceil((count * bits) / 8));
      expect(equalBytes(unpackWords(ring, packed, count), words)).toBe(true);
    }
  });

  test('any other bytes of that length are other words, or refused', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (count, at, flip) => {
          const packed = packWords(ring, randomWords(ring, count, deterministicRandom(Uint8Array.of(count))));
          const changed = packed.slice();
          changed[at % packed.length] = (changed[at % packed.length] as number) ^ flip;
          let other: Uint8Array;
          try {
            other = unpackWords(ring, changed, count);
          } catch (error) {
            expect((error as CkksError).code).toBe('MALFORMED');
            return;
          }
          expect(packWords(ring, other)).toEqual(changed);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('q itself, all ones and spare bits are refused', () => {
    const q = ring.modulus;
    const raw = (value: bigint) =>
      Uint8Array.from({ length: packedBytes(ring, 1) }, (_, i) => Number((value >> BigInt(8 * i)) & 255n));
    expect(wordsOf(unpackWords(ring, raw(q - 1n), 1))).toEqual([q - 1n]);
    for (const value of [q, q + 1n, (1n << BigInt(bits)) - 1n]) {
      expect(codeOf(() => unpackWords(ring, raw(value), 1))).toBe('MALFORMED');
    }
    for (let spare = bits; spare % 8 !== 0; spare += 1) {
      expect(codeOf(() => unpackWords(ring, raw(1n << BigInt(spare)), 1))).toBe('MALFORMED');
      const sum = new Uint8Array(8);
      expect(codeOf(() => addCiphertext(ring, sum, raw(1n << BigInt(spare))))).toBe('MALFORMED');
    }
  });

  test('isReduced sees a word that is q or more in any piece', () => {
    const words = randomWords(ring, 20_000, systemRandom);
    expect(isReduced(ring, words)).toBe(true);
    for (const at of [0, 8191, 8192, 19_999]) {
      const bad = words.slice();
      bad.set(bytesOfWords([ring.modulus]), 8 * at);
      expect(isReduced(ring, bad)).toBe(false);
      expect(() => packWords(ring, bad)).toThrow(RangeError);
    }
    expect(() => isReduced(ring, words.subarray(4))).toThrow(RangeError);
  });
});

describe('hostile uploads are refused with constant memory', () => {
  const ring = ringOfDegree(4096);
  const length = 10_000;
  const sum = new Uint8Array(sumBytes(ring, 'coefficients', length));
  const right = packedBytes(ring, sum.length / 8);
  /** What SEAL writes before its words: magic, sizes, compression, a scale. */
  const header = (compression: number, scale: number): Uint8Array => {
    const bytes = new Uint8Array(113);
    const view = new DataView(bytes.buffer);
    bytes.set([0x5e, 0xa1, 0x10, 4, 1, compression]);
    view.setBigUint64(8, 2n ** 60n, true);
    view.setFloat64(73, scale, true);
    return bytes;
  };
  const padded = (start: Uint8Array, size: number): Uint8Array => {
    const bytes = new Uint8Array(size).fill(0xff);
    bytes.set(start);
    return bytes;
  };

  test.each<[string, () => Uint8Array]>([
    ['nothing', () => new Uint8Array(0)],
    ['a byte less', () => new Uint8Array(right - 1)],
    ['a byte more', () => new Uint8Array(right + 1)],
    ['words of 8 bytes', () => new Uint8Array(sum.length)],
    ['the header of a SEAL ciphertext', () => header(0, 2 ** 40)],
    ['a compressed SEAL ciphertext of 600 KB', () => padded(header(2, 2 ** 40), 600_000)],
    ['a SEAL ciphertext with scale NaN, as long as it has to be', () => padded(header(0, NaN), right)],
    ['as many ones as there have to be bits', () => new Uint8Array(right).fill(0xff)],
  ])('%s', (_what, bytes) => {
    const upload = bytes();
    const before = process.memoryUsage();
    for (let i = 0; i < 300; i += 1) expect(codeOf(() => addCiphertext(ring, sum, upload))).toBe('MALFORMED');
    const after = process.memoryUsage();
    // WebAssembly memory counts as external; nothing was kept, nothing as large as an upload allocated each time.
    expect(after.external - before.external).toBeLessThan(2 ** 20);
    expect(sum.every((byte) => byte === 0)).toBe(true);
  });
});
