/** V5: the stated sets are who really sent something, each a part of the one before; so is the result (attacks A3, A4, A7). */
import { equalBytes } from '../../../crypto/bytes.js';
import { fromBitmap, isSubset, type Members, type MemberSet } from '../../protocol/sets.js';
import { refusalOf } from '../refusals.js';
import { type AuditedSession, memberOf, type Run } from '../session.js';
import type { AuditRecord, MessageKind } from '../records.js';
import type { CheckResult } from '../types.js';
import { HOLDS, NO_ROSTER } from './states.js';

export function checkSets(session: AuditedSession): CheckResult {
  const { run, records, notebook } = session;
  if (run === null) return NO_ROSTER;
  const wrong = (statement: AuditRecord, detail: string): void => {
    notebook.add('WRONG_SET', { records: [statement.index], detail });
  };
  const senders = (kind: MessageKind): number[] =>
    records.of(kind).flatMap(({ sender }) => memberOf(run, sender) ?? []);
  const [u1, u2, u3] = [records.one('u1'), records.one('u2'), records.one('u3')];
  if (u1 !== null && !namesAll(u1, run)) wrong(u1, 'U1 is not everybody whose keys were accepted');
  if (u2 !== null && run.u2 !== null && !sameMembers(senders('r1'), run.u2.members)) {
    wrong(u2, 'U2 is not everybody whose shares were accepted');
  }
  if (u3 !== null && run.u3 !== null) {
    if (!isSubset(run.u3.members, run.u2?.members ?? [])) wrong(u3, 'U3 names somebody who is not in U2');
    if (!isSubset(run.u3.members, senders('r2'))) wrong(u3, 'U3 names somebody who sent no masked input');
  }
  checkResult(session, run);
  return HOLDS;
}

function namesAll({ body }: AuditRecord<'u1'>, { entries }: Run): boolean {
  let named: Members = [];
  const refusal = refusalOf(() => {
    named = fromBitmap(body.members, entries.length);
  });
  return refusal === null && named.length === entries.length;
}

function sameMembers(a: Members, b: Members): boolean {
  const [first, second] = [new Set(a), new Set(b)];
  return first.size === second.size && [...first].every((member) => second.has(member));
}

function checkResult({ records, task, notebook }: AuditedSession, { suite, u3 }: Run): void {
  const result = records.one('result');
  if (result === null) return;
  const { body, index } = result;
  const { hash, members } = u3 ?? ({ hash: new Uint8Array(), members: [] } satisfies MemberSet);
  if (!equalBytes(body.u3, hash) || body.survivors !== members.length) {
    notebook.add('WRONG_RESULT', { records: [index], detail: 'it names other survivors' });
  }
  if (body.digests.length !== suite.layout(task).length) {
    notebook.add('WRONG_RESULT', { records: [index], detail: 'it names other vectors' });
  }
}
