/** How a session ended for this participant: the sum it may believe, or the reason why there is none. */
import { isEnded } from '../protocol/phase.js';
import { abortText } from '../protocol/after-abort.js';
import { acceptAbort, acceptResult } from '../protocol/client/outcome.js';
import type { Unmasked } from '../protocol/client/state.js';
import { BlindsumError, type ErrorCode, errorCodeOf, isBlindsumError } from '../protocol/errors.js';
import type { DecodedAggregate } from '../protocol/quantise.js';
import type { Signed } from '../protocol/signed.js';
import type { OutcomeReply } from '../rpc/participant-api.js';
import { cancelled } from '../rpc/retry.js';
import { accept, ask, type Run, take } from './run.js';
import { isLate } from './send.js';
import type { ContributionResult } from './types.js';

/** Waits for the end. @throws BlindsumError the abort's code; AGGREGATE_MISMATCH, CONTEXT_MISMATCH, NO_WEIGHT */
export async function awaitResult(run: Run, state: Unmasked): Promise<ContributionResult> {
  await run.phases.until(({ phase }) => isEnded(phase));
  const outcome = await getOutcome(run);
  if (outcome.abort !== null) throw abortError(run, outcome.abort);
  const signed = outcome.result;
  if (signed === null) throw new BlindsumError('MALFORMED', 'peer', 'the session ended without an outcome');
  const packed = await ask(run, (signal) => run.env.transport.getAggregate(run.id, signal), run.signal);
  const { result, aggregate } = accept(run, acceptResult(state, signed, packed, run.env.deps), [signed]);
  return {
    sum: each(aggregate, 'sum'),
    mean: each(aggregate, 'mean'),
    weight: aggregate.weight,
    survivors: aggregate.survivors,
    receipt: {
      session: run.id,
      number: run.number,
      result: signed,
      opening: run.opening.signed,
      ctx: state.ctx,
      u3: state.u3,
      tree: { size: result.size, root: result.root },
      log: null,
      problem: null,
    },
  };
}

const getOutcome = (run: Run): Promise<OutcomeReply> =>
  ask(run, (signal) => run.env.transport.getOutcome(run.id, signal), run.signal);

const each = ({ vectors }: DecodedAggregate, what: 'sum' | 'mean'): Record<string, Float64Array> =>
  Object.fromEntries(Object.entries(vectors).map(([name, decoded]) => [name, decoded[what]]));

/** An abort that the coordinator signed, as an error with the abort's code. */
class SignedAbort extends BlindsumError {
  constructor(
    code: ErrorCode,
    message: string,
    readonly statement: Signed,
    participant: Uint8Array | undefined,
  ) {
    super(code, 'peer', message, participant === undefined ? {} : { participant });
  }
}

function abortError(run: Run, signed: Signed): BlindsumError {
  const openingId = run.opening.id;
  const { abort } = take(
    acceptAbort(openingId, run.env.trust.anchors.coordinator, signed, { verify: run.env.deps.verify }),
  );
  const blamed = abort.blamed.length === 1 ? abort.blamed[0] : undefined;
  return new SignedAbort(errorCodeOf(abort.code), abortText(abort), signed, blamed);
}

export const statementOf = (error: unknown): Signed | null =>
  error instanceof SignedAbort ? error.statement : null;

/** Why a run failed, in the caller's terms: a call that ended because the session did is reported as the abort it was. */
export async function explain(run: Run, error: unknown): Promise<unknown> {
  if (error === run.refusal || isBlindsumError(error, 'JOURNAL_FAILED') || statementOf(error) !== null)
    return error;
  if (run.signal.aborted) return isBlindsumError(error, 'CANCELLED') ? error : cancelled(run.signal);
  if (isBlindsumError(error, 'UNKNOWN_SESSION')) return forgotten(run, error);
  if (!run.phases.over.aborted && !isLate(error)) return error;
  const outcome = await getOutcome(run).catch(() => null);
  if (outcome !== null && outcome.abort !== null) {
    try {
      return abortError(run, outcome.abort);
    } catch (refused) {
      return refused;
    }
  }
  return run.phases.over.aborted && !isLate(error)
    ? new BlindsumError('LATE', 'self', 'the session ended without this participant')
    : error;
}

/** The coordinator takes it for a wrong id of the caller's; but the id is that of an opening which it signed itself. */
const forgotten = (run: Run, cause: BlindsumError): BlindsumError =>
  new BlindsumError(
    'UNKNOWN_SESSION',
    'peer',
    `the coordinator no longer knows session ${run.number}, which it had opened (was it restored from a backup?)`,
    { cause },
  );
