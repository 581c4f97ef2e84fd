/**
 * After the end of a session (PROTOCOL §12.4): the receipt, with which a participant proves to anybody, offline, what it
 * sent and how the session ended, and that this is in the one log everybody is shown. Run by the client.
 *
 * Security: a coordinator that leaves a message out, shows another outcome, or rewrote the record of a session whose
 * statements it had signed gives no receipt that verifies.
 */
import { equalBytes, toHex } from '../../../crypto/bytes.js';
import { verifyConsistency, verifyInclusion } from '../../../crypto/merkle.js';
import { decodeSigned, encodeSigned } from '../attachments.js';
import { BlindsumError, refuse } from '../errors.js';
import { openSigned, sameSigned, type Signed, type Verify } from '../signed.js';
import {
  abortCodec,
  openingCodec,
  openingHash,
  resultCodec,
  setCodec,
  type SetStatement,
} from '../statements.js';
import { openCheckpoint, sameHead, sessionOrigin, type TreeHead } from '../transcript/checkpoint.js';
import { followLog, type LogHead, type LogView, requireWitnesses } from '../transcript/follow-log.js';
import { type LogEntry, logEntryCodec } from '../transcript/log-entry.js';
import { type ReceiptFile, receiptFiles } from '../transcript/receipt-files.js';
import type { LeafProof, ReceiptReply, StatementProof } from '../transcript/replies.js';

export type OwnMessageName = 'r0' | 'r1' | 'r2' | 'answer' | 'r3' | 'r4';

/** As it was latched. */
export interface OwnMessage {
  readonly message: OwnMessageName;
  /** Holder in hex for an answer, else ''. */
  readonly subject: string;
  readonly signed: Signed;
  /** The coordinator's statement that the message relies on: it was accepted, so this participant is in that set. */
  readonly statement: Signed | null;
}

/** What a participant knows of a session that it was in. */
export interface OwnSession {
  readonly opening: Signed;
  readonly messages: readonly OwnMessage[];
  /** The result or abort that it accepted; null when it left before. */
  readonly outcome: Signed | null;
}

export interface VerifiedReceipt extends LogHead {
  readonly entry: LogEntry;
  /** 0-based, of the session in the log. */
  readonly index: number;
  /** Names of messages that were latched and are not in the record of the session. A late r4 is no fault. */
  readonly missing: readonly string[];
  readonly files: readonly ReceiptFile[];
}

/**
 * @throws BlindsumError LOG_FORKED: `view.seen` and the note of the reply are evidence; NOT_WITNESSED: everything else
 * holds, and may be asked for again; NO_RECEIPT (fault peer)
 */
export function verifyReceipt(
  view: LogView,
  own: OwnSession,
  reply: ReceiptReply,
  verify: Verify,
): VerifiedReceipt {
  try {
    return opened(view, own, reply, verify);
  } catch (error) {
    if (!(error instanceof BlindsumError) || CODES.includes(error.code)) throw error;
    throw new BlindsumError('NO_RECEIPT', 'peer', `the receipt does not verify: ${error.message}`, {
      cause: error,
    });
  }
}

const CODES: readonly string[] = ['LOG_FORKED', 'NOT_WITNESSED', 'NO_RECEIPT'];

function opened(view: LogView, own: OwnSession, reply: ReceiptReply, verify: Verify): VerifiedReceipt {
  const log = followLog(view, reply.log, verify) ?? deny('the log is empty');
  const entry = openEntry(own, reply, log.checkpoint);
  const origin = sessionOrigin(view.coordinator, toHex(entry.session));
  const head = openCheckpoint(reply.sessionCheckpoint, origin, view.coordinator, verify);
  if (!sameHead(head, { origin, size: entry.size, root: entry.root }))
    deny('the log has another record of the session than the coordinator signs'); // check: A4
  const outcome = openOutcome(view, own, reply.leaves.at(-1), entry, verify);
  for (const { inclusion: proof, leaf, index } of reply.leaves) {
    if (!verifyInclusion({ entry: leaf, index, size: head.size, proof, root: head.root }))
      deny('a message is not in the record of the session'); // check: A4, A15
  }
  requireContinued([...shownSets(own), outcome], reply.statements, head);
  const logged = ownLeaves(own, reply.leaves.slice(0, -1));
  const missing = own.messages.filter((message) => !logged.has(message));
  const due = missing.find((message) => mustBeLogged(message, own, entry.closed));
  if (due !== undefined) deny(`the record of the session lacks ${due.message} of this participant`); // check: A4, A15
  requireWitnesses(view, log); // check: A4
  return {
    ...log,
    entry,
    index: reply.index,
    missing: missing.map(nameOf),
    files: receiptFiles({
      reply,
      names: [...[...logged.keys()].map(nameOf), entry.closed ? 'result' : 'abort'],
      missing: missing.map((message) => ({ name: nameOf(message), signed: message.signed })),
    }),
  };
}

