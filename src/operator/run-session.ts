/** Opens a session and waits for its sum: what a training driver or a script does again and again. */
import { refuse } from '../protocol/errors.js';
import { isEnded } from '../protocol/phase.js';
import type { DecodedAggregate } from '../protocol/quantise.js';
import type { Signed } from '../protocol/signed.js';
import type { OperatorApi, SessionSummary } from '../rpc/operator-api.js';
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
  const inputDigest = request.input === null ? null : await operator.putInput(request.input);
  const opened = await operator.openSession({
    taskId: request.taskId,
    inputDigest,
    joinMs: request.joinMs,
    roundMs: request.roundMs,
  });
  const session = await untilEnded(operator, opened.sessionId, request);
  const outcome = await operator.getOutcome(session.sessionId);
  return { session, aggregate: readOutcome(request.task, outcome, request.coordinator) };
}

async function untilEnded(
  operator: OperatorApi,
  sessionId: string,
  { signal, onChange }: RunSession,
): Promise<SessionSummary> {
  for await (const summary of operator.watchSession(sessionId, signal ?? new AbortController().signal)) {
    onChange?.(summary);
    if (isEnded(summary.phase)) return summary;
  }
  refuse('CANCELLED', 'caller', 'stopped waiting for the session');
}
