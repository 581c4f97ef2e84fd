import { describe, expect, test } from '@jest/globals';
import { useKernel } from '../../../crypto/ckks/kernel.js';
import { elementBytes, RINGS, ringOfDegree, type Ring } from '../../../crypto/ckks/ring.js';
import {
  publicElement,
  publicStream,
  randomWords,
  secretKeyFromSeed,
  streamSource,
} from '../../../crypto/ckks/sampling.js';
import { toHex } from '../../../crypto/bytes.js';
import { sha256 } from '../../../crypto/hash.js';
import { fillKeystream } from '../../../crypto/prg.js';
import { deterministicRandom, systemRandom } from '../../../crypto/random.js';
import { implementations } from '../implementations.js';
import { centred, TOY_RINGS, wordsOf } from './oracle.js';

const ctx = new Uint8Array(32).fill(3);
const ring = ringOfDegree(4096);

/** The first four words for the inputs of the tests below, to notice when they change. */
const PUBLIC_START = '13326ff3080f7809cbe630efdf04030c927d139125858505ed439f316a0bef06';
const SECRET_START = 'dc43cf868f7bd206331a22a6fb1d420f74d79b883aca66072235be3e363fb708';

/** Σ (observed − expected)² / expected. */
const chiSquare = (observed: readonly number[], expected: readonly number[]): number =>
  observed.reduce(
    (sum, count, i) => sum + (count - (expected[i] as number)) ** 2 / (expected[i] as number),
    0,
  );

