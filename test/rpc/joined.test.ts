// What is sent end to end is cut again as it was, and nothing else is.
import { describe, expect, test } from '@jest/globals';
import { cut, cutPackets, joinPackets, joinShares } from '../../src/rpc/joined.js';
import { MAX_PARTS } from '../../src/rpc/limits.js';
import { codeOf } from '../helpers/protocol.js';

const fill = (length: number, value: number): Uint8Array => new Uint8Array(length).fill(value);
const packets = [3, 0, 3, 3].map((length, position) => ({
  position,
  ciphertext: fill(length, 1 + position),
  leaves: [fill(32, 10 + position), fill(32, 20 + position)],
}));
const joined = joinPackets(packets);

test('packets, wherever the own one is', () => {
  expect(joined).toMatchObject({
    holders: 4,
    own: 1,
    ciphertexts: fill(9, 0).map((_, i) => [1, 3, 4][(i / 3) | 0] as number),
  });
  expect(cutPackets(joined)).toEqual(packets);
  const first = [packets[1], packets[0], packets[2]].map((packet, position) => ({
    ...(packet as (typeof packets)[0]),
    position,
  }));
  expect(cutPackets(joinPackets(first))).toEqual(first);
  const alone = [{ position: 0, ciphertext: fill(0, 0), leaves: [fill(32, 1)] }];
  expect(cutPackets(joinPackets(alone))).toEqual(alone);
});

test('shares, also none', () => {
  const shares = [fill(5, 1), fill(5, 2)];
  const { count, shares: bytes } = joinShares(shares);
  expect(cut(bytes, count, 'shares')).toEqual(shares);
  expect(cut(new Uint8Array(0), 0, 'shares')).toEqual([]);
});

describe('refused', () => {
  test.each([
    ['not as many of one length', fill(7, 1), 2, 'MALFORMED'],
    ['fewer bytes than parts', fill(1, 1), 2, 'MALFORMED'],
    ['parts of no bytes', fill(0, 1), 2, 'MALFORMED'],
    ['bytes of no part', fill(2, 1), 0, 'MALFORMED'],
    ['more parts than a request may have', fill(MAX_PARTS + 1, 1), MAX_PARTS + 1, 'TOO_LARGE'],
    ['a number of parts that there is no room for', fill(1, 1), 2 ** 32 - 1, 'TOO_LARGE'],
  ])('%s', (_, bytes, count, code) => {
    expect(codeOf(() => cut(bytes, count, 'shares'))).toBe(code);
  });

  test.each([
    ['a place beyond the holders', { own: 4 }, 'MALFORMED'],
    ['no holder at all', { holders: 0, own: 0 }, 'MALFORMED'],
    ['ciphertexts for fewer', { ciphertexts: fill(8, 1) }, 'MALFORMED'],
    ['leaves of fewer', { leaves: fill(7 * 32, 1) }, 'MALFORMED'],
    ['leaves of another length', { leaves: fill(4 * 31, 1) }, 'MALFORMED'],
    ['leaves of five kinds', { leaves: fill(4 * 5 * 32, 1) }, 'MALFORMED'],
    ['four thousand million holders', { holders: 2 ** 32 - 1 }, 'TOO_LARGE'],
  ])('%s', (_, changes, code) => {
    expect(codeOf(() => cutPackets({ ...joined, ...changes }))).toBe(code);
  });
});
