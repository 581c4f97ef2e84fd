/** The sessions of an archive, one after the other, and whether they are those that it claims to hold. */
import type { Task } from '../protocol/documents.js';
import { auditSession, type SessionAudit } from './audit-session.js';
import type { Notebook } from './findings.js';
import type { Identities } from './identities.js';
import type { AuditedLog } from './log.js';
import type { AuditedReceipts } from './receipts.js';
import type { Rules } from './session.js';
import {
  type ArchiveScope,
  isInScope,
  type SessionSource,
  type TranscriptSource,
  type VerifyOptions,
} from './source.js';

export interface Reading {
  readonly rules: Rules;
  readonly log: AuditedLog;
  readonly receipts: AuditedReceipts | null;
  readonly identities: Identities;
  readonly tasks: Map<string, Task>;
  readonly book: Notebook;
}

export async function readSessions(
  source: TranscriptSource,
  { engine = null, signal, onProgress }: VerifyOptions,
  { book, ...reading }: Reading,
): Promise<SessionAudit[]> {
  const audits: SessionAudit[] = [];
  const seen = new Set<string>();
  let bytes = 0;
  for await (const session of source.sessions) {
    const { leaves, isCut } = await leavesOf(session);
    if (isCut)
      book.add('UNREADABLE_FILE', { place: session.place, detail: 'it is longer than a session can be' });
    signal?.throwIfAborted();
    bytes += leaves.reduce((total, { length }) => total + length, session.head.length);
    const audit = await auditSession(session, leaves, { ...reading, escrow: source.escrow, engine, signal });
    const { id } = audit.report;
    if (id !== null && seen.has(id)) book.add('SESSION_TWICE', { place: session.place });
    else audits.push(audit);
    if (id !== null) seen.add(id);
    onProgress?.(audits.length, bytes);
  }
  return audits;
}

/** Those that a session can have whose records are held at once: 200,000 participants send five messages each. */
const MOST_RECORDS = 2 ** 20;
const MOST_BYTES = 512 * 2 ** 20;

async function leavesOf({ leaves: all }: SessionSource): Promise<{ leaves: Uint8Array[]; isCut: boolean }> {
  const leaves: Uint8Array[] = [];
  let bytes = 0;
  for await (const leaf of all) {
    bytes += leaf.length;
    if (leaves.length === MOST_RECORDS || bytes > MOST_BYTES) return { leaves, isCut: true };
    leaves.push(leaf);
  }
  return { leaves, isCut: false };
}

/** The archive holds what it claims to: all of it, and nothing else. */
export function checkComplete(
  scope: ArchiveScope,
  audits: readonly SessionAudit[],
  log: AuditedLog,
  book: Notebook,
): void {
  const held = new Set(audits.flatMap(({ report }) => report.id ?? []));
  for (const { id, taskId, index } of log.sessions.values()) {
    if (isInScope(scope, taskId, id) && !held.has(id)) {
      book.add('SESSION_MISSING', { place: `log, entry ${index}`, detail: `session ${id}` });
    }
  }
  for (const { report } of audits) {
    if (report.id !== null && !isInScope(scope, report.task, report.id))
      book.add('OUT_OF_SCOPE', { place: report.place });
  }
  const logged = [...log.sessions.values()].some(({ taskId, id }) => isInScope(scope, taskId, id));
  const shown = audits.some(({ report }) => isInScope(scope, report.task, report.id));
  if (scope.kind !== 'all' && !logged && !shown) {
    book.add('OUT_OF_SCOPE', { place: 'manifest', detail: `the log has no session of this ${scope.kind}` });
  }
}
