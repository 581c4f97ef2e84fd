/** The task that a plan is for: as `task create` would complete it, of one vector and everybody enrolled. */
import { completeTask, parseTaskSpec } from '../../operator/task-spec.js';
import type { Task } from '../../protocol/documents.js';
import { refuse } from '../../protocol/errors.js';
import { proposedColluders } from '../../protocol/parameters.js';
import { ringLoad } from '../../protocol/suites/masking-ring/tails.js';
import type { DescribedTask } from '../task-text.js';
import type { PlanRequest } from './types.js';

/** n_C: the larger of what was asked for. */
export function colludersOf({
  participants,
  adversarial,
  maxColluders,
}: Pick<PlanRequest, 'participants' | 'adversarial' | 'maxColluders'>): number {
  if (adversarial === undefined) return maxColluders ?? proposedColluders(participants);
  return Math.max(maxColluders ?? 0, ringLoad(participants, adversarial, 0).colluders);
}

/**
 * @param minSurvivors default: a quorum
 * @throws BlindsumError (fault caller) what cannot be met
 */
export function taskOf(request: PlanRequest, suite: string, minSurvivors?: number): Task {
  const { participants, length, maxAbs, bits, encoding, maxWeight } = request;
  if (participants < 3)
    refuse('TOO_FEW_PARTICIPANTS', 'caller', `a sum needs at least 3 participants, not ${participants}`);
  // Masking tasks have none: what their rounding comes to is looked at below.
  const precision = suite === 'ckks/sumkey' ? request.precision : undefined;
  const spec = parseTaskSpec({
    name: 'a plan',
    suite,
    participants: 'enrolled',
    maxParticipants: participants,
    maxColluders: colludersOf(request),
    minSurvivors,
    maxWeight,
    encoding,
    vectors: [{ name: 'x', length, clip: maxAbs, precision, bits }],
  });
  return completeTask(spec, null).task;
}

/** @throws BlindsumError WOULD_WRAP (fault caller) */
export function requirePrecision(
  { precision, bits, suite }: PlanRequest,
  { vectors }: Pick<DescribedTask, 'vectors'>,
): void {
  const [vector] = vectors;
  if (precision === undefined || vector === undefined || vector.errorBound <= precision) return;
  const possible = [
    `a precision of ${vector.errorBound.toPrecision(2)}`,
    ...(bits !== undefined && bits < 32 ? ['more bits'] : []),
    'suite ckks/sumkey',
  ];
  refuse(
    'WOULD_WRAP',
    'caller',
    `suite ${suite} rounds inputs to ${vector.bits} bits, so that a sum is not within ${precision}; possible is ${possible.join(', or ')}`,
  );
}

/** @throws BlindsumError TOO_FEW_PARTICIPANTS (fault caller) when more may drop out than a quorum lets */
export function requireSpare(
  { participants, dropout }: Pick<PlanRequest, 'participants' | 'dropout'>,
  { quorum, spare }: Pick<DescribedTask, 'quorum' | 'spare'>,
): void {
  // 0.07 · 100 is more than 7.
  const dropped = Math.ceil((dropout - 1e-14) * participants);
  if (dropped <= spare) return;
  // q ≤ N − dropped ⇔ n_C ≤ 2·(N − dropped) − 1 − N
  const colluders = participants - 2 * dropped - 1;
  const possible = [
    spare === 0 ? 'no dropout' : `a dropout of ${Math.floor((1000 * spare) / participants) / 1000}`,
    ...(colluders >= 1 ? [`maxColluders ${colluders}`] : []),
  ];
  refuse(
    'TOO_FEW_PARTICIPANTS',
    'caller',
    `${dropped} of ${participants} may drop out, but ${quorum} must stay to the end; possible is ${possible.join(', or ')}`,
  );
}
