/** After r4 (PROTOCOL §4.7): the coordinator-signed result or abort, and the aggregate it names, as a participant reads them. */
import { equalBytes } from '../../../crypto/bytes.js';
import { refuse } from '../errors.js';
import { splitAggregate } from '../aggregate.js';
import type { DecodedAggregate } from '../quantise.js';
import { openSigned, type Signed } from '../signed.js';
import { type Abort, abortCodec, type Result, resultCodec } from '../statements.js';
import { type Deps, round, type Unmasked } from './state.js';

export interface AcceptedResult {
  readonly kind: 'accepted';
  readonly result: Result;
  readonly aggregate: DecodedAggregate;
}

export const acceptResult = round(
  (state: Unmasked, signed: Signed, packed: Uint8Array, deps: Deps): AcceptedResult => {
    const result = openSigned(
      resultCodec,
      signed,
      state.anchors.coordinator,
      deps.verify,
      'WRONG_COORDINATOR',
    );
    if (
      !equalBytes(result.ctx, state.ctx) || // check: A9, A15
      !equalBytes(result.u3, state.u3) || // check: A15
      result.survivors !== state.survivors // check: A15
    ) {
      refuse('CONTEXT_MISMATCH', 'peer', 'the result is for another session or set of survivors');
    }
    const suite = deps.suite(state.task.suite);
    const parts = splitAggregate(suite, state.task, packed, result.digests);
    const aggregate = suite.decodeAggregate(state.task, parts, result.survivors);
    return { kind: 'accepted', result, aggregate };
  },
);

export interface AcceptedAbort {
  readonly kind: 'aborted';
  readonly abort: Abort;
}

export const acceptAbort = round(
  (
    openingId: Uint8Array,
    coordinator: Uint8Array,
    signed: Signed,
    deps: Pick<Deps, 'verify'>,
  ): AcceptedAbort => {
    const abort = openSigned(abortCodec, signed, coordinator, deps.verify, 'WRONG_COORDINATOR');
    if (!equalBytes(abort.opening, openingId))
      refuse('CONTEXT_MISMATCH', 'peer', 'the abort is for another session'); // check: A9
    return { kind: 'aborted', abort };
  },
);
