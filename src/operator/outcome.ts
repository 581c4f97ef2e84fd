/** The outcome of a session as an operator reads it: verified against the pinned coordinator key, decoded by the task. */
import { equalBytes } from '../../crypto/bytes.js';
import { abortText } from '../protocol/after-abort.js';
import { splitAggregate } from '../protocol/aggregate.js';
import { type Task, taskCodec } from '../protocol/documents.js';
import { errorCodeOf, refuse } from '../protocol/errors.js';
import type { DecodedAggregate } from '../protocol/quantise.js';
import { suiteById } from '../protocol/suites/index.js';
import { openSigned, type Signed } from '../protocol/signed.js';
import { abortCodec, openingCodec, openingHash, resultCodec } from '../protocol/statements.js';
import type { SessionOutcome } from '../rpc/operator-api.js';

/** @throws BlindsumError the abort's code; WRONG_COORDINATOR, CONTEXT_MISMATCH, AGGREGATE_MISMATCH, NO_WEIGHT, LATE when the aggregate was deleted */
export function readOutcome(
  task: Signed,
  outcome: SessionOutcome,
  coordinator: Uint8Array,
): DecodedAggregate {
  const body: Task = taskCodec.decode(task.payload);
  openSigned(openingCodec, outcome.opening, coordinator, undefined, 'WRONG_COORDINATOR');
  if (outcome.abort !== null) {
    const abort = openSigned(abortCodec, outcome.abort, coordinator, undefined, 'WRONG_COORDINATOR');
    if (!equalBytes(abort.opening, openingHash(outcome.opening)))
      refuse('CONTEXT_MISMATCH', 'peer', 'the abort is for another session');
    refuse(errorCodeOf(abort.code), 'peer', abortText(abort));
  }
  if (outcome.result === null) refuse('WRONG_ROUND', 'caller', 'the session has not ended yet');
  const result = openSigned(resultCodec, outcome.result, coordinator, undefined, 'WRONG_COORDINATOR');
  if (outcome.aggregate === null) {
    const message = `the session closed with ${result.survivors} survivors, and its aggregate was deleted since`;
    refuse('LATE', 'caller', message);
  }
  const suite = suiteById(body.suite);
  const parts = splitAggregate(suite, body, outcome.aggregate, result.digests);
  return suite.decodeAggregate(body, parts, result.survivors);
}
