/** A9, what was signed for one session is given for another: here, the receipt of another session, or its outcome. */
import { expect, test } from '@jest/globals';
import { signBody, signedLeaf } from '../../src/protocol/signed.js';
import { abortCodec, resultCodec } from '../../src/protocol/statements.js';
import { treeOf } from '../../src/protocol/coordinator/state.js';
import { leavesOf, loggedSession, ownOf, receiptRefused, receiptReply } from '../helpers/logged.js';
import { altered, coordinator, fill, participants, playRounds, setUp } from '../helpers/protocol.js';

const { rounds, closed, record } = loggedSession();
const own = ownOf(rounds, 1, null);

test('A9 a participant that left takes whatever its session ended with', () => {
  expect(receiptRefused(own, receiptReply(record, leavesOf(own)))).toBeNull();
});

test('A9 the receipt of another session of the task is refused', () => {
  // It joined, and nobody heard of it: no message of its own tells the sessions apart.
  const { setup } = playRounds(setUp(participants(5), { wholeTree: true, seed: 'another' }));
  const joined = { ...own, opening: setup.opening, messages: own.messages.slice(0, 1) };
  expect(receiptRefused(joined, receiptReply(record, []))).toBe('NO_RECEIPT');
});

/** The record with another outcome. */
const endingWith = (outcome: ReturnType<typeof signBody>, isClosed: boolean) => {
  const leaves = [...record.leaves.slice(0, -1), signedLeaf(outcome)];
  return receiptReply({ ...record, leaves, closed: isClosed }, leavesOf(own));
};

test('A9 the result of another session is not the outcome of this one', () => {
  const result = altered(resultCodec, closed.result, coordinator, { ctx: fill(3) });
  expect(receiptRefused(own, endingWith(result, true))).toBe('NO_RECEIPT');
});

test.each([
  ['this session', rounds.setup.header.id, null],
  ['another session', fill(3), 'NO_RECEIPT'],
])('A9 the abort of %s', (_, opening, code) => {
  const tree = treeOf(record.leaves.slice(0, -1));
  const body = { opening, code: 'CANCELLED', message: 'no more', round: 'r4', blamed: [], ...tree };
  const abort = signBody(abortCodec, body, coordinator.signer);
  expect(receiptRefused(own, endingWith(abort, false))).toBe(code);
});
