/**
 * A3 in `ckks/sumkey`: packed sharing is a ramp, so two sums over different sets, or a sum over a part of one, would
 * open differences. A participant answers with the sum over exactly the U3 that a quorum signed, or with nothing.
 */
import { expect, test } from '@jest/globals';
import { BLINDINGS } from '../../crypto/ckks/sharing.js';
import { unmask } from '../../src/protocol/client/r4-unmask.js';
import type { ConsistencySigned } from '../../src/protocol/client/state.js';
import { acceptUnmask } from '../../src/protocol/coordinator/r4-unmask.js';
import { consistencyCodec, unmaskCodec } from '../../src/protocol/messages.js';
import type { Signed } from '../../src/protocol/signed.js';
import { ringOf } from '../../src/protocol/suites/ckks-sumkey/numbers.js';
import { ckksSumkey } from '../../src/protocol/suites/ckks-sumkey/index.js';
import {
  altered,
  at,
  type AtR3,
  closeR2,
  closeR4,
  codeOf,
  coordinatorDeps,
  must,
  openRecords,
  participants,
  playRounds,
  setUp,
  unchanged,
} from '../helpers/protocol.js';
import { ckksTask, expectSum, floats } from '../protocol/ckks/task.js';

// n_C = 1, q = t = 4: U3 may be any four.
const parties = participants(5);
const U3 = [0, 1, 2, 3];
const setup = setUp(parties, { task: ckksTask(5), input: floats });
const { r2, r3, r4 } = playRounds(setup, U3);
const { modulus } = ringOf(setup.header.task);

const wordsOf = (share: Uint8Array): bigint[] => {
  const view = new DataView(share.buffer, share.byteOffset, share.byteLength);
  return Array.from({ length: share.length / 8 }, (_, index) => view.getBigUint64(8 * index, true));
};

const answerOf = (state: ConsistencySigned, signatures: readonly Signed[], index = 0) => {
  const { deps } = at(r3.members, index);
  const message = { signatures, answers: [] };
  return unchanged([state, message], () => unmask(state, message, deps));
};
const { signatures } = r4.message;
const { state } = at(r3.members, 0);
const without = (dealer: number): ConsistencySigned => ({
  ...state,
  held: { ...state.held, shares: new Map(state.held.shares).set(dealer, null) },
});

test('A3 an answer is the sum of the shares of exactly the U3 that was signed, the own one among them', () => {
  const { r4: signed, shares } = must(answerOf(state, signatures)).send;
  expect([...unmaskCodec.decode(signed.payload).kinds]).toEqual([1]);
  expect(shares).toHaveLength(1);
  const sumOver = (dealers: readonly number[]): bigint[] =>
    dealers
      .map((dealer) =>
        wordsOf((dealer === 0 ? state.held.ownShares : state.held.shares.get(dealer))?.[0] as Uint8Array),
      )
      .reduce((a, b) => a.map((word, index) => (word + (b[index] as bigint)) % modulus))
      .slice(0, -BLINDINGS);
  expect(wordsOf(at(shares, 0))).toEqual(sumOver(U3));
  // It holds a share of the fifth, too.
  expect(wordsOf(at(shares, 0))).not.toEqual(sumOver([...U3, 4]));
});

test('A3 who lacks the share of one survivor answers with nothing, never with the sum of the others', () => {
  for (const dealer of [1, 3]) {
    const { send } = must(answerOf(without(dealer), signatures));
    expect([...unmaskCodec.decode(send.r4.payload).kinds]).toEqual([3]);
    expect(send.shares).toEqual([]);
    const request = { sender: at(parties, 0).identity, signed: send.r4, shares: send.shares };
    const record = acceptUnmask(r4.frozen, request, coordinatorDeps);
    const others = r4.members.slice(1).map((member) => member.record);
    // And it counts for nothing.
    expect(openRecords(r4, [record, ...others])).toMatchObject({ abort: { code: 'TOO_FEW_SHARES' } });
  }
});

test('A3 the share of somebody who is not in U3 is not missed', () => {
  expect(must(answerOf(without(4), signatures)).send).toEqual(must(answerOf(state, signatures)).send);
});

// ------------------------------------------------------------------------------------------------ two sets of survivors

/** The same U2, and another U3 that a coordinator states to those in it. */
const other = closeR2(r2, [0, 1, 2, 4]) as AtR3;

test('A3 signatures over another U3 of the session: nothing is revealed', () => {
  for (const member of other.members) {
    const given = [...signatures.slice(0, 3), member.send];
    expect(codeOf(() => answerOf(state, given))).toBe(member.position === 4 ? 'NO_QUORUM' : 'EQUIVOCATION');
  }
  // Nor by the statement of somebody who is in both sets and signs for the one that is asked about, too.
  const twice = altered(consistencyCodec, at(signatures, 1), at(parties, 1), {
    u3: consistencyCodec.decode(at(other.members, 1).send.payload).u3,
  });
  expect(codeOf(() => answerOf(state, [...signatures, twice]))).toBe('EQUIVOCATION');
});

test('A3 answers need q signatures over exactly these sets', () => {
  expect(setup.header.task.maxColluders).toBe(1);
  expect(codeOf(() => answerOf(state, signatures))).toBe(null);
  // Its own counts, given or not.
  expect(codeOf(() => answerOf(state, signatures.slice(1)))).toBe(null);
  for (const fewer of [[], signatures.slice(0, 3), [...signatures.slice(0, 3), at(signatures, 2)]])
    expect(codeOf(() => answerOf(state, fewer))).toBe('NO_QUORUM');
});

test('A3 an answer for one U3 is refused in the place of one for the other', () => {
  const { send, position } = at(r4.members, 0);
  const request = { sender: at(parties, position).identity, signed: send.r4, shares: send.shares };
  expect(codeOf(() => acceptUnmask(other.frozen, request, coordinatorDeps))).toBe('CONTEXT_MISMATCH');
  expectSum(r4, closeR4(r4, U3), U3);
});

test('A3 no two sets of survivors find q signers each, whatever N and n_C: 2q > N + n_C, and t is q', () => {
  const task = setup.header.task;
  for (let size = 3; size <= 60; size += 1) {
    for (let maxColluders = 1; maxColluders < size; maxColluders += 1) {
      // The scale is of no interest here, only that the sum of so many fits.
      const vectors = task.vectors.map((vector) => ({ ...vector, scale: 2 ** 20 }));
      const given = { ...task, vectors, maxColluders, maxParticipants: size, pinned: null };
      const { q, t } = ckksSumkey.derive(given, size, size);
      expect(t).toBe(q);
      expect(2 * q).toBeGreaterThan(size + maxColluders);
    }
  }
});
