/** V2: every record belongs to exactly this session (attacks A1, A4, A9). The context is computed, never read. */
import { equalBytes } from '../../../crypto/bytes.js';
import type { AuditRecord } from '../records.js';
import type { AuditedSession } from '../session.js';
import type { CheckResult } from '../types.js';
import { HOLDS, notChecked } from './states.js';

export function checkContext(session: AuditedSession): CheckResult {
  const { records, opening, task, taskHash, id, notebook, run } = session;
  const opened = records.one('opening') as AuditRecord<'opening'>;
  if (!equalBytes(opening.task, taskHash) || opening.suite !== task.suite) {
    notebook.add('WRONG_TASK', { records: [opened.index] });
  }
  const other = (records: readonly AuditRecord[], own: (record: AuditRecord) => boolean): void => {
    for (const record of records) {
      if (own(record)) continue;
      const identities = record.sender === '' ? [] : [record.sender];
      notebook.add('WRONG_CONTEXT', { records: [record.index], identities });
    }
  };
  other(records.of('r0'), ({ body }) => 'opening' in body && equalBytes(body.opening, id));
  other(records.of('abort'), ({ body }) => 'opening' in body && equalBytes(body.opening, id));
  const bound = records.all.filter(({ body }) => 'ctx' in body);
  if (run === null) return bound.length === 0 ? HOLDS : notChecked('the roster cannot be read');
  const { ctx, rosterRoot } = run.context;
  other(bound, ({ body }) => 'ctx' in body && equalBytes(body.ctx, ctx));
  other(records.of('r1'), ({ body }) => 'rosterRoot' in body && equalBytes(body.rosterRoot, rosterRoot));
  return HOLDS;
}
