/**
 * A4, two logs: the coordinator shows one record of its sessions to some and another one to others. Whoever saw a head of
 * the one cannot be shown the other; for those who never look at the same one there are witnesses.
 */
import { expect, test } from '@jest/globals';
import { toHex } from '../../crypto/bytes.js';
import { parseTrust } from '../../src/client/trust.js';
import { signedLeaf } from '../../src/protocol/signed.js';
import { setCodec } from '../../src/protocol/statements.js';
import {
  logOrigin,
  openCheckpoint,
  sessionOrigin,
  signCheckpoint,
} from '../../src/protocol/transcript/checkpoint.js';
import { followLog, requireWitnesses } from '../../src/protocol/transcript/follow-log.js';
import type { CheckpointReply, ReceiptReply } from '../../src/protocol/transcript/replies.js';
import { formatNote } from '../../src/protocol/transcript/signed-note.js';
import { witnessLog } from '../../src/protocol/transcript/witness.js';
import { merkleRoot } from '../../crypto/merkle.js';
import {
  checkpointReply,
  knownWitnesses,
  leavesOf,
  loggedSession,
  otherEntries,
  ownOf,
  receiptRefused,
  receiptReply,
  viewOf,
  witnesses,
} from '../helpers/logged.js';
import { at, codeOf, coordinator, fill, organiser, verify } from '../helpers/protocol.js';

// -------------------------------------------------------------------------------------------------------- the log itself

const entries = otherEntries(8);
const another = otherEntries(8, 1);
const headOf = (of: readonly Uint8Array[]) =>
  openCheckpoint(
    checkpointReply(of).checkpoint as string,
    logOrigin(coordinator.identity),
    coordinator.identity,
    verify,
  );
const seen = headOf(entries.slice(0, 5));
const shown = (of: readonly Uint8Array[], oldSize = 5) =>
  codeOf(() => void followLog(viewOf({ seen }), checkpointReply(of, { oldSize }), verify));

test('A4 a log that goes on is followed', () => {
  expect(shown(entries)).toBeNull();
  expect(shown(entries.slice(0, 5))).toBeNull();
});

test.each([
  ['of the same size', another.slice(0, 5)],
  ['that is longer', another],
  ['that goes on from an earlier entry', [...entries.slice(0, 4), ...another.slice(4)]],
  ['that is shorter', entries.slice(0, 4)],
])('A4 another log %s is refused', (_, of) => {
  expect(shown(of)).toBe('LOG_FORKED');
});

test('A4 a log that was seen is not empty', () => {
  const empty = { checkpoint: null, consistency: [] };
  expect(codeOf(() => void followLog(viewOf({ seen }), empty, verify))).toBe('LOG_FORKED');
  expect(followLog(viewOf(), empty, verify)).toBeNull();
});

// -------------------------------------------------------------------------------------------------------------- witnesses

test('A4 a head counts only with as many cosignatures as the policy asks for', () => {
  for (const minWitnesses of [0, 1, 2]) {
    for (const count of [0, 1, 2]) {
      const view = viewOf({ minWitnesses });
      const head = followLog(
        view,
        checkpointReply(entries, { cosignedBy: witnesses.slice(0, count) }),
        verify,
      );
      const code = codeOf(() => head !== null && requireWitnesses(view, head));
      expect(code).toBe(count < minWitnesses ? 'NOT_WITNESSED' : null);
    }
  }
});

test('A4 a witness cosigns one of two logs', () => {
  const [witness] = witnesses as [(typeof witnesses)[number]];
  const look = (before: typeof seen | null, of: readonly Uint8Array[]) =>
    witnessLog(
      coordinator.identity,
      witness,
      before,
      checkpointReply(of, { oldSize: before?.size ?? 0 }),
      0,
      verify,
    );
  const first = look(null, entries.slice(0, 5));
  expect(first?.line).toContain('hospital-a');
  expect(codeOf(() => void look(first?.checkpoint ?? null, another))).toBe('LOG_FORKED');
  expect(look(first?.checkpoint ?? null, entries)?.line).toContain('hospital-a');
  // Asked again for what it has cosigned, it says the same.
  expect(look(first?.checkpoint ?? null, entries.slice(0, 5))?.line).toBe(first?.line);
});

test('A4 a line that only has the name of a witness does not take the place of what it cosigned', () => {
  const [witness] = witnesses as [(typeof witnesses)[number]];
  const first = witnessLog(coordinator.identity, witness, null, checkpointReply(entries), 0, verify);
  const { note } = (first as { checkpoint: typeof seen }).checkpoint;
  const bogus = { name: witness.name, keyId: fill(7, 4), signature: fill(7, 72) };
  const checkpoint = formatNote({ ...note, signatures: [bogus, ...note.signatures] });
  const asked = {
    checkpoint,
    consistency: checkpointReply(entries, { oldSize: entries.length }).consistency,
  };
  const look = (before: typeof seen, reply: typeof asked | CheckpointReply) =>
    witnessLog(coordinator.identity, witness, before, reply, 99, verify);
  const known = look((first as { checkpoint: typeof seen }).checkpoint, asked);
  expect([known?.line, known?.cosigned.length]).toEqual([null, 1]);
  // The coordinator has lost it, and is sent the same again.
  const again = look(
    (known as { checkpoint: typeof seen }).checkpoint,
    checkpointReply(entries, { oldSize: entries.length }),
  );
  expect(again?.line).toBe(first?.line);
});

