/** V3: the numbers follow from the organiser's task and meet the auditor's policy (attacks A6, A7, C12). */
import { namedRound } from '../../protocol/beacon.js';
import { neededSurvivors } from '../../protocol/parameters.js';
import { checkFloor, checkSigners } from '../../protocol/policy.js';
import { refusalOf } from '../refusals.js';
import type { AuditedSession, Run } from '../session.js';
import type { CheckResult } from '../types.js';
import { HOLDS, notChecked } from './states.js';

export function checkNumbers(session: AuditedSession): CheckResult {
  const { task, opening, rules, notebook, run, suite } = session;
  const unknown = refusalOf(() => namedRound(task, opening));
  if (unknown !== null || !opening.keyTypes.every((type) => type === 'x25519')) {
    notebook.add('UNSUPPORTED', { detail: 'extensions or key types that it does not know' });
  }
  const refusal = refusalOf(() => checkFloor(rules.policy, task, opening));
  if (refusal !== null) notebook.add('BELOW_POLICY', { detail: refusal.message });
  if (opening.grants.length > 0 && !rules.policy.acceptGrants) {
    notebook.add('BELOW_POLICY', { detail: 'the session uses an exception of the one-vote rule' });
  }
  if (suite === null) return notChecked('the suite or the task cannot be judged');
  if (run !== null) checkStated(session, run);
  return HOLDS;
}

function checkStated({ task, opening, records, rules, notebook }: AuditedSession, run: Run): void {
  const { suite, entries, context } = run;
  const committee = refusalOf(() => {
    checkSigners(rules.policy, task, {
      participants: entries.length,
      signers: suite.signers(context).length,
      q: context.parameters.q,
      electorate: opening.electorate.size,
    });
  });
  if (committee !== null) notebook.add('BELOW_POLICY', { detail: committee.message });
  const { size } = opening.electorate;
  const stated = records.one('u1');
  if (stated !== null) {
    const refusal = refusalOf(() => {
      suite.checkParameters(task, size, entries.length, { q: 0, t: 0, ...stated.body.parameters });
    });
    if (refusal !== null) notebook.add('WRONG_NUMBERS', { records: [stated.index], detail: refusal.message });
  }
  const needed = neededSurvivors(task, size);
  for (const [kind, set] of [
    ['u1', run.u1],
    ['u2', run.u2],
    ['u3', run.u3],
  ] as const) {
    const statement = records.one(kind);
    if (statement === null || set === null) continue;
    if (set.members.length < needed) {
      const detail = `${kind.toUpperCase()} has ${set.members.length} members, ${needed} are needed`;
      notebook.add('TOO_FEW', { records: [statement.index], detail });
    }
    if (kind !== 'u1' && Object.keys(statement.body.parameters).length > 0) {
      notebook.add('WRONG_NUMBERS', {
        records: [statement.index],
        detail: 'a later statement has numbers too',
      });
    }
  }
}
