/**
 * B2 in `ckks/sumkey`: uploads in the one form that a task gives, of words below q, without a byte of them reaching SEAL;
 * tasks whose sum could wrap, and inputs out of range, refused before anything is encrypted.
 */
import { expect, test } from '@jest/globals';
import { packWords, unpackWords } from '../../crypto/ckks/codec.js';
import { sha256 } from '../../crypto/hash.js';
import { acceptHeader, checkUpload } from '../../src/protocol/coordinator/r2-masked-input.js';
import type { Task, VectorSpec } from '../../src/protocol/documents.js';
import { maskedInputCodec } from '../../src/protocol/messages.js';
import { layoutOf, ringOf } from '../../src/protocol/suites/ckks-sumkey/numbers.js';
import { ckksSumkey } from '../../src/protocol/suites/ckks-sumkey/index.js';
import { uploadBytes } from '../../src/protocol/suite.js';
import {
  altered,
  at,
  codeOf,
  coordinatorDeps,
  fill,
  participants,
  runJob,
  setUp,
  playToUploads,
} from '../helpers/protocol.js';
import { ckksTask, floats, SMALL, wholeTask } from '../protocol/ckks/task.js';

const parties = participants(3);
// Each a chunk of 2048 words of 54 bits, however few its coordinates.
const setup = setUp(parties, {
  task: ckksTask(3, [
    { name: 'a', length: 11, bits: SMALL },
    { name: 'b', length: 4, bits: SMALL },
  ]),
  input: floats,
});
const { task } = setup.header;
const ring = ringOf(task);
const r2 = playToUploads(setup);
const { header, upload } = at(r2.members, 0).send;
const lengths = layoutOf(task).map(({ byteLength }) => byteLength) as [number, number];

/** The bytes as their sender signs them. */
function sent(bytes: Uint8Array): string | null {
  const digests = [bytes.subarray(0, lengths[0]), bytes.subarray(lengths[0])].map((part) => sha256(part));
  const signed = altered(maskedInputCodec, header, at(parties, 0), { digests });
  return codeOf(() => checkUpload(r2.frozen, signed, bytes, coordinatorDeps));
}
const changed = (change: (bytes: Uint8Array) => void) => {
  const bytes = upload.bytes.slice();
  change(bytes);
  return sent(bytes);
};

test('B2 an upload has exactly the bytes of the task’s words', () => {
  expect(lengths).toEqual([13_824, 13_824]);
  expect(uploadBytes(ckksSumkey, task)).toBe(27_648);
  expect(sent(upload.bytes)).toBe(null);
  for (const length of [0, 1, 27_647, 27_649, 600_000])
    expect(sent(new Uint8Array(length))).toBe('WRONG_LENGTH');
});

test('B2 words are below q, wherever they are', () => {
  const words = (first: bigint): Uint8Array => {
    const plain = new Uint8Array(8 * 8);
    new DataView(plain.buffer).setBigUint64(0, first, true);
    return packWords(ring, plain);
  };
  const second = (part: Uint8Array) => changed((bytes) => bytes.set(part, lengths[0]));
  expect(second(words(ring.modulus - 1n))).toBe(null);
  // q itself has the same bits but for the last, which is zero in q − 1.
  const q = words(ring.modulus - 1n);
  q[0] = (q[0] as number) | 1;
  expect(second(q)).toBe('MALFORMED');
  // The first word, and the last of either vector.
  expect(changed((bytes) => bytes.fill(255, 0, 7))).toBe('MALFORMED');
  expect(changed((bytes) => bytes.fill(255, 13_817, 13_824))).toBe('MALFORMED');
  expect(changed((bytes) => bytes.fill(255, 27_641, 27_648))).toBe('MALFORMED');
});

