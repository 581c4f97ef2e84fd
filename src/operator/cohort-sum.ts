/**
 * A cohort's opened sum as its delegate takes it into the parent session (PROTOCOL §7.1). Exactly once: the sum has one
 * name, that of its session and signed result. The delegate's policy pins this name to one label, and in the scope of a
 * label its journal lets one vector leave, ever: what is sent again after a crash or an abort is the same vector.
 */
import { equalBytes, toHex } from '../../crypto/bytes.js';
import { taskCodec, taskHash } from '../protocol/documents.js';
import { refuse } from '../protocol/errors.js';
import { type Signed, signedHash } from '../protocol/signed.js';
import { openingCodec, openingHash } from '../protocol/statements.js';
import type { SessionOutcome } from '../rpc/operator-api.js';
import { COHORT_INPUTS, COHORT_WEIGHT } from './hierarchy.js';
import { readOutcome } from './outcome.js';

export interface CohortSum {
  /** Session id and hash of the signed result, hex: the delegate's own name of this data set, for its policy. */
  readonly dataset: string;
  /** What the delegate contributes. */
  readonly vectors: Readonly<Record<string, Float64Array>>;
}

/**
 * @param input that the parent session names: the cohort's session must have named the same
 * @throws BlindsumError as `readOutcome`; CONTEXT_MISMATCH for a session of another task, INPUT_MISMATCH (fault peer)
 */
export function cohortSum(
  task: Signed,
  outcome: SessionOutcome,
  coordinator: Uint8Array,
  input: Uint8Array | null = null,
): CohortSum {
  const { vectors, weight, survivors } = readOutcome(task, outcome, coordinator);
  const opening = openingCodec.decode(outcome.opening.payload);
  if (!equalBytes(opening.task, taskHash(task)))
    refuse('CONTEXT_MISMATCH', 'peer', "the session is not one of the cohort's task");
  if (!sameInput(opening.input, input))
    refuse('INPUT_MISMATCH', 'peer', "the cohort's session named another input than the parent session");
  const sums = taskCodec
    .decode(task.payload)
    .vectors.map(({ name }) => [name, (vectors[name] as { sum: Float64Array }).sum] as const);
  return {
    // A result is there: else there was no aggregate to read.
    dataset: `${toHex(openingHash(outcome.opening))}:${toHex(signedHash(outcome.result as Signed))}`,
    vectors: {
      ...Object.fromEntries(sums),
      [COHORT_INPUTS]: Float64Array.of(survivors),
      ...(weight === null ? {} : { [COHORT_WEIGHT]: Float64Array.of(weight) }),
    },
  };
}

const sameInput = (a: Uint8Array | null, b: Uint8Array | null): boolean =>
  a === null || b === null ? a === b : equalBytes(a, b);
