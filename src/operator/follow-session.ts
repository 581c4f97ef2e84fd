/** Watches a session to its end, through restarts of the coordinator and from one of its nodes to another. */
import { BlindsumError } from '../protocol/errors.js';
import { isEnded } from '../protocol/phase.js';
import type { OperatorApi, SessionSummary } from '../rpc/operator-api.js';
import { createBackoff, defaultSleep, isRetryable, type Retrying } from '../rpc/retry.js';

/** A coordinator that is away for longer is not coming back by itself. */
const GIVE_UP_MS = 120_000;

export const patience = (signal: AbortSignal): Retrying => ({
  now: Date.now,
  sleep: defaultSleep,
  giveUpMs: GIVE_UP_MS,
  signal,
});

/**
 * The present state at once, then each change; what was told before an interruption is told again after it. Ends after
 * closed or aborted, and without an error when `signal` aborts.
 * @throws BlindsumError UNREACHABLE when the coordinator stays away, or what `watchSession` refuses with
 */
export async function* followSession(
  operator: OperatorApi,
  sessionId: string,
  signal: AbortSignal,
): AsyncGenerator<SessionSummary> {
  const backoff = createBackoff(patience(signal));
  while (!signal.aborted) {
    let lost = new BlindsumError('UNREACHABLE', 'environment', 'the coordinator ended the watch');
    try {
      for await (const summary of operator.watchSession(sessionId, signal)) {
        backoff.reset();
        yield summary;
        if (isEnded(summary.phase)) return;
      }
    } catch (error) {
      if (signal.aborted) return;
      if (!isRetryable(error)) throw error;
      lost = error;
    }
    if (signal.aborted) return;
    // A wait that is cut short is the signal's doing.
    await backoff.wait(lost).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }
}