test('B2 what SEAL itself would write is no upload: compressed, with a scale of NaN, 600 KB that grow to gigabytes', () => {
  // Header of SEAL 4.1: magic, 16, version, compression (0 none, 2 Zstandard), size.
  const seal = (length: number, compression: number): Uint8Array => {
    const bytes = new Uint8Array(length);
    bytes.set([0x5e, 0xa1, 0x10, 4, 1, compression]);
    new DataView(bytes.buffer).setBigUint64(8, BigInt(length), true);
    if (length >= 80) new DataView(bytes.buffer).setFloat64(73, Number.NaN, true);
    return bytes;
  };
  for (const length of [113, 32_881, 600_000]) {
    expect(sent(seal(length, 2))).toBe('WRONG_LENGTH');
    expect(sent(seal(length, 0))).toBe('WRONG_LENGTH');
  }
  // Where the length happens to fit, its bytes are words like any others: looked at as numbers, or refused.
  const before = process.memoryUsage().rss;
  const fitting = seal(27_648, 2).fill(255, 140);
  for (let again = 0; again < 300; again += 1) expect(sent(fitting)).toBe('MALFORMED');
  expect(process.memoryUsage().rss - before).toBeLessThan(200 * 2 ** 20);
});

test('B2 its header names as many vectors as the task has', () => {
  const { digests } = maskedInputCodec.decode(header.payload);
  for (const given of [digests.slice(1), [...digests, at(digests, 0)]]) {
    const signed = altered(maskedInputCodec, header, at(parties, 0), { digests: given });
    const request = { sender: at(parties, 0).identity, signed };
    expect(codeOf(() => acceptHeader(r2.frozen, request, r2.dealers, coordinatorDeps))).toBe('MALFORMED');
  }
});

// ---------------------------------------------------------------------------------------------------------------- tasks

const check = (vector: Partial<VectorSpec>, changes: Partial<Task> = {}) => {
  const whole = wholeTask(3);
  const vectors = [{ ...at(whole.vectors, 0), ...vector }];
  return codeOf(() => ckksSumkey.checkTask({ ...whole, vectors, ...changes }));
};

test('B2 all vectors have the bits of one ring', () => {
  for (const bits of [54, 60]) expect(check({ bits, scale: 2 ** 20 })).toBe(null);
  for (const bits of [1, 16, 53, 55, 59, 32]) expect(check({ bits, scale: 2 ** 20 })).toBe('BAD_TASK');
  const mixed = ckksTask(3, [
    { name: 'a', bits: 60 },
    { name: 'b', bits: 54 },
  ]);
  expect(codeOf(() => ckksSumkey.checkTask({ ...wholeTask(3), ...mixed }))).toBe('BAD_TASK');
});

test('B2 the scale is a power of two from 1 to 2^52', () => {
  const scaled = (scale: number) => check({ bits: 60, scale, clip: 1000 / scale });
  for (const scale of [1, 2, 2 ** 52]) expect(scaled(scale)).toBe(null);
  for (const scale of [0.5, 3, 1.5, 1000, 2 ** 53]) expect(scaled(scale)).toBe('BAD_TASK');
});

test('B2 a scale so coarse that errors are larger than any input is refused', () => {
  expect(check({ scale: 1, clip: 100 })).toBe(null);
  expect(check({ scale: 1, clip: 50 })).toBe('BAD_TASK');
});

test('B2 a scale whose logarithm only rounds to a whole number is none', () => {
  expect(Math.log2(2 ** 52 - 1)).toBe(52);
  expect(check({ bits: 60, scale: 2 ** 52, clip: 1 })).toBe(null);
  expect(check({ bits: 60, scale: 2 ** 52 - 1, clip: 1 })).toBe('BAD_TASK');
});

