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
import type { Notebook } from './findings.js';
import { type AuditedLog, readEntry } from './log.js';
import { type AuditRecord, readRecord } from './records.js';
import type { Rules } from './session.js';
import type { ReceiptFile } from './source.js';
import type { Unlogged } from './unlogged.js';

export interface AuditedReceipts {
  files: number;
  verified: number;
  readonly sessions: Set<string>;
  /** Ids, hex, of those of which a receipt proves that they are in a log with more in it than this one. */
  readonly newer: Set<string>;
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
  const receipts: AuditedReceipts = {
    ...{ files: 0, verified: 0 },
    ...{ sessions: new Set(), newer: new Set(), unlogged: new Map() },
  };
  // The same for everybody who looked at the same time.
  const roots = new Map<number, Uint8Array>();
  const rootOf = (size: number): Uint8Array => {
    const root = roots.get(size) ?? merkleRoot(log.payloads.slice(0, size));
    roots.set(size, root);
    return root;
  };
  const against = { log, rules, notebook, rootOf, heads: new Map<string, Uint8Array>() };
  for await (const file of files) {
    receipts.files += 1;
    receipts.sessions.add(file.session);
    if (readReceipt(file, against, receipts)) receipts.verified += 1;
  }
  return receipts;
}

interface Against {
  readonly log: AuditedLog;
  readonly rules: Rules;
  readonly notebook: Notebook;
  readonly rootOf: (size: number) => Uint8Array;
  /** Roots that receipts have for trees of which the log here says nothing, by tree (of the log: and size). */
  readonly heads: Map<string, Uint8Array>;
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
    const others = receipts.unlogged.get(session) ?? [];
    others.push({ place, leaf: bytes, record });
    receipts.unlogged.set(session, others);
    return true;
  }
  try {
    return checkProof(file, what, against, receipts.newer, bad);
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
  { log, rules, notebook, rootOf, heads }: Against,
  newer: Set<string>,
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
  if (entry === undefined) return isFirst(origin, root) ? later('the session is not in the log') : forked();
  // Only the last head of a session is signed as a checkpoint: a second one is another history of the session.
  if (entry.size !== size || !equalBytes(entry.root, root)) return forked();
  return true;

  function checkLog(seen: Checkpoint, at: number, payload: Uint8Array): boolean {
    const own = log.payloads[at];
    if (own !== undefined && !equalBytes(own, payload)) return forked();
    if (seen.size <= log.payloads.length) return equalBytes(rootOf(seen.size), seen.root) || forked();
    return isFirst(`${origin}/${seen.size}`, seen.root) ? later('its log is longer') : forked();
  }
  /** Whether no receipt before has another root for it. Two that nothing here decides between are evidence by themselves. */
  function isFirst(tree: string, itsRoot: Uint8Array): boolean {
    const before = heads.get(tree) ?? itsRoot;
    heads.set(tree, before);
    return equalBytes(before, itsRoot);
  }
  function forked(): false {
    notebook.add('LOG_FORKED', { place, by: log.signedFor ? 'coordinator' : 'unknown' });
    return false;
  }
  function later(detail: string): true {
    newer.add(session);
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
