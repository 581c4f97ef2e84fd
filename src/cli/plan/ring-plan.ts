/** The plan of a ring, on which each shares keys with k neighbours (PROTOCOL §5.2), by a rule of `graph-rules.ts`. */
import { taskWarnings } from '../../operator/task-warnings.js';
import type { Task } from '../../protocol/documents.js';
import { refuse } from '../../protocol/errors.js';
import { quorum } from '../../protocol/parameters.js';
import { MAX_ROSTER } from '../../protocol/suites/masking-ring/session-numbers.js';
import { ringTraffic } from '../../protocol/suites/masking-ring/traffic.js';
import { type RingLoad, ringLoad } from '../../protocol/suites/masking-ring/tails.js';
import { type Traffic, trafficOf } from '../../protocol/traffic.js';
import { describeTask } from '../task-text.js';
import { graphNumbers } from './graph-rules.js';
import { possibleLoads } from './instead.js';
import { maskSeconds, type Rates, unmaskSeconds } from './seconds.js';
import { colludersOf, requirePrecision, taskOf } from './task-of.js';
import type { Asked, FeasiblePlan, GraphRule, PlanNumbers, PlanRequest } from './types.js';
import { packetsFit } from './wire-limits.js';

type Answer = Omit<FeasiblePlan, keyof Asked | 'feasible' | 'refused'>;

/**
 * @param instead whether a refusal looks for what could be met, which takes longer
 * @throws BlindsumError (fault caller) what cannot be met
 */
export function planRing(request: PlanRequest, rates: Rates, instead: boolean): Answer {
  const { participants, dropout, length, rule = 'ring', beacon = false } = request;
  const load = { ...ringLoad(participants, 0, dropout), colluders: colludersOf(request) };
  // A ring stands the losses that its task leaves room for, no more: more than a quorum must stay.
  const minSurvivors = Math.max(quorum(participants, load.colluders), participants - load.losses);
  // Vectors are those of every masking suite.
  const task = taskOf(request, 'masking/complete', minSurvivors);
  const described = describeTask(task);
  requirePrecision(request, described);
  const wanted = {
    rule,
    beacon,
    load,
    trafficWith: (numbers: PlanNumbers) => traffic(numbers, task, participants),
  };
  const numbers = numbersFor(wanted);
  if (typeof numbers === 'string') refuseRing(wanted, numbers, instead);
  const { k } = numbers;
  const perParticipant = wanted.trafficWith(numbers);
  const isOurs = rule === 'ring';
  return {
    ...described,
    ...numbers,
    quorum: isOurs ? described.quorum : null,
    spare: isOurs ? described.spare : null,
    perParticipant: { ...perParticipant, maskSeconds: maskSeconds(rates, length, k) },
    coordinator: {
      uploadBytes: participants * perParticipant.downloadBytes,
      downloadBytes: participants * perParticipant.uploadBytes,
      unmaskSeconds: unmaskSeconds(rates, { length, participants, losses: load.losses, neighbours: k }),
    },
    warnings: isOurs ? [...ringWarnings(participants), ...taskWarnings(task)] : [COMPARISON],
  };
}

const COMPARISON = 'no session runs by this rule: it is here to compare with';

function ringWarnings(participants: number): string[] {
  const warnings: string[] = [];
  if (participants > MAX_ROSTER)
    warnings.push(
      `a roster has at most ${MAX_ROSTER} members: more have to sum in several sessions, and the numbers are those of one`,
    );
  return warnings;
}

const traffic = ({ w, h, ...numbers }: PlanNumbers, task: Task, participants: number): Traffic =>
  trafficOf(ringTraffic({ ...numbers, w: w ?? 0, h: h ?? 0 }), task, participants);

interface Wanted {
  readonly rule: GraphRule;
  readonly beacon: boolean;
  readonly load: RingLoad;
  readonly trafficWith: (numbers: PlanNumbers) => Traffic;
}

/** @returns the numbers, or what there is in their way */
function numbersFor({ rule, beacon, load, trafficWith }: Wanted): PlanNumbers | string {
  const { participants, colluders, losses } = load;
  const needed = quorum(participants, colluders);
  // Published rules know no quorum and no message that is too long.
  if (rule === 'ring' && participants - losses < needed)
    return `${losses} of ${participants} may drop out, but ${needed} must stay to the end`;
  const numbers = graphNumbers(rule, load, beacon);
  if (numbers === null) {
    const most = rule === 'ring' ? Math.ceil((participants - 1) / 2) - 1 : participants - 2;
    return `no ring of ${participants} with at most ${most} neighbours each stands ${colluders} colluders and ${losses} dropouts by the rule ${rule}`;
  }
  if (rule === 'ring' && !packetsFit(numbers.k, trafficWith(numbers).shareBytes))
    return `the shares of one participant for ${numbers.k} neighbours are more than a coordinator takes in one message`;
  return numbers;
}

function refuseRing(wanted: Wanted, reason: string, instead: boolean): never {
  const possible = instead ? possibleInstead(wanted) : [];
  refuse(
    'TOO_FEW_PARTICIPANTS',
    'caller',
    `${reason}${possible.length > 0 ? `; possible is ${possible.join(', or ')}` : ''}`,
  );
}

function possibleInstead(wanted: Wanted): string[] {
  const { rule, beacon, load } = wanted;
  const isPossible = (changes: Partial<Wanted>): boolean =>
    typeof numbersFor({ ...wanted, ...changes }) !== 'string';
  return [
    ...(rule === 'ring' && !beacon && isPossible({ beacon: true }) ? ['a public beacon (--beacon)'] : []),
    ...possibleLoads(load, (other) => isPossible({ load: other })),
    ...(completeIsPossible(load) ? ['suite masking/complete'] : []),
  ];
}

const completeIsPossible = ({ participants, colluders, losses }: RingLoad): boolean =>
  losses <= participants - quorum(participants, colluders) && packetsFit(participants - 1, 0);
