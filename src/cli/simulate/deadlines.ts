/** Turns the clock of a simulation: past the deadlines of rounds that wait in vain, and no other. */
import { isEnded, type Phase, type Round, ROUNDS } from '../../protocol/phase.js';
import type { OperatorApi } from '../../rpc/operator-api.js';
import type { ManualClock } from '../../testing/manual-clock.js';
import type { RoundTracker } from './rounds.js';

export const ROUND_MS = 60_000;

/** Turns the clock past the deadline of each round that waits in vain. */
export async function passDeadlines(
  operator: OperatorApi,
  sessionId: string,
  tracker: RoundTracker,
  clock: ManualClock,
  signal: AbortSignal,
): Promise<void> {
  for (const round of ROUNDS) {
    if (round === 'r2') await passComplaints(operator, sessionId, tracker, clock, signal);
    if ((await tracker.complete(round)) === 0) continue;
    for (;;) {
      const { phase, phaseDeadlineInMs } = await operator.getSession(sessionId);
      if (signal.aborted || isAfter(phase, round)) break;
      // Only once the round is open: a deadline that is passed too early is another round's.
      if (phase === round) clock.advance(phaseDeadlineInMs + 1);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }
}

/** Uploads that wait for the headers of those who vanished begin when complaints can no longer come: half-way. */
async function passComplaints(
  operator: OperatorApi,
  sessionId: string,
  tracker: RoundTracker,
  clock: ManualClock,
  signal: AbortSignal,
): Promise<void> {
  await tracker.complete('r1');
  while (!signal.aborted) {
    const { phase, phaseDeadlineInMs } = await operator.getSession(sessionId);
    if (isAfter(phase, 'r1')) {
      if (!(await tracker.headersSent()) || phase !== 'r2') return;
      clock.advance(phaseDeadlineInMs - ROUND_MS / 2);
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

const isAfter = (phase: Phase, round: Round): boolean =>
  isEnded(phase) || ROUNDS.indexOf(phase as Round) > ROUNDS.indexOf(round);