test('B2 n·max|x|·scale is below q/4, with the weight and the largest clip', () => {
  const q = Number(ring.modulus);
  const clip = (share: number) => ((q / 4) * share) / 3 / 2 ** 20;
  const of = (vector: Partial<VectorSpec>, changes: Partial<Task> = {}) =>
    check({ scale: 2 ** 20, length: 2, ...vector }, changes);
  expect(of({ clip: clip(0.999) })).toBe(null);
  expect(of({ clip: clip(1.001) })).toBe('WOULD_WRAP');
  expect(of({ clip: [1, clip(1.001)] })).toBe('WOULD_WRAP');
  expect(of({ clip: [1, clip(0.999)] })).toBe(null);
  expect(of({ clip: clip(0.999) }, { maxParticipants: 4 })).toBe('WOULD_WRAP');
  const weighted = { weighted: true, clip: clip(0.999) / 10 };
  expect(of(weighted, { maxWeight: 10 })).toBe(null);
  expect(of(weighted, { maxWeight: 11 })).toBe('WOULD_WRAP');
});

test('B2 so is the sum of weights, to within an integer', () => {
  const weights = (maxWeight: number) => check({ weighted: true, scale: 1, clip: 1e-6 }, { maxWeight });
  expect(weights(2 ** 32 - 1)).toBe(null);
  const many = { maxParticipants: 1000, pinned: null, maxWeight: 2 ** 32 - 1 };
  expect(check({ weighted: true, scale: 1, clip: 1e-6, bits: 54 }, many)).toBe('WOULD_WRAP');
});

// --------------------------------------------------------------------------------------------------------------- inputs

const prepare = (
  given: ArrayLike<number>,
  clipping: 'clip' | 'reject' = 'clip',
  weight: number | null = null,
) =>
  ckksSumkey.prepare(
    wholeTask(3, [{ length: 2, weighted: weight !== null }], { maxWeight: weight === null ? null : 7 }),
    { vectors: { counts: given }, weight, clipping },
    () => {
      throw new Error('nothing of an input is random');
    },
  );

test('B2 inputs are cut to the clip before they are weighted, or refused; NaN and infinity always are', () => {
  expect(prepare([0.5, -7])).toEqual([Float64Array.of(0.5, -1)]);
  expect(prepare([0.5, 7], 'clip', 3)).toEqual([Float64Array.of(1.5, 3), Float64Array.of(3)]);
  expect(codeOf(() => prepare([0.5, 1.0000001], 'reject'))).toBe('OVER_CLIP');
  expect(codeOf(() => prepare([1, -1], 'reject'))).toBe(null);
  for (const clipping of ['clip', 'reject'] as const) {
    for (const value of [Number.NaN, Infinity, -Infinity])
      expect(codeOf(() => prepare([0, value], clipping))).toBe('NOT_FINITE');
  }
  for (const given of [[], [1], [1, 1, 1]]) expect(codeOf(() => prepare(given))).toBe('WRONG_LENGTH');
  for (const weight of [-1, 8, 0.5, Number.NaN])
    expect(codeOf(() => prepare([1, 1], 'clip', weight))).toBe('BAD_WEIGHT');
});

test('B2 what is not within the clip is not encrypted either, whoever prepared it', () => {
  const { state } = at(r2.members, 0);
  const held = { ...state.held, suiteSeed: fill(1) };
  const encrypting = (value: number) => () =>
    runJob(
      ckksSumkey.planUpload(state.session, state.u2, held, [
        new Float64Array(11).fill(value),
        new Float64Array(4),
      ]),
    );
  expect(encrypting(1)).not.toThrow();
  for (const value of [1.0000001, -1.5, Number.NaN, Infinity])
    expect(encrypting(value)).toThrow(/^a coordinate is not within/);
});

test('B2 the codec itself takes one length', () => {
  const packed = packWords(ring, new Uint8Array(8 * 15));
  expect(() => unpackWords(ring, packed, 15)).not.toThrow();
  for (const words of [0, 14, 16]) expect(() => unpackWords(ring, packed, words)).toThrow(/bytes instead of/);
});

test('B2 bits beyond the last word are refused', () => {
  // 15 words of 54 bits are 101 bytes and 2 bits.
  for (const bit of [2, 7]) {
    const packed = packWords(ring, new Uint8Array(8 * 15));
    packed[101] = 1 << bit;
    expect(() => unpackWords(ring, packed, 15)).toThrow(/bits beyond its last word/);
  }
});
