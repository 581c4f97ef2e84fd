/** Streams of changes. All watchers of a session listen to its one runner; nobody polls the store for himself. */
import { Bell } from './bell.js';
import type { Timer } from './clock.js';
import { isEnded, type Phase } from '../protocol/phase.js';
import type { PhaseEvent } from '../rpc/participant-api.js';
import type { SessionRow } from '../storage/port.js';
import type { SessionRunners } from './session-runners.js';
import { POLL_MS, type Shell, sessionRow } from './shell.js';

interface Change {
  readonly row: SessionRow;
  /** By dealer, hex; null when they are not known for this row. */
  readonly complaints: ReadonlyMap<string, number> | null;
}

/** Thousands may answer within a moment; for whoever watches the messages that is one change. */
const BURST_MS = 100;

/**
 * Yields whenever the session may have changed, the first time at once; ends with the session or with `signal`.
 * @param what phases and complaints, or every accepted message as well
 * @throws BlindsumError STORE_FAILED, UNREACHABLE
 */
export async function* changesOf(
  shell: Pick<Shell, 'store' | 'clock'>,
  runners: SessionRunners,
  sessionId: string,
  signal: AbortSignal,
  what: 'phases' | 'messages' = 'phases',
): AsyncGenerator<Change> {
  let row = await sessionRow(shell.store, sessionId);
  if (isEnded(row.phase)) {
    yield { row, complaints: null };
    return;
  }
  const runner = runners.of(row);
  const bell = new Bell(shell.clock);
  const unsubscribe = runner.subscribe(bell.ring);
  const unwatch = what === 'messages' ? onHints(shell, sessionId, bell.ring) : () => undefined;
  try {
    while (!signal.aborted) {
      const told = runner.snapshot;
      yield { row, complaints: told?.row.version === row.version ? told.complaints : null };
      if (isEnded(row.phase)) return;
      if (!runner.isOver) await bell.wait(POLL_MS, signal);
      if (signal.aborted) return;
      runners.throwIfStopped();
      if (what === 'messages') {
        row = await sessionRow(shell.store, sessionId);
        continue;
      }
      // Whoever waits here for a store that is away would miss what other nodes tell.
      if (runner.outage !== null) throw runner.outage;
      // Hundreds watch: what the runner has read is not read again for each of them.
      row = newer(row, runner.snapshot?.row);
    }
  } finally {
    unsubscribe();
    unwatch();
  }
}

const newer = (row: SessionRow, other: SessionRow = row): SessionRow =>
  other.version > row.version ? other : row;

/** Rings for the store's hints about a session: for the first one at once, then at most once per BURST_MS. */
function onHints(
  { store, clock }: Pick<Shell, 'store' | 'clock'>,
  sessionId: string,
  ring: () => void,
): () => void {
  let quietUntilMs = -Infinity;
  let timer: Timer | null = null;
  const tell = (): void => {
    timer = null;
    quietUntilMs = clock.now() + BURST_MS;
    ring();
  };
  const unsubscribe = store.watch((change) => {
    if (change.sessionId !== sessionId || timer !== null) return;
    const waitMs = quietUntilMs - clock.now();
    if (waitMs <= 0) tell();
    else timer = clock.setTimer(waitMs, tell);
  });
  return () => {
    unsubscribe();
    timer?.cancel();
  };
}

/** What the participant sees: phases in order, and complaints about its own shares in r2. */
export async function* phaseEvents(
  shell: Pick<Shell, 'store' | 'clock'>,
  runners: SessionRunners,
  sessionId: string,
  participant: string,
  signal: AbortSignal,
): AsyncGenerator<PhaseEvent> {
  let last: { phase: Phase; complaints: number } | null = null;
  for await (const { row, complaints } of changesOf(shell, runners, sessionId, signal)) {
    const before: number = last?.phase === row.phase ? last.complaints : 0;
    const now = {
      phase: row.phase,
      complaints: complaints === null ? before : (complaints.get(participant) ?? 0),
    };
    if (last?.phase === now.phase && last.complaints === now.complaints) continue;
    last = now;
    yield { ...now, deadlineInMs: deadlineInMs(shell, row) };
  }
}

/** 0 once it has passed or the session has ended. */
export const deadlineInMs = ({ clock }: Pick<Shell, 'clock'>, row: SessionRow): number =>
  isEnded(row.phase) ? 0 : Math.max(0, row.phaseDeadlineMs - clock.now());
