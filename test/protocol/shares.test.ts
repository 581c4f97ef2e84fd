import { expect, test } from '@jest/globals';
import { concatBytes } from '../../crypto/bytes.js';
import { decodeShares, encodeShares, fitLeaves, placeBytes, shareLeaves } from '../../src/protocol/shares.js';
import { type AtR1, closeR0, participants, setUp } from '../helpers/protocol.js';

const { session } = (closeR0(setUp(participants(4)), [0, 1, 2, 3]) as AtR1).frozen;
const a = new Uint8Array(32).fill(1);
const b = new Uint8Array(32).fill(2);

test('a plaintext is exactly the shares from one to another', () => {
  const plaintext = encodeShares(session, 1, 2, [a, b]);
  expect(decodeShares(session, 1, 2, plaintext, 2)).toEqual([a, b]);
  expect(decodeShares(session, 1, 3, plaintext, 2)).toBe(null);
  expect(decodeShares(session, 0, 2, plaintext, 2)).toBe(null);
  expect(plaintext.length).toBe(2 + 64);
  expect(decodeShares(session, 1, 2, plaintext, 1)).toEqual([concatBytes(a, b)]);
  expect(decodeShares(session, 1, 2, plaintext, 3)).toBe(null);
  for (const wrong of [[], plaintext.slice(1), plaintext.slice(0, -1), [...plaintext, 0], [1], [1, 2, 3]])
    expect(decodeShares(session, 1, 2, Uint8Array.from(wrong), 2)).toBe(null);
});

test('places take as many bytes as the roster needs', () => {
  expect([2, 3, 256, 257, 65_536, 65_537, 1_000_000].map(placeBytes)).toEqual([1, 1, 1, 2, 2, 3, 3]);
  const roster = Array.from({ length: 70_000 }, () => session.roster[0] as (typeof session.roster)[number]);
  const large = { ...session, roster };
  const plaintext = encodeShares(large, 0x010203, 258, [a]);
  expect([...plaintext.subarray(0, 6)]).toEqual([3, 2, 1, 2, 1, 0]);
  expect(decodeShares(large, 0x010203, 258, plaintext, 1)).toEqual([a]);
  // 256 places further: the lowest byte is the same.
  expect(decodeShares(large, 0x010203, 2, plaintext, 1)).toBe(null);
  expect(decodeShares(large, 0x010303, 258, plaintext, 1)).toBe(null);
});

test('leaves name dealer, recipient and kind, and nothing has a leaf of zeros', () => {
  const kinds = ['maskKey', 'selfMask'];
  const leaves = shareLeaves(session, 1, 2, kinds, [a, b]);
  expect(fitLeaves(session, 1, 2, kinds, [a, b], leaves)).toBe(true);
  expect(fitLeaves(session, 2, 1, kinds, [a, b], leaves)).toBe(false);
  expect(fitLeaves(session, 1, 2, kinds, [b, a], leaves)).toBe(false);
  expect(fitLeaves(session, 1, 2, kinds, [a], leaves)).toBe(false);
  expect(fitLeaves(session, 1, 2, kinds, [a, b, b], leaves)).toBe(false);
  expect(fitLeaves(session, 1, 2, kinds, [a, b], leaves.slice(0, 1))).toBe(false);
  // A dealer cannot pass nothing off as a share.
  expect(fitLeaves(session, 1, 2, kinds, [a], shareLeaves(session, 1, 2, kinds, [a, null]))).toBe(false);
  expect(shareLeaves(session, 1, 1, kinds, [null, b])[0]).toEqual(new Uint8Array(32));
  expect(shareLeaves(session, 1, 2, kinds, [a, a])[0]).not.toEqual(
    shareLeaves(session, 1, 2, kinds, [a, a])[1],
  );
});
