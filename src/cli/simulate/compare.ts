/** Whether the session's sum is the sum: every integer against one that was made without the protocol. */
import { equalBytes } from '../../../crypto/bytes.js';
import { splitAggregate } from '../../protocol/aggregate.js';
import { unpackSums } from '../../protocol/packed-vectors.js';
import { layoutOf } from '../../protocol/parameters.js';
import { openSigned } from '../../protocol/signed.js';
import { resultCodec } from '../../protocol/statements.js';
import type { SessionOutcome, SessionSummary } from '../../rpc/operator-api.js';
import { expectedSum, type InputPlan } from './inputs.js';
import type { Setup } from './setup.js';

export interface Compared {
  readonly plan: InputPlan;
  readonly setup: Setup;
  readonly session: SessionSummary;
  readonly outcome: SessionOutcome;
  /** As the participants decoded them. */
  readonly sums: readonly Float64Array[];
}

/** False when the session aborted. */
export function compareSums({ plan, setup, session, outcome, sums }: Compared): boolean {
  if (session.phase !== 'closed' || outcome.result === null || outcome.aggregate === null) return false;
  const survivors = (session.u3 ?? []).map((identity) =>
    setup.participants.findIndex(({ signer }) => equalBytes(signer.publicKey, identity)),
  );
  const expected = expectedSum(plan, survivors);
  const { digests } = openSigned(resultCodec, outcome.result, setup.coordinator.signer.publicKey);
  const { task } = setup.task;
  const parts = splitAggregate(setup.suite, task, outcome.aggregate, digests);
  const [sum] = unpackSums(layoutOf(task), parts);
  return (
    sum !== undefined &&
    sum.length === expected.length &&
    sum.every((value, index) => value === expected[index]) &&
    sums.every((decoded) => isSum(decoded, expected, plan))
  );
}

function isSum(decoded: Float64Array, expected: Uint32Array, { bits, scale }: InputPlan): boolean {
  const half = 2 ** (bits - 1);
  return (
    decoded.length === expected.length &&
    decoded.every((value, index) => {
      const integer = expected[index] as number;
      return value * scale === (integer >= half ? integer - 2 ** bits : integer);
    })
  );
}
