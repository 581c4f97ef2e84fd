/** A plan in words: the numbers, what they protect against, what that rests on, and the rules side by side. */
import { byteSize } from '../output.js';
import { costText, spareText } from '../task-text.js';
import { percent, secondsText } from './measures.js';
import { protectionText } from './protection.js';
import type { FeasiblePlan, Plan } from './types.js';

export function planText(plan: Plan, comparison: string | null): string {
  const lines = plan.feasible ? feasibleText(plan) : [`${nameOf(plan)}: cannot be run: ${plan.refused}`];
  return [...lines, ...(comparison === null ? [] : ['', comparison])].join('\n');
}

const nameOf = ({ suite, rule, beacon }: Plan): string =>
  rule === 'complete' ? suite : `${suite} by the rule ${rule}${beacon ? ' with a beacon' : ''}`;

function feasibleText(plan: FeasiblePlan): string[] {
  const { suite, electorate, maxColluders, quorum, spare, coordinator, warnings } = plan;
  return [
    `${nameOf(plan)}: can be ${quorum === null ? 'met' : 'run'}`,
    `N = ${electorate} participants, of whom ${maxColluders} may collude with the coordinator (n_C);`,
    ...(quorum === null || spare === null ? [] : [spareText({ suite, electorate, quorum, spare })]),
    ...graphText(plan),
    costText(plan),
    `the coordinator receives ${byteSize(coordinator.downloadBytes)} and sends ${byteSize(coordinator.uploadBytes)}`,
    ...timeText(plan),
    ...protectionText(plan),
    ...warnings.map((warning) => `warning: ${warning}`),
  ];
}

function graphText({ rule, k, t, w, h, committee }: FeasiblePlan): string[] {
  if (rule === 'complete') return [];
  const sides =
    w === null ? '' : `, w = ${w} on either side; of any ${w} in a row h = ${h ?? 0} must survive`;
  return [
    `each shares keys with k = ${k} neighbours on a ring${sides}; t = ${t} shares open a secret`,
    ...(committee === null
      ? []
      : [
          `signatures count of a committee of m = ${committee.m} that the ring draws; ${committee.q} of them make a set final`,
        ]),
  ];
}

function timeText({ perParticipant, coordinator, dropout }: FeasiblePlan): string[] {
  const { maskSeconds } = perParticipant;
  const { unmaskSeconds } = coordinator;
  if (maskSeconds === null || unmaskSeconds === null) return [];
  return [
    `estimated for one core of this machine from its masks and key agreements a moment ago, without shares, signatures and network: a participant masks in ${secondsText(maskSeconds)}, the coordinator unmasks in ${secondsText(unmaskSeconds)} when ${percent(dropout)} drop out`,
  ];
}
