/** What an organiser should know before it signs a task, and the protocol cannot refuse (SECURITY, "What is not"). */
import type { Task } from '../protocol/documents.js';
import { policySchema } from '../protocol/policy.js';
import { taskNumbers } from './task-spec.js';

export function taskWarnings(task: Task): string[] {
  const { electorate, spare, maxColluders } = taskNumbers(task);
  const warnings: string[] = [];
  const honest = electorate - spare - maxColluders;
  const { minHonest } = policySchema.parse({});
  if (honest < minHonest) {
    warnings.push(
      `participants with the default policy will refuse it: ${electorate - spare} survivors, of whom ${maxColluders} may collude, leave ${honest} honest, and minHonest is ${minHonest}`,
    );
  }
  if (task.scope.kind === 'evolving') {
    warnings.push(
      'the scope is evolving: every session sums a new update for an input that the coordinator names; a model made to single somebody out shows to nobody but who looks at it, so participants should review what they are offered',
    ); // check: A2
  }
  warnings.push(
    `the sum itself is revealed exactly, over as few as ${electorate - spare} participants: what it tells about one of them, or about single records, nothing hides (this version has no differential privacy)`,
  ); // check: A12
  return warnings;
}
