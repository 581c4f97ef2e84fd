/**
 * A15, the record of a session is not what happened: messages are left out of it, another outcome is put in its place, or
 * its beginning is written anew after participants were shown it. The receipt that each participant asks for shows it.
 */
import { expect, test } from '@jest/globals';
import { toHex } from '../../crypto/bytes.js';
import { merkleRoot } from '../../crypto/merkle.js';
import { signedLeaf } from '../../src/protocol/signed.js';
import { type Result, resultCodec } from '../../src/protocol/statements.js';
import type { ReceiptReply } from '../../src/protocol/transcript/replies.js';
import {
  leavesOf,
  loggedSession,
  ownOf,
  receiptRefused,
  receiptReply,
  type SessionRecord,
} from '../helpers/logged.js';
import { altered, alteredSet, coordinator, fill } from '../helpers/protocol.js';

const { rounds, closed, record } = loggedSession();
const own = ownOf(rounds, 1, closed.result);
const [, , r2Leaf, r3Leaf] = leavesOf(own) as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];

const answer = (reply: ReceiptReply, of = own) => receiptRefused(of, reply);
const receiptOf = (changes: Partial<SessionRecord> = {}, of = own) =>
  receiptReply({ ...record, ...changes }, leavesOf(of));
const same = (a: Uint8Array, b: Uint8Array) => toHex(a) === toHex(b);

test('A15 the receipt of an honest coordinator is accepted', () => {
  expect(answer(receiptOf())).toBeNull();
});

test.each([
  ['r2', r2Leaf],
  ['r3', r3Leaf],
])('A15 a coordinator that leaves the %s of a participant out of its answer gives no receipt', (_, leaf) => {
  const reply = receiptOf();
  const leaves = reply.leaves.filter((one) => !same(one.leaf, leaf));
  expect(answer({ ...reply, leaves })).toBe('NO_RECEIPT');
});

test('A15 one that leaves it out of the record has to break with what it signed before', () => {
  const without = record.leaves.filter((leaf) => !same(leaf, r2Leaf));
  const sizes = record.sizes.map((size) => Math.min(size, without.length));
  expect(answer(receiptReply({ ...record, leaves: without, sizes }, leavesOf(own)))).toBe('NO_RECEIPT');
});

test('A15 a message that is not in the record cannot be said to be', () => {
  const reply = receiptOf();
  const leaves = reply.leaves.map((leaf, at) => (at === 4 ? { ...leaf, index: leaf.index - 1 } : leaf));
  expect(answer({ ...reply, leaves })).toBe('NO_RECEIPT');
});

test('A15 the record that a statement was signed over is a beginning of the whole one', () => {
  const shown = own.messages.map((message) =>
    message.message === 'r3' && message.statement !== null
      ? { ...message, statement: alteredSet(message.statement, { root: fill(7) }) }
      : message,
  );
  expect(answer(receiptOf(), { ...own, messages: shown })).toBe('NO_RECEIPT');
});

/** The record with another result at its end, and what it was signed over. */
const endingWith = (changes: Partial<Result>) => {
  const result = altered(resultCodec, closed.result, coordinator, changes);
  return { result, leaves: [...record.leaves.slice(0, -1), signedLeaf(result)] };
};

test('A15 another result than the participant was given is no outcome of its session', () => {
  const { leaves } = endingWith({ digests: [fill(9)] });
  expect(answer(receiptOf({ leaves }))).toBe('NO_RECEIPT');
});

test('A15 a result that was signed over less than the record does not stand for it', () => {
  const size = record.sizes[0] as number;
  const { result, leaves } = endingWith({ size, root: merkleRoot(record.leaves.slice(0, size)) });
  expect(answer(receiptOf({ leaves }), { ...own, outcome: result })).toBe('NO_RECEIPT');
});

test('A15 nothing comes after the outcome', () => {
  const leaves = [...record.leaves, signedLeaf(altered(resultCodec, closed.result, coordinator, {}))];
  const reply = receiptReply({ ...record, leaves }, [...leavesOf(own), signedLeaf(closed.result)]);
  expect(answer({ ...reply, leaves: reply.leaves.slice(0, -1) })).toBe('NO_RECEIPT');
});