/** Of exactly this session, in the log. */
function openEntry({ opening }: OwnSession, reply: ReceiptReply, log: TreeHead): LogEntry {
  const { index, inclusion: proof } = reply;
  if (!verifyInclusion({ entry: reply.entry, index, size: log.size, proof, root: log.root }))
    deny('the session is not in the log'); // check: A4
  const entry = logEntryCodec.decode(reply.entry);
  const { task, session: number } = openingCodec.decode(opening.payload);
  if (
    !equalBytes(entry.session, openingHash(opening)) || // check: A9
    !equalBytes(entry.task, task) || // check: A4
    entry.number !== number // check: A4
  ) {
    deny('the log has an entry of another session in this place');
  }
  return entry;
}

/** A tree that the coordinator signed while the session ran. */
interface SignedTree {
  readonly size: number;
  readonly root: Uint8Array;
}

/** The last leaf: what this participant accepted, or else something that this session may have ended with. */
function openOutcome(
  { coordinator }: LogView,
  own: OwnSession,
  last: LeafProof | undefined,
  entry: LogEntry,
  verify: Verify,
): SignedTree {
  if (last?.index !== entry.size - 1) return deny('the record of the session does not end with its outcome'); // check: A15
  const signed = decodeSigned(last.leaf);
  const codec = entry.closed ? resultCodec : abortCodec;
  const outcome = openSigned<SignedTree & ({ ctx: Uint8Array } | { opening: Uint8Array })>(
    codec,
    signed,
    coordinator,
    verify,
    'WRONG_COORDINATOR',
  );
  if (own.outcome !== null && !sameSigned(signed, own.outcome))
    deny('the log has another outcome of the session than this participant was given'); // check: A4, A15
  if ('opening' in outcome ? !equalBytes(outcome.opening, entry.session) : !isOfContext(outcome.ctx, own))
    deny('the outcome is of another session'); // check: A9
  if (outcome.size !== last.index) deny('the outcome was signed over another record of the session'); // check: A15
  return outcome;
}

const isOfContext = (ctx: Uint8Array, own: OwnSession): boolean =>
  shownSets(own).every((set) => equalBytes(set.ctx, ctx));

const shownSets = ({ messages }: OwnSession): SetStatement[] =>
  messages.flatMap(({ statement }) => (statement === null ? [] : [setCodec.decode(statement.payload)]));

/** Each tree that was shown is a beginning of the whole one. Proofs for statements that were not shown are of no use here. */
function requireContinued(
  shown: readonly SignedTree[],
  proofs: readonly StatementProof[],
  head: TreeHead,
): void {
  if (!isIncreasing(proofs.map(({ size }) => size)))
    deny('the statements are not in the order of the record');
  for (const { size: oldSize, root: oldRoot } of shown) {
    const proof = proofs.find(({ size }) => size === oldSize)?.consistency ?? [];
    if (!verifyConsistency({ oldSize, oldRoot, newSize: head.size, newRoot: head.root, proof }))
      deny('the record of the session does not continue the one that a statement was signed over'); // check: A4, A15
  }
}

const isIncreasing = (numbers: readonly number[]): boolean =>
  numbers.every((number, at) => at === 0 || number > (numbers[at - 1] as number));

/** In the order of the tree. */
function ownLeaves(own: OwnSession, leaves: readonly LeafProof[]): Map<OwnMessage, LeafProof> {
  if (!isIncreasing(leaves.map(({ index }) => index)))
    deny('the messages are not in the order of the record');
  const found = new Map<OwnMessage, LeafProof>();
  for (const leaf of leaves) {
    const message = own.messages.find(({ signed }) => equalBytes(encodeSigned(signed), leaf.leaf));
    if (message === undefined || found.has(message))
      return deny('a message is logged that this participant has not sent, or has sent once'); // check: A4
    found.set(message, leaf);
  }
  return found;
}

/**
 * Whoever went on to the next message was in the set that says that this one was accepted; with the result of a session
 * its r3 was in time. The last message before somebody left may have come too late.
 */
function mustBeLogged({ message }: OwnMessage, own: OwnSession, closed: boolean): boolean {
  const hasSent = (next: OwnMessageName): boolean => own.messages.some((other) => other.message === next);
  switch (message) {
    case 'r0':
      return hasSent('r1');
    case 'r1':
      return hasSent('r2');
    case 'r2':
      return hasSent('r3');
    case 'r3':
      return closed && own.outcome !== null;
    case 'answer':
    case 'r4':
      return false;
  }
}

/** Of its file, without the ending. */
export const nameOf = ({ message, subject }: Pick<OwnMessage, 'message' | 'subject'>): string =>
  message === 'answer' ? `answer-${subject.slice(0, 16)}` : message;

const deny = (why: string): never => refuse('NO_RECEIPT', 'peer', why);
