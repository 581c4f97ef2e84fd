import { expect, test } from '@jest/globals';
import { type CborValue, decodeCanonical, encodeCanonical } from '../../crypto/canonical.js';
import { decodeShares, encodeShares, fitLeaves, shareLeaves } from '../../src/protocol/shares.js';
import { type AtR1, closeR0, participants, setUp } from '../helpers/protocol.js';

const { session } = (closeR0(setUp(participants(4)), [0, 1, 2, 3]) as AtR1).frozen;
const a = new Uint8Array(32).fill(1);
const b = new Uint8Array(32).fill(2);

test('a plaintext is exactly the shares from one to another', () => {
  const plaintext = encodeShares(session, 1, 2, [a, b]);
  expect(decodeShares(session, 1, 2, plaintext, 2)).toEqual([a, b]);
  expect(decodeShares(session, 1, 3, plaintext, 2)).toBe(null);
  expect(decodeShares(session, 0, 2, plaintext, 2)).toBe(null);
  expect(decodeShares(session, 1, 2, plaintext, 1)).toBe(null);
  expect(decodeShares(session, 1, 2, plaintext, 3)).toBe(null);
  const [label, from, to, shares] = decodeCanonical(plaintext) as readonly CborValue[];
  const wrong: CborValue[] = [
    null,
    'text',
    [],
    [label as string, from as Uint8Array, to as Uint8Array],
    [label as string, from as Uint8Array, to as Uint8Array, shares as CborValue, 1],
    ['other', from as Uint8Array, to as Uint8Array, shares as CborValue],
    [label as string, 'from', to as Uint8Array, shares as CborValue],
    [label as string, from as Uint8Array, null, shares as CborValue],
    [label as string, from as Uint8Array, to as Uint8Array, null],
    [label as string, from as Uint8Array, to as Uint8Array, 'ab'],
    [label as string, from as Uint8Array, to as Uint8Array, [a, 'b']],
  ];
  for (const value of wrong) expect(decodeShares(session, 1, 2, encodeCanonical(value), 2)).toBe(null);
  expect(decodeShares(session, 1, 2, plaintext.slice(1), 2)).toBe(null);
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
