/** V9: in suites where each has only some neighbours, enough of them are left everywhere (attack A3b). */
import { refusalOf } from '../refusals.js';
import type { AuditedSession } from '../session.js';
import type { CheckResult } from '../types.js';
import { ENDED_BEFORE, HOLDS, NO_ROSTER, notApplicable } from './states.js';

export function checkGraph({ run, records, notebook }: AuditedSession): CheckResult {
  if (run === null) return NO_ROSTER;
  const { suite, context, u1, u2, u3 } = run;
  if (!suite.sparse) return notApplicable('everybody is a neighbour of everybody');
  if (u2 === null) return ENDED_BEFORE;
  const refusal = refusalOf(() => {
    suite.checkSets(context, { u1, u2, ...(u3 === null ? {} : { u3 }) });
  });
  const statement = records.one('u3') ?? records.one('u2');
  if (refusal !== null) {
    notebook.add('WRONG_GRAPH', { records: [statement?.index as number], detail: refusal.message });
  }
  return HOLDS;
}
