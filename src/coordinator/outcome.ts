/** From the store's answer, and from a session's phase, to the refusal that the participant reads. */
import { refuse } from '../protocol/errors.js';
import { isEnded, type Round, ROUNDS } from '../protocol/phase.js';
import type { Signed } from '../protocol/signed.js';
import type { Outcome, SessionRow } from '../storage/port.js';

/** @throws BlindsumError CONFLICT, LATE, DUPLICATE_KEY (fault peer) */
export function requireAccepted(outcome: Outcome): void {
  switch (outcome) {
    case 'stored':
    case 'same':
      return;
    case 'conflict':
      return refuse('CONFLICT', 'peer', 'another message of this participant was accepted before');
    case 'late':
      return refuse('LATE', 'peer', 'the round closed before the message was accepted');
    case 'taken':
      return refuse('DUPLICATE_KEY', 'peer', 'another participant of this session brought the same key');
  }
}

/** @throws BlindsumError WRONG_ROUND before the round, LATE after it or its deadline (fault peer) */
export function requireRound(row: SessionRow, round: Round, nowMs: number): void {
  const at = isEnded(row.phase) ? ROUNDS.length : ROUNDS.indexOf(row.phase as Round);
  const wanted = ROUNDS.indexOf(round);
  if (at < wanted) refuse('WRONG_ROUND', 'peer', `the session is in ${row.phase}, not yet in ${round}`);
  if (at > wanted) refuse('LATE', 'peer', `the session is ${isEnded(row.phase) ? '' : 'in '}${row.phase}`); // check: A8
  // The runner is about to close it; so a round ends even while messages keep coming.
  if (nowMs >= row.phaseDeadlineMs) refuse('LATE', 'peer', `the deadline of ${round} has passed`); // check: A8, B5
}

/** @throws BlindsumError WRONG_ROUND before U_i was stated; LATE when it never will be (fault peer) */
export function requireStatement(row: SessionRow, kind: 'u1' | 'u2' | 'u3'): Signed {
  const statement = row.statements[kind];
  if (statement !== undefined) return statement;
  if (isEnded(row.phase)) refuse('LATE', 'peer', 'the session was aborted before this round closed');
  refuse('WRONG_ROUND', 'peer', `the session is still in ${row.phase}`);
}
