/**
 * Two ciphertexts under one public element and one key differ by their inputs and a little noise: whoever sees both
 * reads the difference. So an element belongs to one session, vector and chunk, and a key encrypts once.
 */
import { expect, test } from '@jest/globals';
import { toHex, wipe } from '../../crypto/bytes.js';
import { unpackWords } from '../../crypto/ckks/codec.js';
import { coefficientEncoder } from '../../crypto/ckks/encoding.js';
import type { Encoding } from '../../crypto/ckks/parameters.js';
import { ringOfDegree, wordFrom } from '../../crypto/ckks/ring.js';
import { publicStream, secretKeyFromSeed } from '../../crypto/ckks/sampling.js';
import { encryptVectors } from '../../crypto/ckks/sum-key.js';
import { systemRandom } from '../../crypto/random.js';
import { fill } from '../helpers/protocol.js';

const ring = ringOfDegree(2048);
const encoding: Encoding = { kind: 'coefficients', scaleBits: 40, maxAbs: 1 };
const ctx = fill(3);
const vectorOf = (name: string, value: number, length = 10) => ({
  name,
  encoding,
  encoder: coefficientEncoder,
  values: new Float64Array(length).fill(value),
});
const encrypt = (key: Uint8Array, ...vectors: ReturnType<typeof vectorOf>[]) =>
  encryptVectors(ring, { ctx, key, vectors, random: systemRandom });

/** What the attacker computes: the difference of the first coordinates, if the element was the same. */
function difference(a: Uint8Array, b: Uint8Array): number {
  const [first, second] = [a, b].map((words) => wordFrom(unpackWords(ring, words, ring.degree), 0)) as [
    bigint,
    bigint,
  ];
  const apart = (first - second + ring.modulus) % ring.modulus;
  return Number(apart > ring.modulus / 2n ? apart - ring.modulus : apart) / 2 ** 40;
}

test('C1 an element is of one session, one vector and one chunk', () => {
  const streams = [
    { ctx, vector: 'a', chunk: 0 },
    { ctx, vector: 'a', chunk: 1 },
    { ctx, vector: 'b', chunk: 0 },
    { ctx: fill(4), vector: 'a', chunk: 0 },
  ].map((name) => publicStream(ring, name));
  expect(new Set(streams.map(({ key }) => toHex(key))).size).toBe(streams.length);
});

test('C1 with the same element the difference could be read; two vectors never have it', () => {
  const key = secretKeyFromSeed(ring, ctx, systemRandom(32));
  // The control: a copy of the key, which nothing in the product makes, used again under the same name.
  const copy = key.slice();
  const [once, other] = encrypt(key, vectorOf('a', 0.75), vectorOf('b', 0.25)) as [Uint8Array, Uint8Array];
  const [again] = encrypt(copy, vectorOf('a', 0.25)) as [Uint8Array];
  expect(difference(once, again)).toBeCloseTo(0.5, 9);
  expect(Math.abs(difference(once, other) - 0.5)).toBeGreaterThan(1e-6);
});

test('C1 one name twice is refused', () => {
  const key = secretKeyFromSeed(ring, ctx, systemRandom(32));
  expect(() => encrypt(key, vectorOf('a', 0.75), vectorOf('a', 0.25))).toThrow("'a' occurs twice");
});

test('C1 a key that has encrypted, or failed to, is gone; a wiped one encrypts nothing', () => {
  for (const values of [vectorOf('a', 0.5), vectorOf('a', 2)]) {
    const key = secretKeyFromSeed(ring, ctx, systemRandom(32));
    try {
      encrypt(key, values);
    } catch {
      // OVER_CLIP: no second try under the same key
    }
    expect(key.every((byte) => byte === 0)).toBe(true);
  }
  const key = secretKeyFromSeed(ring, ctx, systemRandom(32));
  wipe(key);
  expect(() => encrypt(key, vectorOf('a', 0.5))).toThrow(/^key: was used already/);
});
