/**
 * How a round went, for the log and the metrics, told once it is closed: by the node that closed it, so nothing is counted
 * twice. The log names participants by fingerprint; the metrics do not name them at all (attack A11).
 */
import { fromHex, toHex } from '../../crypto/bytes.js';
import { fingerprint } from '../protocol/fingerprint.js';
import { isEnded, type Round } from '../protocol/phase.js';
import type { MemberSet } from '../protocol/sets.js';
import { abortCodec } from '../protocol/statements.js';
import type { SessionRow } from '../storage/port.js';
import { describeError } from './logger.js';
import type { LabelsOf } from './metrics/definitions.js';
import type { RoundClosing } from './round-closing.js';
import type { SessionViews } from './session-views.js';
import type { Shell } from './shell.js';

type Part = Pick<Shell, 'store' | 'clock' | 'logger' | 'metrics'>;
type DropReason = LabelsOf<'blindsum_participants_dropped_total'>['reason'];

interface Dropped {
  /** Hex. */
  readonly identity: string;
  readonly reason: DropReason;
}

/** Never rejects: what is reported has happened. */
export async function reportRound(
  shell: Part,
  views: SessionViews,
  row: SessionRow,
  closing: RoundClosing,
): Promise<void> {
  const nowMs = shell.clock.now();
  try {
    const awaited = await awaitedIn(shell, views, row);
    const isCutShort = closing.change.to === 'aborted' && nowMs < row.phaseDeadlineMs;
    tell(shell, row, closing, nowMs, awaited.length, isCutShort ? [] : droppedOf(awaited, closing));
  } catch (error) {
    shell.logger.error({ session: row.id, ...describeError(error) }, 'a closed round cannot be reported');
  }
}

function tell(
  { logger, metrics }: Part,
  row: SessionRow,
  { change, senders }: RoundClosing,
  nowMs: number,
  awaited: number,
  dropped: readonly Dropped[],
): void {
  const { id: session, taskId: task } = row;
  const round = row.phase as Round;
  const durationMs = Math.max(0, nowMs - row.phaseSinceMs);
  metrics.observe('blindsum_round_seconds', { round }, durationMs / 1000);
  for (const { identity, reason } of dropped) {
    metrics.count('blindsum_participants_dropped_total', { round, reason });
    const participant = fingerprint(fromHex(identity));
    logger.info({ session, task, round, participant, reason }, 'participant dropped');
  }
  const counts = { awaited, accepted: senders.done.length, dropped: dropped.length };
  logger.info({ session, task, round, to: change.to, durationMs, ...counts }, 'round closed');
  if (!isEnded(change.to)) return;
  const isClosed = change.to === 'closed';
  const abort = isClosed ? null : abortCodec.decode((change.statement as Statement).signed.payload);
  const code = abort?.code ?? 'none';
  metrics.count('blindsum_sessions_ended_total', { outcome: isClosed ? 'closed' : 'aborted', code });
  if (abort === null) logger.info({ session, task }, 'session closed');
  else logger.warn({ session, task, round, code, reason: abort.message }, 'session aborted');
}

type Statement = NonNullable<RoundClosing['change']['statement']>;

function droppedOf(awaited: readonly string[], { change, senders }: RoundClosing): Dropped[] {
  const [blamed, done, begun] = [change.blamed, senders.done, senders.begun].map((list) => new Set(list));
  return awaited.flatMap((identity): Dropped[] => {
    if (blamed?.has(identity)) return [{ identity, reason: 'blamed' }];
    if (done?.has(identity)) return [];
    return [{ identity, reason: begun?.has(identity) ? 'unfinished' : 'absent' }];
  });
}

/** Hex identities whose message the round was to bring, without those that an earlier round missed. */
async function awaitedIn(shell: Part, views: SessionViews, row: SessionRow): Promise<string[]> {
  if (row.phase === 'r0') return row.electorate.map(toHex);
  if (row.phase === 'r4') return (await shell.store.readRecords(row.id, 'r3')).map(({ sender }) => sender);
  const { session, u1, u2, u3 } = await views.frozen(row);
  const set = { r1: u1, r2: u2, r3: u3 }[row.phase as 'r1' | 'r2' | 'r3'] as MemberSet;
  return set.members.map((position) =>
    toHex((session.roster[position] as { identity: Uint8Array }).identity),
  );
}
