/** The inputs of a parent session: sums of cohorts, and beside them what they come to without the protocol. */
import { COHORT_INPUTS, COHORT_WEIGHT, type TaskSpec } from '../../operator/index.js';
import { BlindsumError } from '../../protocol/errors.js';
import type { CohortOutcome } from './cohort-types.js';
import { type SimulatedInputs, VECTOR } from './simulated-inputs.js';

type Kept = Pick<CohortOutcome, 'sum' | 'plain' | 'survivors'>;

export function parentInputs({ vectors }: TaskSpec, outcomes: readonly Kept[]): SimulatedInputs {
  return {
    vectors,
    of(cohort) {
      const sum = outcomes[cohort]?.sum ?? null;
      if (sum === null) throw new BlindsumError('CANCELLED', 'self', `cohort ${cohort} has no sum`);
      return { vectors: sum.vectors, weight: null };
    },
    expected(cohorts) {
      const kept = cohorts.flatMap((cohort) => outcomes[cohort] ?? []);
      const [first] = vectors;
      const sum = new Float64Array(first?.length ?? 0);
      for (const { plain } of kept)
        plain?.vectors[VECTOR]?.forEach((value, index) => (sum[index] = (sum[index] as number) + value));
      const total = (values: readonly number[]) =>
        Float64Array.of(values.reduce((all, each) => all + each, 0));
      const weighted = vectors.some(({ name }) => name === COHORT_WEIGHT);
      return {
        vectors: {
          [VECTOR]: sum,
          [COHORT_INPUTS]: total(kept.map(({ survivors }) => survivors)),
          ...(weighted ? { [COHORT_WEIGHT]: total(kept.map(({ plain }) => plain?.weight ?? 0)) } : {}),
        },
        weight: null,
      };
    },
    errorBound: () => 0,
  };
}
