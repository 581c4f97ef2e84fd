/**
 * Masks cancel exactly or not at all: one rounded addition, and a sum is noise, or an input shows. So there are only
 * integers modulo 2^32 in typed arrays, and no number above 2^53 anywhere.
 */
import { expect, test } from '@jest/globals';
import { deterministicRandom } from '../../crypto/random.js';
import { utf8 } from '../../crypto/bytes.js';
import { createNodeEngine } from '../../crypto/engine/node.js';
import { createReferenceEngine } from '../../crypto/mask-engine/reference.js';
import { addInto, packBits, reduceBits, subtractInto, unpackBits } from '../../crypto/masked-vector.js';
import { fillKeystream } from '../../crypto/prg.js';
import { layoutOf } from '../../src/protocol/parameters.js';
import { type PlainInput, quantiseInput } from '../../src/protocol/quantise.js';
import { accumulator } from '../../src/protocol/suites/masking/masks.js';
import { codeOf, participants, runSession, taskOf, vectorOf } from '../helpers/protocol.js';

const parties = participants(5);
const floats = new Float64Array(4) as unknown as Uint32Array;
const words = (): Uint32Array => new Uint32Array(4);

test('C8 floats are refused wherever masks are made, added and packed', async () => {
  for (const wrong of [
    floats,
    new Float32Array(4),
    [1, 2, 3, 4],
    new Int32Array(4),
  ] as unknown as Uint32Array[]) {
    expect(() => addInto(words(), wrong)).toThrow(/^vector: expected a Uint32Array/);
    expect(() => addInto(wrong, words())).toThrow(/^accumulator: expected a Uint32Array/);
    expect(() => subtractInto(wrong, words())).toThrow(/^accumulator: expected a Uint32Array/);
    expect(() => packBits(wrong, 32)).toThrow(/^values: expected a Uint32Array/);
    const stream = { key: new Uint8Array(16), nonce: new Uint8Array(12) };
    expect(() => fillKeystream({ ...stream, from: 0, out: wrong })).toThrow(/^out: expected a Uint32Array/);
    for (const engine of [createReferenceEngine(), createNodeEngine()]) {
      const vectors = [{ name: 'counts', bits: 16, length: 4, base: wrong, streams: [] }];
      const run = engine.run({ kind: 'mask', output: 'packed', vectors });
      await expect(run).rejects.toThrow(/^counts\.base: expected a Uint32Array/);
      await engine.close();
    }
  }
});

test('C8 ten thousand uploads of nothing but ones, and one more, add up exactly', () => {
  const vectors = [
    vectorOf({ bits: 32, length: 3 }),
    vectorOf({ name: 'small', bits: 5, clip: 1, length: 3 }),
  ];
  const layout = layoutOf(taskOf(parties, { vectors }));
  const sums = accumulator(layout);
  const acc = new Uint8Array(sums.byteLength);
  const upload = new Uint8Array(12 + 2).fill(0xff);
  upload[13] = 0x7f; // 15 bits: the last one is spare
  for (let i = 0; i < 10_001; i += 1) sums.fold(acc, upload);
  const values = new Uint32Array(acc.buffer);
  const exact = (each: bigint): number => Number((10_001n * each) % 2n ** 32n);
  expect(Array.from(values)).toEqual([
    ...Array.from({ length: 3 }, () => exact(2n ** 32n - 1n)),
    ...Array.from({ length: 3 }, () => exact(31n)),
  ]);
  const twice = acc.slice();
  sums.merge(twice, acc);
  expect(new Uint32Array(twice.buffer)[0]).toBe(Number((2n * 10_001n * (2n ** 32n - 1n)) % 2n ** 32n));
});

test('C8 adding and subtracting wraps modulo 2^32 exactly, at every extreme', () => {
  const extremes = [0, 1, 2 ** 31 - 1, 2 ** 31, 2 ** 31 + 1, 2 ** 32 - 2, 2 ** 32 - 1];
  for (const a of extremes) {
    for (const b of extremes) {
      const [sum, difference] = [Uint32Array.of(a), Uint32Array.of(a)];
      addInto(sum, Uint32Array.of(b));
      subtractInto(difference, Uint32Array.of(b));
      expect(sum[0]).toBe(Number(BigInt.asUintN(32, BigInt(a) + BigInt(b))));
      expect(difference[0]).toBe(Number(BigInt.asUintN(32, BigInt(a) - BigInt(b))));
    }
    for (let bits = 1; bits <= 32; bits += 1) {
      const value = Uint32Array.of(a);
      reduceBits(value, bits);
      expect(value[0]).toBe(Number(BigInt.asUintN(bits, BigInt(a))));
      expect(unpackBits(packBits(value, bits), bits, 1)).toEqual(value);
    }
  }
});

test('C8 a session whose coordinates are all 2^32 − 1 is exact, with and without a dropout', () => {
  const task = { vectors: [vectorOf({ bits: 32, length: 9 })], maxColluders: 1 };
  const input = () => [new Uint32Array(9).fill(0xffffffff)];
  for (const drops of [
    [5, 5, 5, 5, 5],
    [5, 2, 5, 5, 5],
  ] as const) {
    const { outcome, survivors } = runSession(parties, drops, { task, input });
    if (outcome.round !== 'closed') throw new Error('the session aborted');
    const sum = Number((BigInt(survivors.length) * (2n ** 32n - 1n)) % 2n ** 32n);
    expect(outcome.sums).toEqual([new Uint32Array(9).fill(sum)]);
  }
});

test('C8 quantised values are whole numbers in two’s complement, up to the clip and no further', () => {
  const clip = Math.floor((2 ** 31 - 1) / 5);
  const task = taskOf(parties, { vectors: [vectorOf({ bits: 32, clip, length: 6 })] });
  const random = deterministicRandom(utf8('quantise'));
  const given: PlainInput = {
    vectors: { counts: [clip, -clip, clip * 4, -Number.MAX_VALUE, 0, -1] },
    weight: null,
    clipping: 'clip',
  };
  expect(Array.from(quantiseInput(task, given, random)[0] as Uint32Array)).toEqual([
    clip,
    2 ** 32 - clip,
    clip,
    2 ** 32 - clip,
    0,
    2 ** 32 - 1,
  ]);
  for (const bad of [NaN, Infinity, -Infinity]) {
    const vectors = { counts: [0, 0, 0, bad, 0, 0] };
    expect(codeOf(() => quantiseInput(task, { ...given, vectors }, random))).toBe('NOT_FINITE');
  }
});