describe('the public element', () => {
  test.each(RINGS.map((known) => [known.degree, known] as const))(
    'N = %i: words of the named AES stream, cut to the bits of q, below q',
    (_degree, known: Ring) => {
      const { key, nonce } = publicStream(known, { ctx, vector: 'weights', chunk: 5 });
      const stream = new Uint32Array(2 * known.degree + 8);
      fillKeystream({ key, nonce, from: 0, out: stream });
      const mask = (1n << BigInt(known.modulusBits)) - 1n;
      const words = Array.from(
        { length: known.degree + 4 },
        (_, i) => (BigInt(stream[2 * i] as number) | (BigInt(stream[2 * i + 1] as number) << 32n)) & mask,
      ).filter((word) => word < known.modulus);
      expect(wordsOf(publicElement(known, { ctx, vector: 'weights', chunk: 5 }))).toEqual(
        words.slice(0, known.degree),
      );
    },
  );

  test('a different one for every context, vector, chunk and ring', () => {
    const other = ctx.slice();
    other[31] = 4;
    const hashes = [
      publicElement(ring, { ctx, vector: 'a', chunk: 0 }),
      publicElement(ring, { ctx, vector: 'a', chunk: 1 }),
      publicElement(ring, { ctx, vector: 'b', chunk: 0 }),
      publicElement(ring, { ctx: other, vector: 'a', chunk: 0 }),
      publicElement(ringOfDegree(2048), { ctx, vector: 'a', chunk: 0 }),
    ].map((element) => toHex(sha256(element.subarray(0, 8 * 2048))));
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  test('a known answer', () => {
    expect(toHex(publicElement(ring, { ctx, vector: 'weights', chunk: 0 }).subarray(0, 32))).toBe(
      PUBLIC_START,
    );
  });

  test.each<[string, () => unknown, RegExp]>([
    ['a short context', () => publicElement(ring, { ctx: ctx.slice(1), vector: 'a', chunk: 0 }), /^ctx: /],
    ['a vector without a name', () => publicElement(ring, { ctx, vector: '', chunk: 0 }), /^vector: /],
    ['a negative chunk', () => publicElement(ring, { ctx, vector: 'a', chunk: -1 }), /^chunk: /],
    ['half a chunk', () => publicElement(ring, { ctx, vector: 'a', chunk: 0.5 }), /^chunk: /],
  ])('refuses %s', (_what, attempt, message) => expect(attempt).toThrow(message));
});

describe('rejection', () => {
  const toy = TOY_RINGS[0] as Ring; // 17 of 32 candidates stay

  test('gives every residue equally often', () => {
    const count = 200_000;
    const counts = new Array<number>(17).fill(0);
    for (const word of wordsOf(randomWords(toy, count, systemRandom))) (counts[Number(word)] as number) += 1;
    // 16 degrees of freedom: above 60 with a probability of 5e-7.
    expect(chiSquare(counts, new Array<number>(17).fill(count / 17))).toBeLessThan(60);
  });

  test('goes on in the stream where it stopped, however often words are left out', () => {
    const stream = publicStream(toy, { ctx, vector: 'a', chunk: 0 });
    const words = wordsOf(streamSource(stream)(16 * 500)).map((word) => word & 31n);
    for (const count of [1, 2, 7, 8, 300]) {
      const source = streamSource(stream);
      expect(wordsOf(randomWords(toy, count, source))).toEqual(
        words.filter((word) => word < 17n).slice(0, count),
      );
    }
  });
});

describe('the secret key', () => {
  const seed = new Uint8Array(32).fill(9);
  test('is uniform below q: sixteen ranges equally often', () => {
    const counts = new Array<number>(16).fill(0);
    for (let i = 0; i < 20; i += 1) {
      for (const word of wordsOf(secretKeyFromSeed(ring, ctx, systemRandom(32)))) {
        // A word of q or more would count in no range.
        (counts[Number((word * 16n) / ring.modulus)] as number) += 1;
      }
    }
    expect(chiSquare(counts, new Array<number>(16).fill((20 * 4096) / 16))).toBeLessThan(60);
  });

  test('follows from seed, context and ring', () => {
    const key = secretKeyFromSeed(ring, ctx, seed);
    expect(key).toHaveLength(elementBytes(ring));
    expect(secretKeyFromSeed(ring, ctx, seed)).toEqual(key);
    expect(
      secretKeyFromSeed(
        ring,
        ctx.map((byte) => byte + 1),
        seed,
      ),
    ).not.toEqual(key);
    expect(
      secretKeyFromSeed(
        ring,
        ctx,
        seed.map((byte) => byte + 1),
      ),
    ).not.toEqual(key);
    expect(toHex(key.subarray(0, 32))).toBe(SECRET_START);
    expect(seed).toEqual(new Uint8Array(32).fill(9));
  });

  test('needs a whole seed', () => {
    expect(() => secretKeyFromSeed(ring, ctx, new Uint8Array(31))).toThrow(/^seed: /);
  });
});

test('both backends draw the same words', () => {
  const all = implementations.map(([, crypto]) => {
    const stream = publicStream(ring, { ctx, vector: 'a', chunk: 1 });
    const out = new Uint32Array(64);
    crypto.fillKeystream({ ...stream, from: 0, out });
    return toHex(new Uint8Array(out.buffer));
  });
  expect(all[0]).toBe(all[1]);
});

describe('the errors', () => {
  const choose = (n: number, k: number): number => {
    let value = 1;
    for (let i = 1; i <= k; i += 1) value = (value * (n - k + i)) / i;
    return value;
  };

  const noise = (random: Uint8Array, count: number): number[] =>
    useKernel(ring, [8 * count, random.length], (kernel, words, bits) => {
      kernel.write(bits, random);
      kernel.addNoise(words, bits, count);
      return centred(kernel.read(words, 8 * count), ring.modulus).map(Number);
    });

  test('are CBD(42): the difference of two sums of 42 random bits', () => {
    const count = 4096;
    const counts = new Array<number>(85).fill(0);
    const rounds = 60;
    for (let i = 0; i < rounds; i += 1) {
      for (const error of noise(systemRandom(11 * count), count)) (counts[error + 42] as number) += 1;
    }
    // P(e) = C(84, 42 + e) / 2^84; the tails go into one cell each.
    const expected = counts.map((_, i) => (rounds * count * choose(84, i)) / 2 ** 84);
    const cells = (list: readonly number[]) => {
      const sum = (from: number, to: number) => list.slice(from, to).reduce((a, b) => a + b, 0);
      return [sum(0, 27), ...list.slice(27, 58), sum(58, 85)];
    };
    // 32 degrees of freedom: above 90 with a probability of 2e-7.
    expect(chiSquare(cells(counts), cells(expected))).toBeLessThan(90);
  });

  test('use every one of 84 bits, each once, and no other', () => {
    for (let bit = 0; bit < 88; bit += 1) {
      const random = new Uint8Array(22);
      random[11 + (bit >> 3)] = 1 << (bit & 7);
      expect(noise(random, 2)).toEqual([0, bit < 42 ? 1 : bit < 84 ? -1 : 0]);
    }
  });

  test('are added to what is there, modulo q', () => {
    const random = deterministicRandom(Uint8Array.of(1))(11 * 64);
    const plain = noise(random, 64);
    const shifted = useKernel(ring, [8 * 64, random.length], (kernel, words, bits) => {
      kernel.write(words, new Uint8Array(8 * 64).fill(7));
      kernel.write(bits, random);
      kernel.addNoise(words, bits, 64);
      return wordsOf(kernel.read(words, 8 * 64));
    });
    const start = 0x0707070707070707n;
    expect(shifted.map((word) => Number(word - start))).toEqual(plain);
  });
});
