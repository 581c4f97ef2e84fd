/**
 * V14, receipts (PROTOCOL §12.4): what participants kept, against the log and the transcripts. A proof under a head that the
 * log does not have, or a message that participants made for other sets than the transcript shows, is how an archive that is
 * consistent with itself turns out to be not the whole truth (attacks A3, A4).
 */
import { equalBytes, fromHex, toHex } from '../../crypto/bytes.js';
import { merkleRoot, verifyInclusion } from '../../crypto/merkle.js';
import { isBlindsumError } from '../protocol/errors.js';
import {
  type Checkpoint,
  logOrigin,
  openCheckpoint,
  sessionOrigin,
} from '../protocol/transcript/checkpoint.js';
import { openCosignatures } from '../protocol/transcript/cosignature.js';
import { parseTlogProof } from '../protocol/transcript/tlog-proof.js';
import { votersOf, signsSets } from './checks/votes.js';
import type { Notebook } from './findings.js';
import { type AuditedLog, readEntry } from './log.js';
import { type AuditRecord, type Kind, readRecord } from './records.js';
import type { AuditedSession, Rules } from './session.js';
import type { ReceiptFile } from './source.js';

/** A message that its participant found in no tree. */
export interface Unlogged {
  readonly place: string;
  readonly leaf: Uint8Array;
  readonly record: AuditRecord;
}

export interface AuditedReceipts {
  files: number;
  verified: number;
  readonly sessions: Set<string>;
  /** By session id, hex. */
  readonly unlogged: Map<string, Unlogged[]>;
}

const NAME = /^(session|r[0-4]|answer-[0-9a-f]{16}|result|abort)\.(tlog-proof|signed)$/;

export async function readReceipts(
  files: AsyncIterable<ReceiptFile>,
  log: AuditedLog,
  rules: Rules,
  notebook: Notebook,
): Promise<AuditedReceipts> {
  const receipts: AuditedReceipts = { files: 0, verified: 0, sessions: new Set(), unlogged: new Map() };
  // The same for everybody who looked at the same time.
  const roots = new Map<number, Uint8Array>();
  const rootOf = (size: number): Uint8Array => {
    const root = roots.get(size) ?? merkleRoot(log.payloads.slice(0, size));
    roots.set(size, root);
    return root;
  };
  for await (const file of files) {
    receipts.files += 1;
    receipts.sessions.add(file.session);
    if (readReceipt(file, { log, rules, notebook, rootOf }, receipts)) receipts.verified += 1;
  }
  return receipts;
}

interface Against {
  readonly log: AuditedLog;
  readonly rules: Rules;
  readonly notebook: Notebook;
  readonly rootOf: (size: number) => Uint8Array;
}

/** @returns whether it proves something, or is a message that is looked for later */
function readReceipt(file: ReceiptFile, against: Against, receipts: AuditedReceipts): boolean {
  const { place, session, name, bytes } = file;
  const bad = (detail: string): false => {
    against.notebook.add('BAD_RECEIPT', { place, detail });
    return false;
  };
  const [, what, form] = NAME.exec(name) ?? [];
  if (what === undefined || !/^[0-9a-f]{64}$/.test(session)) return bad('it is not named like one');
  if (form === 'signed') {
    const record = readRecord(bytes, 0);
    if (record === null || !isNamed(what, record)) return bad('it is not the message that it is named after');
    const { payload, signature } = record.signed;
    if (!against.rules.verify(fromHex(record.sender), payload, signature))
      return bad('its signature does not verify');
    receipts.unlogged.set(session, [
      ...(receipts.unlogged.get(session) ?? []),
      { place, leaf: bytes, record },
    ]);
    return true;
  }
  try {
    return checkProof(file, what, against, bad);
  } catch (error) {
    if (!isBlindsumError(error)) throw error;
    return bad(error.message);
  }
}

function isNamed(what: string, { kind, body }: AuditRecord): boolean {
  const holder = kind === 'answer' && 'holder' in body ? `answer-${toHex(body.holder).slice(0, 16)}` : kind;
  return what === holder;
}

