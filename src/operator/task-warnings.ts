/** What an organiser should know before it signs a task, and the protocol cannot refuse (SECURITY, "What is not"). */
import type { Task } from '../protocol/documents.js';
import { printable } from '../protocol/errors.js';
import { policySchema } from '../protocol/policy.js';
import { taskNumbers } from './task-spec.js';

/** @param others the tasks that the coordinator has already, closed ones too */
export function taskWarnings(task: Task, others: readonly Task[] = []): string[] {
  const { electorate, spare, maxColluders } = taskNumbers(task);
  const warnings: string[] = [];
  const honest = electorate - spare - maxColluders;
  const { minHonest } = policySchema.parse({});
  if (honest < minHonest) {
    warnings.push(
      `participants with the default policy will refuse it: ${electorate - spare} survivors, of whom ${maxColluders} may collude, leave ${honest} honest, and minHonest is ${minHonest}`,
    );
  }
  const elsewhere = others.find((other) => sharesLabel(task, other) && other.maxColluders !== maxColluders);
  if (elsewhere !== undefined) {
    warnings.push(
      `task "${printable(elsewhere.name)}" of the same data set label has maxColluders ${elsewhere.maxColluders}, this one ${maxColluders}: who took part in one of them refuses the other (ELECTORATE_CHANGED); give both the same, or use a new label`,
    );
  }
  if (task.scope.kind === 'evolving') {
    warnings.push(
      'the scope is evolving: every session sums a new update for an input that the coordinator names; a model made to single somebody out shows to nobody but who looks at it, so participants should review what they are offered',
    ); // check: A2
  }
  warnings.push(
    `the sum itself is revealed as it is, over as few as ${electorate - spare} participants: what it tells about one of them, or about single records, nothing hides (this version has no differential privacy)`,
  ); // check: A12
  return warnings;
}

const sharesLabel = ({ scope }: Task, { scope: other }: Task): boolean =>
  scope.kind === 'static' && other.kind === 'static' && scope.dataset === other.dataset;
