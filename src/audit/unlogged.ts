/**
 * V14, messages that participants kept because they found them in no tree (PROTOCOL §12.4): late, or made for something that
 * the transcript does not show (attacks A3, A4). They prove that a participant signed them, not who made it do so.
 */
import { equalBytes, toHex } from '../../crypto/bytes.js';
import { sha256 } from '../../crypto/hash.js';
import { NEEDS } from './checks/order.js';
import { countedVotes, signsSets } from './checks/votes.js';
import type { Notebook } from './findings.js';
import type { AuditedLog } from './log.js';
import type { AuditRecord } from './records.js';
import type { AuditedSession } from './session.js';

/** A message that its participant found in no tree. */
export interface Unlogged {
  readonly place: string;
  readonly leaf: Uint8Array;
  readonly record: AuditRecord;
}

/** A message that is in no tree: late, or for something that the transcript does not show. */
export function checkUnlogged(session: AuditedSession, unlogged: readonly Unlogged[]): void {
  if (unlogged.length === 0) return;
  const { records, notebook } = session;
  const logged = new Set(records.leaves.map((leaf) => toHex(sha256(leaf))));
  for (const { place, leaf, record } of unlogged) {
    if (logged.has(toHex(sha256(leaf)))) continue;
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
  if (countedVotes(session, run) < run.context.parameters.q) return 'by the transcript no quorum had signed';
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

export interface StrayMessages {
  readonly unlogged: ReadonlyMap<string, readonly Unlogged[]>;
  readonly newer: ReadonlySet<string>;
}

/**
 * Those of sessions whose transcript is not there.
 * @param newer sessions of which a receipt proves that they ended after the archive was made
 */
export function checkStray(
  { unlogged, newer }: StrayMessages,
  seen: ReadonlySet<string>,
  log: AuditedLog,
  notebook: Notebook,
): void {
  for (const [session, messages] of unlogged) {
    // Of a session that is in the log and not part of this archive nothing can be said.
    if (seen.has(session) || log.sessions.has(session)) continue;
    for (const { place, record } of messages) {
      const about = { place, identities: [record.sender] };
      if (record.kind !== 'r4' || newer.has(session))
        notebook.add('NEWER_RECEIPT', { ...about, detail: 'the session is not in the log' });
      else
        notebook.add('HIDDEN_ANSWER', {
          ...about,
          detail: `the log has no session ${session}, unless it ended after the archive was made`,
        });
    }
  }
}
