// What `session watch` shows of a session: a line for each change, or a bar for each round on a terminal.
import { Writable } from 'node:stream';
import { expect, test } from '@jest/globals';
import { barView, lineView, timeLeft, watchLine } from '../../src/cli/session/watch.js';
import type { SessionSummary } from '../../src/rpc/operator-api.js';
import { fill } from '../helpers/protocol.js';

const people = (count: number): Uint8Array[] => Array.from({ length: count }, (_, index) => fill(index));

const summary = (change: Partial<SessionSummary> = {}): SessionSummary => ({
  ...{ sessionId: 'ab'.repeat(32), taskId: 'cd'.repeat(32), number: 0, phase: 'r0', electorate: people(5) },
  ...{
    maxColluders: 1,
    quorum: 4,
    needed: 4,
    openedMs: 0,
    phaseSinceMs: 0,
    phaseDeadlineInMs: 59_001,
    purgedMs: 0,
  },
  ...{ accepted: { r0: 2, r1: 0, r2: 0, r3: 0, r4: 0 }, u1: null, u2: null, u3: null, abort: null },
  ...change,
});
const later = summary({
  ...{ phase: 'r2', accepted: { r0: 5, r1: 5, r2: 3, r3: 0, r4: 0 }, phaseDeadlineInMs: 1_200_000 },
  ...{ u1: people(5), u2: people(5) },
});
const ended = summary({
  ...{ phase: 'closed', accepted: { r0: 5, r1: 5, r2: 4, r3: 4, r4: 4 }, phaseDeadlineInMs: 0 },
  ...{ u1: people(5), u2: people(5), u3: people(4) },
});
const aborted = summary({
  phase: 'aborted',
  abort: { code: 'CANCELLED', message: 'wrong\u001b[2J input', blamed: [] },
});

test('lines: of the open round, who is expected in it, and how long it may last', () => {
  const lines: string[] = [];
  const view = lineView((line) => void lines.push(line));
  for (const session of [summary(), summary(), later, ended]) view.show(session);
  expect(lines).toEqual([
    'r0 joined 2/5, 60 s left',
    'r2 sent input 3/5, 20 min left',
    'closed: the sum of 4',
  ]);
  // The message is somebody else's: it must not reach the terminal's controls.
  expect(watchLine(aborted)).toMatch(/^aborted: CANCELLED: wrong.* input$/);
  const few = { code: 'TOO_FEW_SURVIVORS', message: '3 sent, 4 are needed', blamed: [] };
  expect(watchLine({ ...aborted, abort: few })).toMatch(/^aborted: .* are needed; nobody has voted/);
  expect(watchLine(aborted)).not.toContain('\u001b');
  expect(timeLeft(summary({ phaseDeadlineInMs: 1e7 }), 0)).toBe('3 h left');
  expect(timeLeft(summary(), 70_000)).toBe('0 s left');
});

test('bars: one for each round, full when all expected have answered', async () => {
  let written = '';
  const terminal = Object.assign(
    new Writable({
      write(piece: Buffer, _, done) {
        written += piece.toString();
        done();
      },
    }),
    { isTTY: true, columns: 120, rows: 24 },
  ) as unknown as NodeJS.WriteStream;
  const view = await barView(terminal);
  view.show(later);
  const rows = written
    // eslint-disable-next-line no-control-regex
    .replace(/\u001b\[[\d;?]*[a-zA-Z]/g, '\n')
    .split('\n')
    .filter((row) => /^r\d /.test(row))
    .map((row) => row.trimEnd());
  expect(rows.slice(-5)).toEqual([
    expect.stringMatching(/^r0 joined {6}█{30} 5\/5$/),
    expect.stringMatching(/^r1 shared keys █{30} 5\/5$/),
    expect.stringMatching(/^r2 sent input {2}█{18}░{12} 3\/5 +20 min left$/),
    expect.stringMatching(/^r3 signed sets ░{30}$/),
    expect.stringMatching(/^r4 answered {4}░{30}$/),
  ]);
  view.show(ended);
  view.stop();
  expect(written.trimEnd().endsWith('closed: the sum of 4')).toBe(true);
});
