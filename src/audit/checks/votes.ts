/** V6: before anything is revealed a quorum has signed one set of survivors, and nobody another (attacks A3, A4). */
import { equalBytes } from '../../../crypto/bytes.js';
import type { AuditRecord } from '../records.js';
import { type AuditedSession, memberOf, type Run } from '../session.js';
import type { CheckResult } from '../types.js';
import { ENDED_BEFORE, HOLDS, NO_ROSTER, UNREADABLE_SETS } from './states.js';

/** Those in U3 who validly signed its sets, each once. */
export function votersOf({ records, unsigned }: AuditedSession, run: Run): ReadonlySet<number> {
  const survivors = new Set(run.u3?.members);
  const voters = new Set<number>();
  for (const record of records.of('r3')) {
    const position = memberOf(run, record.sender);
    if (position === null || !survivors.has(position)) continue;
    if (!unsigned.has(record.index) && signsSets(record, run)) voters.add(position);
  }
  return voters;
}

/** How many of these votes count towards the quorum. */
export function countedVotes(session: AuditedSession, run: Run): number {
  const voters = votersOf(session, run);
  return run.suite.signers(run.context).filter((position) => voters.has(position)).length;
}

/** Whether an r3 or r4 is over the sets of the session. */
export function signsSets({ body }: AuditRecord<'r3'> | AuditRecord<'r4'>, { u1, u2, u3 }: Run): boolean {
  return (
    u2 !== null &&
    u3 !== null &&
    equalBytes(body.u1, u1.hash) &&
    equalBytes(body.u2, u2.hash) &&
    equalBytes(body.u3, u3.hash)
  );
}

export function checkVotes(session: AuditedSession): CheckResult {
  const { records, notebook, run } = session;
  if (run === null) return NO_ROSTER;
  const votes = records.of('r3');
  const revealed = [...records.of('r4'), ...records.of('result')];
  if (votes.length + revealed.length === 0) return ENDED_BEFORE;
  if (run.u2 === null || run.u3 === null) return UNREADABLE_SETS;
  for (const vote of votes) {
    if (!signsSets(vote, run)) {
      notebook.add('OTHER_VOTE', { records: [vote.index], identities: [vote.sender] });
    }
  }
  const size = countedVotes(session, run);
  const { q } = run.context.parameters;
  if (revealed.length > 0 && size < q) {
    notebook.add('NO_QUORUM', {
      records: revealed.map(({ index }) => index),
      detail: `${size} signed, ${q} are needed`,
    });
  }
  return HOLDS;
}
