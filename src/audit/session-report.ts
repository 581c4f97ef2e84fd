/** From a session's records and what the checks came to, the part of the verdict that is about it. */
import { toHex } from '../../crypto/bytes.js';
import { neededSurvivors } from '../protocol/parameters.js';
import type { Revealed } from './checks/unmasking.js';
import type { Records } from './records.js';
import type { AuditedSession } from './session.js';
import { CHECKS, type CheckId, type CheckResult, type Finding, type SessionReport } from './types.js';

export type Results = Readonly<Record<CheckId, CheckResult>>;

export const everyCheck = (result: CheckResult): Results =>
  Object.fromEntries(Object.keys(CHECKS).map((check) => [check, result])) as Results;

/** A check with an error against it fails, whatever else it came to. */
export function withFindings(results: Results, findings: readonly Finding[]): Results {
  const failed = findings.flatMap(({ check, severity }) =>
    severity === 'error' && check !== null ? [check] : [],
  );
  return { ...results, ...Object.fromEntries(failed.map((check) => [check, { state: 'fails', why: '' }])) };
}

export interface Made {
  readonly place: string;
  readonly root: Uint8Array;
  readonly results: Results;
  readonly replayed: boolean;
}

/** What can be said of a transcript in which there is nothing to judge. */
export const unreadableReport = (records: Records, id: string | null, made: Made): SessionReport => ({
  id,
  place: made.place,
  task: null,
  number: null,
  suite: null,
  openedMs: null,
  input: null,
  outcome: 'unknown',
  abort: null,
  records: records.leaves.length,
  root: toHex(made.root),
  numbers: null,
  counts: countsOf(records, null),
  revealed: {},
  scope: null,
  grants: 0,
  sharedWithPrevious: null,
  replayed: false,
  checks: made.results,
});

export function reportOf(session: AuditedSession, revealed: readonly Revealed[], made: Made): SessionReport {
  const { records, opening, task, taskHash, id, scope, run } = session;
  const abort = records.one('abort');
  const last = records.all.at(-1)?.kind;
  return {
    ...unreadableReport(records, toHex(id), made),
    task: toHex(taskHash),
    number: opening.session,
    suite: task.suite,
    openedMs: opening.openedMs,
    input: opening.input === null ? null : toHex(opening.input),
    outcome: last === 'result' ? 'closed' : last === 'abort' ? 'aborted' : 'unknown',
    abort:
      abort === null
        ? null
        : {
            round: abort.body.round,
            code: abort.body.code,
            message: abort.body.message,
            blamed: abort.body.blamed.map(toHex),
          },
    numbers:
      run === null
        ? null
        : {
            electorate: opening.electorate.size,
            maxColluders: task.maxColluders,
            quorum: run.context.parameters.q,
            threshold: run.context.parameters.t,
            needed: neededSurvivors(task, opening.electorate.size),
          },
    counts: countsOf(records, session),
    revealed: kindsOf(session, revealed),
    scope: toHex(scope),
    grants: opening.grants.length,
    replayed: made.replayed,
  };
}

function countsOf(records: Records, session: AuditedSession | null): SessionReport['counts'] {
  const headers = records.of('r2');
  return {
    roster: session?.run?.entries.length ?? records.of('r0').length,
    shared: session?.run?.u2?.members.length ?? records.of('r1').length,
    survivors: session?.run?.u3?.members.length ?? null,
    headers: headers.length,
    complaints: headers.reduce((total, { body }) => total + body.complaints.length, 0),
    answers: records.of('answer').length,
    signed: records.of('r3').length,
    unmasked: records.of('r4').length,
  };
}

function kindsOf({ run, records }: AuditedSession, revealed: readonly Revealed[]): Record<string, number> {
  const kinds = run?.suite.shareKinds ?? [];
  const answers = records.of('answer').length;
  const counts: Record<string, number> = {
    ...Object.fromEntries(kinds.map((kind) => [kind, answers])),
    withheld: 0,
  };
  for (const { shares } of revealed) {
    for (const { kind } of shares) {
      const name = kind ?? 'withheld';
      counts[name] = (counts[name] ?? 0) + 1;
    }
  }
  return counts;
}
