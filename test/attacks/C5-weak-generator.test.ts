/**
 * A mask is worth what its generator is worth: here AES-128-CTR with a key of 128 bits derived from 256. Peers folded
 * their mask seeds to 32 bits, which anybody can try out.
 */
import { expect, test } from '@jest/globals';
import { createCipheriv } from 'node:crypto';
import { backend as node } from '../../crypto/backend/node.js';
import { backend as portable } from '../../crypto/backend/portable.js';
import { fromHex, toHex } from '../../crypto/bytes.js';
import { createNodeEngine } from '../../crypto/engine/node.js';
import { createReferenceEngine } from '../../crypto/mask-engine/reference.js';
import type { MaskJob, MaskStream } from '../../crypto/mask-engine/types.js';
import { derivePairwiseMaskKey, deriveSelfMaskKey } from '../../crypto/mask-keys.js';
import { fillKeystream } from '../../crypto/prg.js';
import { fill } from '../helpers/protocol.js';

/** NIST SP 800-38A, F.5.1. */
const NIST = {
  key: fromHex('2b7e151628aed2a6abf7158809cf4f3c'),
  counter: fromHex('f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff'),
  plaintext:
    '6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51' +
    '30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710',
  ciphertext:
    '874d6191b620e3261bef6864990db6ce9806f66b7970fdff8617187bb9fffdff' +
    '5ae4df3edbd5d35e5b4f09020db03eab1e031dda2fbe03d1792170a0f3009cee',
};

test.each([
  ['node', node],
  ['portable', portable],
])('C5 the keystream of the %s backend is AES-128-CTR as NIST has it', (_, backend) => {
  const stream = backend.aes128CtrKeystream(NIST.key, NIST.counter, 64);
  const text = fromHex(NIST.plaintext).map((byte, i) => byte ^ (stream[i] as number));
  expect(toHex(text)).toBe(NIST.ciphertext);
});

/** Little-endian words of AES-128-CTR from node:crypto, the counter block being nonce ‖ 0. */
function expectedWords(key: Uint8Array, nonce: Uint8Array, count: number): number[] {
  const block = Buffer.concat([nonce, Buffer.alloc(4)]);
  const bytes = createCipheriv('aes-128-ctr', key, block).update(Buffer.alloc(4 * count));
  return Array.from({ length: count }, (_, i) => bytes.readUInt32LE(4 * i));
}

const stream = { key: fill(5, 16).map((byte, i) => byte + i), nonce: fill(9, 12).map((byte, i) => byte * i) };
const LENGTH = 70_001;
const words = expectedWords(stream.key, stream.nonce, LENGTH);
const job = (streams: readonly MaskStream[]): MaskJob => ({
  kind: 'mask',
  output: 'integers',
  vectors: [{ name: 'counts', bits: 32, length: LENGTH, base: null, streams }],
});

test('C5 masks are exactly this keystream, from the first coordinate to the last', () => {
  const out = new Uint32Array(LENGTH);
  fillKeystream({ ...stream, from: 0, out });
  expect(Array.from(out)).toEqual(words);
  const later = new Uint32Array(1001);
  fillKeystream({ ...stream, from: 68_999, out: later });
  expect(Array.from(later)).toEqual(words.slice(68_999, 70_000));
});

test.each([
  ['reference', createReferenceEngine],
  ['node', createNodeEngine],
])('C5 so are those of the %s engine', async (_, create) => {
  const engine = create();
  const result = await engine.run(job([{ ...stream, sign: 1 }]));
  await engine.close();
  expect(result.kind === 'integers' && Array.from(result.vectors[0]?.values ?? [])).toEqual(words);
});

test('C5 every bit of seed, agreement and nonce counts', () => {
  const low = { identity: fill(1), publicKey: fill(9) };
  const high = { identity: fill(2), publicKey: fill(8) };
  const flipped = (bytes: Uint8Array, bit: number): Uint8Array =>
    bytes.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
  const keys = Array.from({ length: 256 }, (_, bit) => flipped(fill(3), bit)).flatMap((secret) => [
    derivePairwiseMaskKey({ agreed: secret, ctx: fill(4), vector: 'counts', low, high }),
    deriveSelfMaskKey({ seed: secret, ctx: fill(4), vector: 'counts', identity: fill(1) }),
  ]);
  expect(new Set(keys.map(({ key }) => toHex(key))).size).toBe(512);
  const out = () => new Uint32Array(8);
  const streams = Array.from({ length: 96 }, (_, bit) => {
    const input = { ...stream, nonce: flipped(stream.nonce, bit), from: 0, out: out() };
    fillKeystream(input);
    return input.out.join();
  });
  expect(new Set(streams).size).toBe(96);
});

test('C5 shorter seeds, agreements, keys and nonces are refused, not stretched', async () => {
  const low = { identity: fill(1), publicKey: fill(9) };
  const high = { identity: fill(2), publicKey: fill(8) };
  for (const length of [0, 4, 8, 16, 31, 33]) {
    const secret = fill(1, length);
    expect(() =>
      derivePairwiseMaskKey({ agreed: secret, ctx: fill(4), vector: 'counts', low, high }),
    ).toThrow(/^agreed: /);
    expect(() =>
      deriveSelfMaskKey({ seed: secret, ctx: fill(4), vector: 'counts', identity: fill(1) }),
    ).toThrow(/^seed: /);
  }
  const input = { ...stream, from: 0, out: new Uint32Array(4) };
  expect(() => fillKeystream({ ...input, key: fill(1, 4) })).toThrow(/^key: /);
  for (const length of [0, 4, 8, 11]) {
    const nonce = fill(1, length);
    expect(() => fillKeystream({ ...input, nonce })).toThrow(/^nonce: /);
    for (const engine of [createReferenceEngine(), createNodeEngine()]) {
      await expect(engine.run(job([{ ...stream, nonce, sign: 1 }]))).rejects.toThrow(/^counts\.nonce: /);
      await engine.close();
    }
  }
});
