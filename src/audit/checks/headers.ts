/**
 * V16: every survivor signed, before its upload counted, which sets it is masked for, and they are the same for all. That is
 * what stops a coordinator that shows one victim a set without its neighbours (attack A3b). The votes sign the uploads.
 */
import { equalBytes, toHex } from '../../../crypto/bytes.js';
import { identityAt } from '../../protocol/shares.js';
import { uploadRoot } from '../../protocol/upload-root.js';
import { type AuditedSession, memberOf, type Run } from '../session.js';
import type { AuditRecord } from '../records.js';
import type { CheckResult } from '../types.js';
import { ENDED_BEFORE, HOLDS, NO_ROSTER, UNREADABLE_SETS } from './states.js';

export function checkHeaders(session: AuditedSession): CheckResult {
  const { records, notebook, run, unsigned, task } = session;
  if (run === null) return NO_ROSTER;
  const sent = records.of('r2');
  if (sent.length === 0 && records.one('u3') === null) return ENDED_BEFORE;
  if (run.u2 === null) return UNREADABLE_SETS;
  const vectors = run.suite.layout(task).length;
  const headers = new Map<number, AuditRecord<'r2'>>();
  for (const header of sent) {
    const { index, sender, body } = header;
    const about = { records: [index], identities: [sender] };
    if (!equalBytes(body.u1, run.u1.hash) || !equalBytes(body.u2, run.u2.hash))
      notebook.add('OTHER_HEADER', about);
    if (body.digests.length !== vectors) {
      notebook.add('OTHER_HEADER', { ...about, detail: 'it names other vectors than the task has' });
    }
    const position = memberOf(run, sender);
    if (position !== null && !unsigned.has(index) && !headers.has(position)) headers.set(position, header);
  }
  if (run.u3 === null) return records.one('u3') === null ? HOLDS : UNREADABLE_SETS;
  const missing = run.u3.members.filter((position) => !headers.has(position));
  if (missing.length > 0) {
    const identities = missing.map((position) => toHex(identityAt(run.context, position)));
    notebook.add('MISSING_HEADER', { records: [records.one('u3')?.index as number], identities });
    return HOLDS;
  }
  checkUploads(session, run, headers);
  return HOLDS;
}

function checkUploads(
  { records, notebook }: AuditedSession,
  run: Run,
  headers: ReadonlyMap<number, AuditRecord<'r2'>>,
): void {
  const members = run.u3?.members ?? [];
  const root = uploadRoot(
    members.map((position) => identityAt(run.context, position)),
    members.map((position) => headers.get(position)?.body.digests as readonly Uint8Array[]),
  );
  for (const { body, index, sender } of records.of('r3')) {
    if (!equalBytes(body.uploads, root))
      notebook.add('WRONG_UPLOADS', { records: [index], identities: [sender] });
  }
}
