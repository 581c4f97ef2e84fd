/**
 * `blindsum plan`: whether so many participants can sum such vectors, with which numbers and at what cost, by the same
 * functions that complete a task (PROTOCOL §2, §5). Nothing is signed and nobody is asked.
 */
import { completeTask, parseTaskSpec } from '../../operator/task-spec.js';
import { taskWarnings } from '../../operator/task-warnings.js';
import { isBlindsumError, refuse } from '../../protocol/errors.js';
import { type DescribedTask, describeTask } from '../task-text.js';
import { requireRequestsFit } from './wire-limits.js';

export interface PlanRequest {
  readonly suite: string;
  /** N. */
  readonly participants: number;
  /** n_C; default as `task create` proposes. */
  readonly maxColluders?: number;
  /** Share of the participants that may drop out, from 0 to below 1. */
  readonly dropout: number;
  /** Coordinates of the one vector. */
  readonly length: number;
  /** Largest absolute value of an input, before weighting. */
  readonly maxAbs: number;
  readonly maxWeight?: number;
  readonly precision?: number;
  readonly bits?: number;
  readonly encoding?: 'coefficients' | 'slots';
}

interface Asked {
  /** Everybody shares keys with everybody, and a quorum signs. */
  readonly rule: 'complete';
  readonly suite: string;
  readonly participants: number;
  readonly dropout: number;
}

export interface FeasiblePlan extends Asked, DescribedTask {
  readonly feasible: true;
  /** Neighbours of each participant. */
  readonly k: number;
  /** Shares that open a secret. */
  readonly t: number;
  /** Of rings only. */
  readonly w: null;
  readonly h: null;
  readonly committee: null;
  /** All participants together. */
  readonly coordinator: { readonly uploadBytes: number; readonly downloadBytes: number };
  readonly warnings: readonly string[];
  readonly refused: null;
}

export interface RefusedPlan extends Asked {
  readonly feasible: false;
  /** What cannot be met, and what could. */
  readonly refused: string;
}

export type Plan = FeasiblePlan | RefusedPlan;

export function planTask(request: PlanRequest): Plan {
  const { suite, participants, dropout } = request;
  const asked: Asked = { rule: 'complete', suite, participants, dropout };
  try {
    return { feasible: true, ...asked, ...numbersOf(request), refused: null };
  } catch (error) {
    if (!isBlindsumError(error) || error.fault !== 'caller') throw error;
    return { feasible: false, ...asked, refused: error.message };
  }
}

/** @throws BlindsumError (fault caller) what cannot be met */
function numbersOf(request: PlanRequest): Omit<FeasiblePlan, keyof Asked | 'feasible' | 'refused'> {
  const { suite: suiteId, participants, length, maxAbs, bits, encoding } = request;
  // Masking tasks have none: what their rounding comes to is looked at below.
  const precision = suiteId === 'ckks/sumkey' ? request.precision : undefined;
  if (participants < 3)
    refuse('TOO_FEW_PARTICIPANTS', 'caller', `a sum needs at least 3 participants, not ${participants}`);
  const spec = parseTaskSpec({
    name: 'a plan',
    suite: suiteId,
    participants: 'enrolled',
    maxParticipants: participants,
    maxColluders: request.maxColluders,
    maxWeight: request.maxWeight,
    encoding,
    vectors: [{ name: 'x', length, clip: maxAbs, precision, bits }],
  });
  const { task } = completeTask(spec, null);
  const described = describeTask(task);
  requirePrecision(request, described);
  requireSpare(request, described);
  requireRequestsFit(task, participants);
  const { uploadBytes, downloadBytes } = described.perParticipant;
  return {
    k: participants - 1,
    t: described.quorum,
    w: null,
    h: null,
    committee: null,
    ...described,
    coordinator: {
      uploadBytes: participants * downloadBytes,
      downloadBytes: participants * uploadBytes,
    },
    warnings: taskWarnings(task),
  };
}

function requirePrecision({ precision, bits }: PlanRequest, { suite, vectors }: DescribedTask): void {
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

function requireSpare(
  { participants, dropout }: PlanRequest,
  { quorum, spare }: Pick<DescribedTask, 'quorum' | 'spare'>,
): void {
  const dropped = Math.ceil(dropout * participants);
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
