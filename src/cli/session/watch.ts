/** `session watch`: how far each round of a session is. Bars on a terminal, else one line for each change. */
import type { MultiBar, SingleBar } from 'cli-progress';
import { afterAbort } from '../../protocol/after-abort.js';
import { printable } from '../../protocol/errors.js';
import { isEnded, type Round, ROUNDS } from '../../protocol/phase.js';
import type { SessionSummary } from '../../rpc/operator-api.js';

export interface SessionView {
  show(session: SessionSummary): void;
  stop(): void;
}

interface RoundView {
  readonly round: Round;
  /** Messages that were accepted, and how many there could be. */
  readonly accepted: number;
  /** Null: not known before the round before has closed. */
  readonly expected: number | null;
  readonly isOpen: boolean;
}

const NAMES: Readonly<Record<Round, string>> = {
  r0: 'joined',
  r1: 'shared keys',
  r2: 'sent input',
  r3: 'signed sets',
  r4: 'answered',
};

function roundsOf({ phase, accepted, electorate, u1, u2, u3 }: SessionSummary): RoundView[] {
  const expected = { r0: electorate, r1: u1, r2: u2, r3: u3, r4: u3 };
  return ROUNDS.map((round) => ({
    round,
    accepted: accepted[round],
    expected: expected[round]?.length ?? null,
    isOpen: round === phase,
  }));
}

/** @param waitedMs since the summary came */
export function timeLeft({ phase, phaseDeadlineInMs }: SessionSummary, waitedMs: number): string {
  if (isEnded(phase)) return '';
  const seconds = Math.ceil(Math.max(0, phaseDeadlineInMs - waitedMs) / 1000);
  if (seconds < 120) return `${seconds} s left`;
  return seconds < 7200 ? `${Math.ceil(seconds / 60)} min left` : `${Math.ceil(seconds / 3600)} h left`;
}

/** For example `r2 sent input 3/5, 40 s left`. */
export function watchLine(session: SessionSummary): string {
  if (session.abort !== null) {
    const { code, message } = session.abort;
    return printable(`aborted: ${code}: ${message}${afterAbort(code, session.u3 !== null)}`);
  }
  const open = roundsOf(session).find(({ isOpen }) => isOpen);
  if (open === undefined) return `closed: the sum of ${session.u3?.length ?? 0}`;
  const { round, accepted, expected } = open;
  return `${round} ${NAMES[round]} ${accepted}/${expected}, ${timeLeft(session, 0)}`;
}

/** One line for each change that the line shows. */
export function lineView(write: (line: string) => void): SessionView {
  let last = '';
  return {
    show(session) {
      const line = watchLine(session);
      if (line !== last) write(line);
      last = line;
    },
    stop: () => undefined,
  };
}

/** A bar for each round; the time that is left runs on between two changes. */
export async function barView(stream: NodeJS.WriteStream): Promise<SessionView> {
  const { MultiBar: Bars, Presets } = (await import('cli-progress')).default;
  const format = '{round} {name} {bar} {count} {note}';
  const bars: MultiBar = new Bars(
    { format, stream, barsize: 30, hideCursor: true, emptyOnZero: true, autopadding: true },
    Presets.shades_classic,
  );
  const own = new Map<Round, SingleBar>();
  let last: { session: SessionSummary; atMs: number } | null = null;
  const draw = (): void => {
    if (last === null) return;
    const { session, atMs } = last;
    for (const { round, accepted, expected, isOpen } of roundsOf(session)) {
      const bar = own.get(round) ?? bars.create(1, 0, {});
      own.set(round, bar);
      bar.setTotal(Math.max(1, expected ?? 1));
      const count = expected === null ? '' : `${accepted}/${expected}`.padEnd(9);
      const note = isOpen ? timeLeft(session, performance.now() - atMs) : '';
      bar.update(Math.min(accepted, expected ?? 0), { round, name: NAMES[round].padEnd(11), count, note });
    }
    bars.update();
  };
  const timer = setInterval(draw, 1000).unref();
  return {
    show(session) {
      last = { session, atMs: performance.now() };
      draw();
    },
    stop() {
      clearInterval(timer);
      bars.stop();
      if (last !== null && isEnded(last.session.phase)) stream.write(`${watchLine(last.session)}\n`);
    },
  };
}
