/**
 * Sums of sums (PROTOCOL §7.1): participants are divided into cohorts, each cohort sums in a session of its own, and one
 * delegate of each cohort takes that sum into a parent session. From one task spec for everybody come those of the cohorts
 * and that of the parent: the same scale everywhere, so that the parent's sum is the sum over all to the last integer, and
 * modulus enough for everybody. Nobody is in two cohorts, so nobody is summed twice.
 */
import { toHex } from '../../crypto/bytes.js';
import { refuse } from '../protocol/errors.js';
import { chooseFixedPoint } from '../protocol/fixed-point.js';
import type { DecodedAggregate, DecodedVector } from '../protocol/quantise.js';
import { ckksSumkey } from '../protocol/suites/ckks-sumkey/index.js';
import { parseTaskSpec, type TaskSpec } from './task-spec.js';

/** Vectors of a parent session beside those of the cohorts: how many inputs, and of what weight, a cohort's sum is over. */
export const COHORT_INPUTS = 'cohort:inputs';
export const COHORT_WEIGHT = 'cohort:weight';

export interface Cohort {
  /** Public keys; at least 3. */
  readonly participants: readonly Uint8Array[];
  /** Public key of whoever takes the cohort's sum into the parent session. */
  readonly delegate: Uint8Array;
}

/** For every cohort alike; who takes part is in the cohorts. */
export type CohortSpec = Omit<TaskSpec, 'participants' | 'maxParticipants'>;

/** Of the parent session; defaults as for any task. */
export interface ParentNumbers {
  readonly suite?: string;
  readonly maxColluders?: number;
  readonly minSurvivors?: number;
}

export interface Hierarchy {
  /** In the order of the cohorts. */
  readonly cohorts: readonly TaskSpec[];
  readonly parent: TaskSpec;
}

/** @throws BlindsumError BAD_CONFIG, TOO_FEW_PARTICIPANTS, WOULD_WRAP (fault caller): what cannot be met */
export function planHierarchy(
  spec: CohortSpec,
  cohorts: readonly Cohort[],
  parent: ParentNumbers = {},
): Hierarchy {
  checkCohorts(spec, cohorts);
  const largest = Math.max(...cohorts.map(({ participants }) => participants.length));
  // As many as the parent's modulus has to hold, each of whose inputs may be a sum over the largest cohort.
  const total = cohorts.length * largest;
  const { maxWeight } = spec;
  const vectors = spec.vectors.map((vector) => {
    const weighted = vector.weighted ?? maxWeight !== undefined;
    const { scale } = chooseFixedPoint({ ...vector, weighted }, total, maxWeight ?? null);
    if (!Number.isInteger(Math.log2(scale)))
      refuse(
        'BAD_CONFIG',
        'caller',
        `task spec: vector ${vector.name}: scale must be a power of two, so that sums of cohorts pass unrounded`,
      );
    const { bits: _ofAll, ...rest } = vector;
    return { ...rest, weighted, scale };
  });
  const counts = [{ name: COHORT_INPUTS, length: 1, clip: largest, scale: 1 }];
  if (maxWeight !== undefined)
    counts.push({ name: COHORT_WEIGHT, length: 1, clip: largest * maxWeight, scale: 1 });
  return {
    cohorts: cohorts.map(({ participants }) => ({
      ...spec,
      vectors,
      participants: participants.map(toHex),
      maxParticipants: participants.length,
    })),
    parent: parseTaskSpec({
      name: `${spec.name}: sums of cohorts`.slice(0, 200),
      suite: spec.suite,
      ...parent,
      participants: cohorts.map(({ delegate }) => toHex(delegate)),
      scope: parentScope(spec.scope),
      vectors: [
        ...vectors.map(({ name, length, clip, scale, weighted }) => ({
          ...{ name, length, scale },
          clip: sumClip(clip, scale, largest, weighted ? (maxWeight ?? 1) : 1),
        })),
        ...counts,
      ],
    }),
  };
}

/** A label of its own: records of a participant never go into a parent session, nor a sum of a cohort into a cohort's. */
const parentScope = (scope: TaskSpec['scope']): TaskSpec['scope'] =>
  scope.kind === 'static' ? { kind: 'static', dataset: `cohorts:${scope.dataset}` } : scope;

/** Largest absolute value of a coordinate of a cohort's sum, when every input was rounded up. */
function sumClip(clip: number | number[], scale: number, participants: number, weight: number) {
  const ofOne = (value: number): number => (participants * Math.ceil(weight * scale * value)) / scale;
  return typeof clip === 'number' ? ofOne(clip) : clip.map(ofOne);
}

function checkCohorts(spec: CohortSpec, cohorts: readonly Cohort[]): void {
  if (spec.suite === ckksSumkey.id)
    refuse('BAD_CONFIG', 'caller', `task spec: suite: cohorts sum integers, ${spec.suite} sums floats`);
  const reserved = spec.vectors.find(({ name }) => name === COHORT_INPUTS || name === COHORT_WEIGHT);
  if (reserved !== undefined)
    refuse(
      'BAD_CONFIG',
      'caller',
      `task spec: vector ${reserved.name}: this name is the parent session's own`,
    );
  if (cohorts.length < 3)
    refuse(
      'TOO_FEW_PARTICIPANTS',
      'caller',
      `cohorts: a parent session needs at least 3, not ${cohorts.length}`,
    );
  const cohortOf = new Map<string, number>();
  const delegates = new Set<string>();
  cohorts.forEach(({ participants, delegate }, cohort) => {
    if (participants.length < 3)
      refuse(
        'TOO_FEW_PARTICIPANTS',
        'caller',
        `cohort ${cohort}: a sum needs at least 3 participants, not ${participants.length}`,
      );
    for (const identity of participants.map(toHex)) {
      const other = cohortOf.get(identity);
      if (other !== undefined)
        refuse(
          'BAD_CONFIG',
          'caller',
          `participant ${identity} is in cohort ${other} and again in ${cohort}`,
        );
      cohortOf.set(identity, cohort);
    }
    if (delegates.has(toHex(delegate)))
      refuse('BAD_CONFIG', 'caller', `cohort ${cohort}: another cohort has the same delegate`);
    delegates.add(toHex(delegate));
  });
}

export interface HierarchyAggregate {
  /** Over all inputs of the cohorts that are in the parent's sum. */
  readonly vectors: Readonly<Record<string, DecodedVector>>;
  /** Σ w; null when the tasks are not weighted. */
  readonly weight: number | null;
  /** Inputs. */
  readonly survivors: number;
  readonly cohorts: number;
}

/**
 * The parent's aggregate as one over inputs.
 * @param spec of the cohorts
 * @throws BlindsumError NO_WEIGHT (fault peer) when all weights are zero
 */
export function readHierarchy(spec: CohortSpec, parent: DecodedAggregate): HierarchyAggregate {
  const one = (name: string): number | null => parent.vectors[name]?.sum[0] ?? null;
  const survivors = one(COHORT_INPUTS) ?? 0;
  const weight = one(COHORT_WEIGHT);
  if (weight === 0) refuse('NO_WEIGHT', 'peer', 'the weights of all survivors sum to zero');
  const vectors = spec.vectors.map(({ name, weighted }) => {
    const { sum } = parent.vectors[name] as DecodedVector;
    const divisor = (weighted ?? weight !== null) ? (weight ?? 1) : survivors;
    return [name, { sum, mean: sum.map((value) => value / divisor) }] as const;
  });
  return { vectors: Object.fromEntries(vectors), weight, survivors, cohorts: parent.survivors };
}
