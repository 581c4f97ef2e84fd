/** Opens a session and waits for its sum: what a training driver or a script does again and again. */
import { refuse } from '../protocol/errors.js';
import { isEnded } from '../protocol/phase.js';
import type { DecodedAggregate } from '../protocol/quantise.js';
import type { Signed } from '../protocol/signed.js';
import type { OperatorApi, SessionSummary } from '../rpc/operator-api.js';
import { withRetries } from '../rpc/retry.js';
import { followSession, patience } from './follow-session.js';
import { readOutcome } from './outcome.js';

export interface RunSession {
  readonly task: Signed;
  readonly taskId: string;
  /** Model or query that participants work on; null for none. */
  readonly input: Uint8Array | null;
  readonly joinMs: number;
  readonly roundMs: number;
  /** The coordinator's public key. */
  readonly coordinator: Uint8Array;
  readonly signal?: AbortSignal;
  readonly onChange?: (session: SessionSummary) => void;
}

export interface FinishedSession {
  readonly session: SessionSummary;
  readonly aggregate: DecodedAggregate;
}

/** @throws BlindsumError with the abort's code when the session aborts */
export async function runSession(operator: OperatorApi, request: RunSession): Promise<FinishedSession> {
  const { task, taskId, input, joinMs, roundMs, coordinator, onChange } = request;
  const signal = request.signal ?? new AbortController().signal;
  const inputDigest = input === null ? null : await operator.putInput(input);
  const { sessionId } = await operator.openSession({ taskId, inputDigest, joinMs, roundMs });
  for await (const session of followSession(operator, sessionId, signal)) {
    onChange?.(session);
    if (!isEnded(session.phase)) continue;
    const outcome = await withRetries(patience(signal), () => operator.getOutcome(sessionId));
    return { session, aggregate: readOutcome(task, outcome, coordinator) };
  }
  refuse('CANCELLED', 'caller', 'stopped waiting for the session');
}
