/** A plan in words: the numbers, what they protect against, and what that rests on. */
import { byteSize } from '../output.js';
import { taskText } from '../task-text.js';
import type { FeasiblePlan } from './plan.js';

export function planText(plan: FeasiblePlan): string {
  const { maxColluders, electorate, suite, coordinator } = plan;
  return [
    `${suite}: can be run`,
    taskText(plan),
    `the coordinator receives ${byteSize(coordinator.downloadBytes)} and sends ${byteSize(coordinator.uploadBytes)}`,
    `Protects what each participant put in against the coordinator together with any ${maxColluders} of the ${electorate}, whatever they send;`,
    `with more colluders it does not. It rests on ${ASSUMPTIONS[suite] ?? 'what SECURITY.md says of the suite'}.`,
    ...plan.warnings.map((warning) => `warning: ${warning}`),
  ].join('\n');
}

const ASSUMPTIONS: Readonly<Record<string, string>> = {
  'masking/complete': 'X25519, AES and SHA-256',
  'ckks/sumkey':
    'X25519, AES, SHA-256, and RLWE with sums of keys and errors published, which awaits outside review',
};
