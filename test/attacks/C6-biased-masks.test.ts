/**
 * A mask that is not uniform over exactly [0, 2^b) lets some of the input through. The modulus is a power of two, so the
 * low bits of a random word are uniform: nothing is rejected, nothing is divided, and both ends take the same words.
 */
import { expect, test } from '@jest/globals';
import { utf8 } from '../../crypto/bytes.js';
import { sha256 } from '../../crypto/hash.js';
import { createReferenceEngine } from '../../crypto/mask-engine/reference.js';
import { deriveSelfMaskKey } from '../../crypto/mask-keys.js';
import { fillKeystream } from '../../crypto/prg.js';
import { chiSquared, criticalValue } from '../leak/chi-squared.js';

const LENGTH = 1 << 18;

const keyOf = (name: string) => {
  const seed = sha256(utf8(name));
  return deriveSelfMaskKey({ seed, ctx: sha256(seed), vector: 'counts', identity: seed });
};

/** The mask that a participant adds, as the engine makes it. */
async function maskOf(bits: number): Promise<Uint32Array> {
  const engine = createReferenceEngine();
  const streams = [{ ...keyOf(`mask of ${bits} bits`), sign: 1 as const }];
  const vectors = [{ name: 'counts', bits, length: LENGTH, base: null, streams }];
  const result = await engine.run({ kind: 'mask', output: 'integers', vectors });
  if (result.kind !== 'integers') throw new Error('integers were asked for');
  return result.vectors[0]?.values as Uint32Array;
}

function countsOf(values: ArrayLike<number>, bins: number, binOf: (value: number) => number): number[] {
  const counts = new Array<number>(bins).fill(0);
  for (let i = 0; i < values.length; i += 1) {
    const bin = binOf(values[i] as number);
    counts[bin] = (counts[bin] as number) + 1;
  }
  return counts;
}

const isUniform = (counts: readonly number[]): boolean =>
  chiSquared(counts) < criticalValue(counts.length - 1);

test.each([4, 5, 6, 7, 8, 9, 10, 11, 12])(
  'C6 masks of %d bits take every value equally often, the largest and 0 as well',
  async (bits) => {
    const counts = countsOf(await maskOf(bits), 2 ** bits, (value) => value);
    expect(counts).toHaveLength(2 ** bits);
    expect(isUniform(counts)).toBe(true);
    const expected = LENGTH / 2 ** bits;
    for (const count of [counts[0], counts.at(-1)]) {
      expect(Math.abs((count as number) - expected)).toBeLessThan(6 * Math.sqrt(expected));
    }
  },
);

test.each([13, 16, 20, 24, 31, 32])(
  'C6 masks of %d bits: highest and lowest bits are uniform',
  async (bits) => {
    const mask = await maskOf(bits);
    expect(isUniform(countsOf(mask, 1024, (value) => value >>> (bits - 10)))).toBe(true);
    expect(isUniform(countsOf(mask, 1024, (value) => value & 1023))).toBe(true);
    // Each bit by itself; 6 standard deviations.
    for (let bit = 0; bit < bits; bit += 1) {
      const ones = mask.reduce((sum, value) => sum + ((value >>> bit) & 1), 0);
      expect(Math.abs(ones - LENGTH / 2)).toBeLessThan(6 * Math.sqrt(LENGTH / 4));
    }
  },
);

test('C6 one word a coordinate, whatever the width: nothing is rejected, so both ends stay in step', async () => {
  const words = new Uint32Array(1000);
  for (const bits of [1, 2, 7, 16, 23, 31, 32]) {
    fillKeystream({ ...keyOf(`mask of ${bits} bits`), from: 0, out: words });
    const low = Array.from(words, (word) => word % 2 ** bits);
    expect(Array.from((await maskOf(bits)).subarray(0, 1000))).toEqual(low);
  }
});

test('C6 control: one value half as often again, or a modulus that is no power of two, is noticed', async () => {
  const mask = await maskOf(8);
  const counts = countsOf(mask, 256, (value) => value);
  const more = counts.map((count, value) => (value === 255 ? Math.round(count * 1.5) : count));
  expect(isUniform(more)).toBe(false);
  const never = counts.map((count, value) => (value === 255 ? 0 : count));
  expect(isUniform(never)).toBe(false);
  const words = new Uint32Array(LENGTH);
  fillKeystream({ ...keyOf('modulo'), from: 0, out: words });
  const biased = countsOf(words, 250, (word) => (word & 1023) % 250);
  expect(isUniform(biased)).toBe(false);
});
