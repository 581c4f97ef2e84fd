/** Whether the session's sum is the sum: every coordinate against one that was made without the protocol. */
import { equalBytes } from '../../../crypto/bytes.js';
import { splitAggregate } from '../../protocol/aggregate.js';
import { openSigned } from '../../protocol/signed.js';
import { resultCodec } from '../../protocol/statements.js';
import type { SessionOutcome, SessionSummary } from '../../rpc/operator-api.js';
import type { PlainSum, SimulatedInputs } from './simulated-inputs.js';
import type { Setup } from './setup.js';

export interface Compared {
  readonly inputs: SimulatedInputs;
  readonly setup: Setup;
  readonly session: SessionSummary;
  readonly outcome: SessionOutcome;
  /** As the participants decoded them. */
  readonly sums: readonly PlainSum[];
}

export interface Comparison {
  /** Whether every coordinate is within the bound, in what was published and in what each participant decoded. */
  readonly exact: boolean;
  /** Largest absolute error of a coordinate; null when there is no sum of the right length. */
  readonly maxAbsError: number | null;
  /** What the suite promises of it, 0 for sums of integers; null when the session aborted. */
  readonly errorBound: number | null;
  /** The sum without the protocol, of those whose inputs are in the session's; null when the session aborted. */
  readonly plain: PlainSum | null;
}

export function compareSums({ inputs, setup, session, outcome, sums }: Compared): Comparison {
  if (session.phase !== 'closed' || outcome.result === null || outcome.aggregate === null)
    return { exact: false, maxAbsError: null, errorBound: null, plain: null };
  const survivors = (session.u3 ?? []).map((identity) =>
    setup.participants.findIndex(({ signer }) => equalBytes(signer.publicKey, identity)),
  );
  const plain = inputs.expected(survivors);
  const { digests } = openSigned(resultCodec, outcome.result, setup.coordinator.signer.publicKey);
  const { suite } = setup;
  const { task } = setup.task;
  const parts = splitAggregate(suite, task, outcome.aggregate, digests);
  const { vectors, weight } = suite.decodeAggregate(task, parts, survivors.length);
  const published = {
    vectors: Object.fromEntries(Object.entries(vectors).map(([name, { sum }]) => [name, sum])),
    weight,
  };
  const errors = [published, ...sums].map((sum) => largestError(sum, plain));
  const largest = Math.max(...errors);
  const errorBound = inputs.errorBound(task, survivors.length);
  return {
    exact: largest <= errorBound,
    maxAbsError: Number.isFinite(largest) ? largest : null,
    errorBound,
    plain,
  };
}

/** Infinite for another weight. */
function largestError(sum: PlainSum, expected: PlainSum): number {
  if (sum.weight !== expected.weight) return Infinity;
  const errors = Object.entries(expected.vectors).map(([name, values]) =>
    vectorError(sum.vectors[name], values),
  );
  return Math.max(...errors);
}

/** Infinite for another length, and for what is no number. */
function vectorError(sum: Float64Array | undefined, expected: Float64Array): number {
  if (sum?.length !== expected.length) return Infinity;
  let largest = 0;
  sum.forEach((value, index) => {
    const error = Math.abs(value - (expected[index] as number));
    if (!(error <= largest)) largest = Number.isNaN(error) ? Infinity : error;
  });
  return largest;
}
