/** B4 in `ckks/sumkey`: one share per packet, one sum of shares per answer, each of the only length there is. */
import { expect, test } from '@jest/globals';
import { concatBytes } from '../../crypto/bytes.js';
import { sha256 } from '../../crypto/hash.js';
import { acceptUnmask } from '../../src/protocol/coordinator/r4-unmask.js';
import { shareKeysCodec, unmaskCodec } from '../../src/protocol/messages.js';
import { ckksSumkey } from '../../src/protocol/suites/ckks-sumkey/index.js';
import {
  altered,
  at,
  codeOf,
  coordinatorDeps,
  participants,
  playRounds,
  setUp,
} from '../helpers/protocol.js';
import { ckksTask, floats } from '../protocol/ckks/task.js';

const parties = participants(4);
const { r2, r4 } = playRounds(setUp(parties, { task: ckksTask(4), input: floats }));
const own = at(r4.members, 0).send;
const [answer] = own.shares as [Uint8Array];

const reveal = (kinds: readonly number[], shares: readonly Uint8Array[]) => {
  const changes = { kinds: Uint8Array.from(kinds), shares: sha256(concatBytes(...shares)) };
  const signed = altered(unmaskCodec, own.r4, at(parties, 0), changes);
  return codeOf(() =>
    acceptUnmask(r4.frozen, { sender: at(parties, 0).identity, signed, shares }, coordinatorDeps),
  );
};

test('B4 r4 is one sum of shares, or that there is none', () => {
  expect(reveal([1], [answer])).toBe(null);
  expect(reveal([3], [])).toBe(null);
  for (const kinds of [[], [0], [2], [3], [4], [1, 1], [1, 3]])
    expect(reveal(kinds, [answer])).toBe('MALFORMED');
  for (const kinds of [[], [1], [0], [3, 3]]) expect(reveal(kinds, [])).toBe('MALFORMED');
  expect(reveal([1], [answer, answer])).toBe('MALFORMED');
  expect(reveal([1, 1], [answer, answer])).toBe('MALFORMED');
});

test('B4 of as many words as there are polynomials', () => {
  for (const length of [0, 1, 8, answer.length - 8, answer.length - 1, answer.length + 8])
    expect(reveal([1], [new Uint8Array(length)])).toBe('MALFORMED');
});

test('B4 a packet has one share, which has its blinding words', () => {
  const { session } = r2.frozen;
  const { state } = at(r2.members, 0);
  const { commitment, shareRoot } = shareKeysCodec.decode(at(r2.dealers, 1).r1.payload);
  const leaves = at(r2.dealers, 1).packets.at(0).leaves;
  const dealing = { commitment, shareRoot, leaves };
  const [share] = state.held.shares.get(1) as [Uint8Array];
  const accepts = (...shares: Uint8Array[]) => ckksSumkey.acceptsShares(session, 1, 0, dealing, shares);
  expect(accepts(share)).toBe(true);
  expect(accepts()).toBe(false);
  expect(accepts(share, share)).toBe(false);
  expect(accepts(share.slice(8))).toBe(false);
  expect(accepts(share.slice(0, -40))).toBe(false);
  // Dealt to 0, by 1: nobody else's.
  expect(ckksSumkey.acceptsShares(session, 1, 2, dealing, [share])).toBe(false);
  expect(ckksSumkey.acceptsShares(session, 2, 0, dealing, [share])).toBe(false);
});
