/** A session that ended, in a coordinator's log, and the receipts of those who were in it, as any coordinator could make them. */
import { concatBytes, toHex } from '../../crypto/bytes.js';
import { sha256 } from '../../crypto/hash.js';
import { consistencyProof, inclusionProof, merkleRoot } from '../../crypto/merkle.js';
import { type OwnMessage, type OwnSession, verifyReceipt } from '../../src/protocol/client/receipt.js';
import { type Signed, signedLeaf, type Signer } from '../../src/protocol/signed.js';
import { openingCodec, openingHash } from '../../src/protocol/statements.js';
import { logOrigin, sessionOrigin, signCheckpoint } from '../../src/protocol/transcript/checkpoint.js';
import { cosign } from '../../src/protocol/transcript/cosignature.js';
import type { LogView } from '../../src/protocol/transcript/follow-log.js';
import { type LogEntry, logEntryCodec } from '../../src/protocol/transcript/log-entry.js';
import type { CheckpointReply, ReceiptReply } from '../../src/protocol/transcript/replies.js';
import { signatureLine } from '../../src/protocol/transcript/signed-note.js';
import {
  type AtR4,
  type Closed,
  closeR4,
  codeOf,
  coordinator,
  participants,
  party,
  playRounds,
  type Rounds,
  setUp,
  verify,
} from './protocol.js';

/** Entries of other sessions. */
export const otherEntries = (count: number, seed = 0): Uint8Array[] =>
  Array.from({ length: count }, (_, index) => sha256(concatBytes(Uint8Array.of(seed, index))));

export const witnesses = ['hospital-a', 'hospital-b'].map((name) => ({ name, signer: party(name).signer }));
export const knownWitnesses = witnesses.map(({ name, signer }) => ({ name, publicKey: signer.publicKey }));

export const viewOf = (changes: Partial<LogView> = {}): LogView => ({
  coordinator: coordinator.identity,
  witnesses: knownWitnesses,
  minWitnesses: 0,
  seen: null,
  ...changes,
});

export interface LogOptions {
  readonly oldSize?: number;
  readonly cosignedBy?: typeof witnesses;
  readonly signer?: Signer;
}

/** The newest checkpoint of a log with these entries. */
export function checkpointReply(
  entries: readonly Uint8Array[],
  { oldSize = 0, cosignedBy = [], signer = coordinator.signer }: LogOptions = {},
): CheckpointReply {
  const head = { origin: logOrigin(signer.publicKey), size: entries.length, root: merkleRoot(entries) };
  const note = signCheckpoint(head, signer);
  const text = note.slice(0, note.indexOf('\n\n') + 1);
  const lines = cosignedBy.map((witness) => signatureLine(cosign(text, witness, 1_700_000_000)));
  const isProvable = oldSize > 0 && oldSize <= entries.length;
  return {
    checkpoint: note + lines.join(''),
    consistency: isProvable ? consistencyProof(entries, oldSize) : [],
  };
}

/** What a coordinator may put into the record of a session, and whose receipt it makes of it. */
export interface SessionRecord {
  readonly opening: Signed;
  readonly closed: boolean;
  /** The outcome last. */
  readonly leaves: readonly Uint8Array[];
  /** Trees that the statements were signed over. */
  readonly sizes: readonly number[];
}

export interface ReceiptOptions extends LogOptions {
  readonly before?: readonly Uint8Array[];
  readonly after?: readonly Uint8Array[];
  readonly entry?: Partial<LogEntry>;
}

/** The log with the session in it. */
export function logWith(
  { opening, closed, leaves }: SessionRecord,
  { before = otherEntries(3), after = otherEntries(2, 1), entry = {} }: ReceiptOptions = {},
): { readonly entry: Uint8Array; readonly entries: readonly Uint8Array[]; readonly index: number } {
  const { task, session: number } = openingCodec.decode(opening.payload);
  const body = { task, number, session: openingHash(opening), size: leaves.length, closed };
  const made = logEntryCodec.encode({ ...body, root: merkleRoot(leaves), ...entry });
  return { entry: made, entries: [...before, made, ...after], index: before.length };
}

/** @param own leaves of whom the receipt is for */
export function receiptReply(
  record: SessionRecord,
  own: readonly Uint8Array[],
  options: ReceiptOptions = {},
): ReceiptReply {
  const { opening, leaves, sizes } = record;
  const { entry, entries, index } = logWith(record, options);
  const { signer = coordinator.signer } = options;
  const origin = sessionOrigin(signer.publicKey, toHex(openingHash(opening)));
  const isHis = (leaf: Uint8Array, at: number): boolean =>
    at === leaves.length - 1 || own.some((one) => toHex(one) === toHex(leaf));
  return {
    log: checkpointReply(entries, options),
    entry,
    index,
    inclusion: inclusionProof(entries, index),
    sessionCheckpoint: signCheckpoint({ origin, size: leaves.length, root: merkleRoot(leaves) }, signer),
    leaves: leaves.flatMap((leaf, at) =>
      isHis(leaf, at) ? [{ leaf, index: at, inclusion: inclusionProof(leaves, at) }] : [],
    ),
    statements: sizes.map((size) => ({ size, consistency: consistencyProof(leaves, size) })),
  };
}

/** The record that an honest coordinator has of rounds that ended with `closed`. */
export function recordOf({ setup, r1, r2, r3 }: Rounds, r4: AtR4, closed: Closed): SessionRecord {
  const leaves = [...r4.leaves, ...closed.closing.leaves];
  const encoded = leaves.map(toHex);
  const statements = [r1.statement, r2.statement, r3.statement, closed.result];
  const sizes = statements.map((signed) => encoded.indexOf(toHex(signedLeaf(signed))));
  return { opening: setup.opening, closed: true, leaves, sizes };
}

/** A session of five in which nobody dropped, and its record. @param answered roster positions of whose r4 was in time */
export function loggedSession(answered: readonly number[] = [0, 1, 2, 3, 4]): {
  readonly rounds: Rounds;
  readonly closed: Closed;
  readonly record: SessionRecord;
} {
  const rounds = playRounds(setUp(participants(5), { wholeTree: true }));
  const closed = closeR4(rounds.r4, answered) as Closed;
  return { rounds, closed, record: recordOf(rounds, rounds.r4, closed) };
}

/** Why a participant takes no receipt of what it is given; null: it takes it. */
export const receiptRefused = (own: OwnSession, reply: ReceiptReply, view = viewOf()): string | null =>
  codeOf(() => verifyReceipt(view, own, reply, verify));

/** What the participant at this position has latched. */
export function ownOf(
  { setup, r1, r2, r3, r4 }: Rounds,
  position: number,
  outcome: Signed | null,
): OwnSession {
  const sent = <T extends { readonly position: number }>(round: { readonly members: readonly T[] }): T =>
    round.members.find((member) => member.position === position) as T;
  const message = (
    name: OwnMessage['message'],
    signed: Signed,
    statement: Signed | null = null,
  ): OwnMessage => ({ message: name, subject: '', signed, statement });
  return {
    opening: setup.opening,
    outcome,
    messages: [
      message(
        'r0',
        sent({ members: setup.members.map((one, at) => ({ ...one, position: at })) }).record.signed,
      ),
      message('r1', sent(r1).send.r1, r1.statement),
      message('r2', sent(r2).send.header, r2.statement),
      message('r3', sent(r3).send, r3.statement),
      message('r4', sent(r4).send.r4),
    ],
  };
}

export const leavesOf = ({ messages }: OwnSession): Uint8Array[] =>
  messages.map(({ signed }) => signedLeaf(signed));