function checkProof(
  { place, session, bytes }: ReceiptFile,
  what: string,
  { log, rules, notebook, rootOf }: Against,
  bad: (detail: string) => false,
): boolean {
  const { coordinator, witnesses } = rules.keys;
  const { extra, index, hashes, checkpoint } = parseTlogProof(textOf(bytes));
  const ofLog = what === 'session';
  const origin = ofLog ? logOrigin(coordinator) : sessionOrigin(coordinator, session);
  const head = openCheckpoint(checkpoint, origin, coordinator, rules.verify);
  openCosignatures(head.note, witnesses, rules.verify);
  const { size, root } = head;
  if (extra === null || !verifyInclusion({ entry: extra, index, size, proof: hashes, root })) {
    return bad('its record is not in the tree of its checkpoint');
  }
  if (ofLog) {
    const entry = readEntry(extra);
    if (entry === null || toHex(entry.session) !== session) return bad('it is for another session');
    return checkLog(head, index, extra);
  }
  const record = readRecord(extra, index);
  if (record === null || !isNamed(what, record))
    return bad('it proves another record than it is named after');
  const entry = log.sessions.get(session);
  if (entry === undefined) return newer('the session is not in the log');
  // Only the last head of a session is signed as a checkpoint: a second one is another history of the session.
  if (entry.size !== size || !equalBytes(entry.root, root)) return forked();
  return true;

  function checkLog(seen: Checkpoint, at: number, payload: Uint8Array): boolean {
    const own = log.payloads[at];
    if (own !== undefined && !equalBytes(own, payload)) return forked();
    if (seen.size > log.payloads.length) return own === undefined ? newer('its log is longer') : true;
    return equalBytes(rootOf(seen.size), seen.root) || forked();
  }
  function forked(): false {
    notebook.add('LOG_FORKED', { place, by: log.signedFor ? 'coordinator' : 'unknown' });
    return false;
  }
  function newer(detail: string): true {
    notebook.add('NEWER_RECEIPT', { place, detail });
    return true;
  }
}

/** '' for what is no UTF-8, which nothing parses. */
function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return '';
  }
}

/** In which set each message names what its participant was shown, as far as the session came by its transcript. */
const NEEDS: Partial<Record<Kind, 'u1' | 'u2' | 'u3'>> = {
  r1: 'u1',
  r2: 'u2',
  answer: 'u2',
  r3: 'u3',
  r4: 'u3',
};

/** A message that is in no tree: late, or for something that the transcript does not show. */
export function checkUnlogged(session: AuditedSession, unlogged: readonly Unlogged[]): void {
  const { records, notebook } = session;
  for (const { place, leaf, record } of unlogged) {
    if (records.leaves.some((logged) => equalBytes(logged, leaf))) continue;
    const about = { place, identities: [record.sender] };
    if (record.kind === 'r4') {
      const detail = whyHidden(session, record as AuditRecord<'r4'>);
      if (detail === null) notebook.add('LATE_MESSAGE', about);
      else notebook.add('HIDDEN_ANSWER', { ...about, detail });
      continue;
    }
    const detail = whyOther(session, record);
    if (detail === null) notebook.add('LATE_MESSAGE', about);
    else notebook.add('EQUIVOCATION', { ...about, detail });
  }
}

function whyHidden(session: AuditedSession, record: AuditRecord<'r4'>): string | null {
  const { run, records } = session;
  if (run === null || records.one('u3') === null) return 'by the transcript the session never came so far';
  if (!equalBytes(record.body.ctx, run.context.ctx) || !signsSets(record, run))
    return 'it answers for other sets';
  if (votersOf(session, run).size < run.context.parameters.q) return 'by the transcript no quorum had signed';
  const other = records.of('r4').some(({ sender }) => sender === record.sender);
  return other ? 'the transcript has another answer of it' : null;
}

function whyOther({ run, records, id }: AuditedSession, record: AuditRecord): string | null {
  const { kind, body } = record;
  if (kind === 'r0') {
    return 'opening' in body && equalBytes(body.opening, id) ? null : 'it is for another opening';
  }
  const needed = NEEDS[kind];
  if (run === null || (needed !== undefined && records.one(needed) === null)) {
    return 'by the transcript the session never came so far';
  }
  if (!('ctx' in body) || !equalBytes(body.ctx, run.context.ctx))
    return 'it is for another roster or other numbers';
  const sets = [
    ['u1', run.u1],
    ['u2', run.u2],
    ['u3', run.u3],
  ] as const;
  const other = sets.find(([name, set]) => {
    const named = name in body ? (body as unknown as Record<string, Uint8Array>)[name] : undefined;
    return named !== undefined && !equalBytes(named, set?.hash ?? new Uint8Array());
  });
  return other === undefined ? null : `it names another ${other[0].toUpperCase()}`;
}

/** Those of sessions whose transcript is not there. */
export function checkStray(
  unlogged: ReadonlyMap<string, readonly Unlogged[]>,
  seen: ReadonlySet<string>,
  log: AuditedLog,
  notebook: Notebook,
): void {
  for (const [session, messages] of unlogged) {
    // Of a session that is in the log and not part of this archive nothing can be said.
    if (seen.has(session) || log.sessions.has(session)) continue;
    for (const { place, record } of messages) {
      const about = { place, identities: [record.sender] };
      if (record.kind !== 'r4')
        notebook.add('NEWER_RECEIPT', { ...about, detail: 'the session is not in the log' });
      else notebook.add('HIDDEN_ANSWER', { ...about, detail: `the log has no session ${session}` });
    }
  }
}