test.each([
  ['the coordinator itself', [{ name: 'a', key: toHex(coordinator.identity) }]],
  ['one witness under two names', ['a', 'b'].map((name) => ({ name, key: keyOf(0) }))],
  ['two witnesses of one name', [0, 1].map((index) => ({ name: 'a', key: keyOf(index) }))],
])('A4 %s cannot stand for the witnesses that a policy asks for', (_, named) => {
  const trust = { organiser: toHex(organiser.identity), coordinator: toHex(coordinator.identity) };
  expect(codeOf(() => void parseTrust({ ...trust, witnesses: named }))).toBe('BAD_CONFIG');
});

function keyOf(index: number): string {
  return toHex(at(knownWitnesses, index).publicKey);
}

// ---------------------------------------------------------------------------------------------- a session within the log

const { rounds, closed, record } = loggedSession();
const own = ownOf(rounds, 1, closed.result);
const answer = (reply: ReceiptReply, of = own, view = viewOf()) => receiptRefused(of, reply, view);
const reply = receiptReply(record, leavesOf(own));

test('A4 a receipt is under the log that was seen before, and cosigned as the policy asks', () => {
  expect(answer(reply)).toBeNull();
  expect(answer(reply, own, viewOf({ minWitnesses: 1 }))).toBe('NOT_WITNESSED');
  expect(answer(reply, own, viewOf({ seen: headOf(another) }))).toBe('LOG_FORKED');
});

test('A4 a session that is not in the log has no receipt', () => {
  const log = checkpointReply(otherEntries(6));
  expect(answer({ ...reply, log })).toBe('NO_RECEIPT');
});

test.each([
  ['task', { task: fill(1) }],
  ['number', { number: 77 }],
  ['session', { session: fill(1) }],
])('A4 an entry of the log with another %s is of another session', (_, entry) => {
  expect(answer(receiptReply(record, leavesOf(own), { entry }))).toBe('NO_RECEIPT');
});

test('A4 the record that a participant is shown is the one that the log has', () => {
  const rewritten = { root: fill(1) };
  expect(answer(receiptReply(record, leavesOf(own), { entry: rewritten }))).toBe('NO_RECEIPT');
  const longer = [...record.leaves, signedLeaf(closed.result)];
  const entry = { size: longer.length, root: merkleRoot(longer) };
  expect(answer(receiptReply(record, leavesOf(own), { entry }))).toBe('NO_RECEIPT');
  const origin = sessionOrigin(coordinator.identity, toHex(rounds.setup.header.id));
  const sessionCheckpoint = signCheckpoint({ origin, ...entry }, coordinator.signer);
  expect(answer({ ...reply, sessionCheckpoint })).toBe('NO_RECEIPT');
});

test('A4 nobody is given a message of somebody else for its own', () => {
  const others = ownOf(rounds, 2, closed.result);
  expect(answer(receiptReply(record, [...leavesOf(own), ...leavesOf(others)]))).toBe('NO_RECEIPT');
});

test('A4 a message that was shown to others to be there is in the record', () => {
  for (const name of ['r0', 'r1', 'r2', 'r3'] as const) {
    const message = own.messages.find((one) => one.message === name);
    const left = message === undefined ? '' : toHex(signedLeaf(message.signed));
    const leaves = reply.leaves.filter(({ leaf }) => toHex(leaf) !== left);
    expect(answer({ ...reply, leaves })).toBe('NO_RECEIPT');
  }
});

test('A4 statements and outcome that only this participant was given are in no record', () => {
  const shownSets = own.messages.map((message) => {
    const { statement } = message;
    return statement === null
      ? message
      : { ...message, statement: { ...statement, payload: otherRoot(statement) } };
  });
  expect(answer(reply, { ...own, messages: shownSets })).toBe('NO_RECEIPT');
  const outcome = { ...closed.result, signature: coordinator.signer.sign(fill(1)) };
  expect(answer(reply, { ...own, outcome })).toBe('NO_RECEIPT');
});

const otherRoot = (statement: { readonly payload: Uint8Array }): Uint8Array => {
  const body = setCodec.decode(statement.payload);
  return setCodec.encode({ ...body, root: fill(5) });
};

test('A4 what is not in the record is not proven to be', () => {
  const leaves = reply.leaves.map((leaf, index) => (index === 0 ? { ...leaf, inclusion: [] } : leaf));
  expect(answer({ ...reply, leaves })).toBe('NO_RECEIPT');
});
