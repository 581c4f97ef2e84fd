/** The mask streams: layout against plain AES, any range alike, and a sanity check of the distribution. */
import { describe, expect, test } from '@jest/globals';
import { createCipheriv } from 'node:crypto';
import fc from 'fast-check';
import { implementations, onNode } from './implementations.js';

const KEY = Uint8Array.from({ length: 16 }, (_, i) => i);
const NONCE = Uint8Array.from({ length: 12 }, (_, i) => 200 + i);

/** Block by block as the specification says it: AES-128(key, nonce ‖ block number), read as little-endian words. */
function slowWord(coordinate: number): number {
  const input = Buffer.alloc(16);
  input.set(NONCE);
  input.writeUInt32BE(Math.floor(coordinate / 4), 12);
  const block = createCipheriv('aes-128-ecb', KEY, null).update(input);
  return block.readUInt32LE(4 * (coordinate % 4));
}

describe.each(implementations)('key stream (%s)', (_name, c) => {
  const range = (from: number, length: number) => {
    const out = new Uint32Array(length).fill(0xdeadbeef);
    c.fillKeystream({ key: KEY, nonce: NONCE, from, out });
    return out;
  };

  test.each([0, 1, 2, 3, 4, 5, 16383, 2 ** 20 + 3, 2 ** 32, 2 ** 34 - 9])(
    'is AES of nonce and counter, from %i',
    (from) => {
      expect([...range(from, 9)]).toEqual(Array.from({ length: 9 }, (_, i) => slowWord(from + i)));
    },
  );

  test('SP 800-38A F.5.1, whose counter block begins where ours can', () => {
    // its first block is nonce f0…fb, counter 0xfcfdfeff
    const out = new Uint32Array(16);
    c.fillKeystream({
      key: c.fromHex('2b7e151628aed2a6abf7158809cf4f3c'),
      nonce: c.fromHex('f0f1f2f3f4f5f6f7f8f9fafb'),
      from: 4 * 0xfcfdfeff,
      out,
    });
    expect(c.toHex(new Uint8Array(out.buffer)).slice(0, 64)).toBe(
      'ec8cdf7398607cb0f2d21675ea9ea1e4362b7c3c6773516318a077d7fc5073ae',
    );
  });

  test('any range is the same piece of the same stream, however it is cut', () => {
    const whole = range(0, 20_000);
    fc.assert(
      fc.property(fc.nat(19_999), fc.nat(3000), (from, length) => {
        const end = Math.min(20_000, from + length);
        expect(range(from, end - from)).toEqual(whole.slice(from, end));
      }),
      { numRuns: 40 },
    );
    expect(range(0, 0).length).toBe(0);
  });

  test('a range may lie inside a larger array', () => {
    const all = new Uint32Array(30);
    c.fillKeystream({ key: KEY, nonce: NONCE, from: 5, out: all.subarray(7, 20) });
    expect([...all.subarray(0, 7), ...all.subarray(20)].every((word) => word === 0)).toBe(true);
    expect(all.slice(7, 20)).toEqual(range(5, 13));
  });

  test('ends at 2^34 coordinates', () => {
    expect(range(2 ** 34 - 2, 2)).toEqual(Uint32Array.of(slowWord(2 ** 34 - 2), slowWord(2 ** 34 - 1)));
    expect(() => range(2 ** 34 - 2, 3)).toThrow(/^out: /);
    expect(() => range(2 ** 34 + 1, 0)).toThrow(/^from: /);
    expect(() => range(-1, 1)).toThrow(/^from: /);
    expect(() => range(0.5, 1)).toThrow(/^from: /);
    const out = new Uint32Array(1);
    expect(() => c.fillKeystream({ key: KEY.slice(1), nonce: NONCE, from: 0, out })).toThrow(/^key: /);
    expect(() => c.fillKeystream({ key: KEY, nonce: KEY, from: 0, out })).toThrow(/^nonce: /);
    expect(() => c.fillKeystream({ key: KEY, nonce: NONCE, from: 0, out: [1] as never })).toThrow(/^out: /);
  });
});

/** χ² statistic of the values reduced to 4 bits, all 16 cells. */
function chiSquared(values: Uint32Array): number {
  const counts = new Array<number>(16).fill(0);
  for (const value of values) counts[value & 15] = (counts[value & 15] as number) + 1;
  const expected = values.length / 16;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

test('reduced masks look uniform, the top value included', () => {
  // 15 degrees of freedom: beyond 44.3 once in 10^4; the stream is fixed, so this does not flicker
  const out = new Uint32Array(200_000);
  onNode.fillKeystream({ key: KEY, nonce: NONCE, from: 0, out });
  onNode.reduceBits(out, 4);
  expect(chiSquared(out)).toBeLessThan(44.3);
  expect(out.some((value) => value === 15)).toBe(true);
  // and the test can tell: modulo 15, the classic mistake, never gives the top value
  expect(chiSquared(out.map((value) => value % 15))).toBeGreaterThan(1000);
});
