/** Tasks and sessions as an operator sees them. */
import { fromHex } from '../../crypto/bytes.js';
import { taskCodec } from '../protocol/documents.js';
import { neededSurvivors, quorum } from '../protocol/parameters.js';
import { fromBitmap } from '../protocol/sets.js';
import type { Signed } from '../protocol/signed.js';
import { abortCodec, openingCodec, setCodec } from '../protocol/statements.js';
import type { SessionSummary, TaskSummary } from '../rpc/operator-api.js';
import type { SessionRow, TaskRow } from '../storage/port.js';
import { type Shell, taskRow } from './shell.js';
import { deadlineInMs } from './watch.js';

export async function summariseTask({ store }: Pick<Shell, 'store'>, row: TaskRow): Promise<TaskSummary> {
  const { id, signed, pinned, createdMs, closed } = row;
  const sessions = (await store.listSessions(id)).length;
  return { taskId: id, task: signed, pinned, createdMs, closed, sessions };
}

export async function summariseSession(
  shell: Pick<Shell, 'store' | 'clock'>,
  row: SessionRow,
): Promise<SessionSummary> {
  const { store } = shell;
  const task = taskCodec.decode((await taskRow(store, row.taskId)).signed.payload);
  const count = (kind: 'r0' | 'r1' | 'r3' | 'r4') => store.countRecords(row.id, kind);
  const [r0, r1, inputs, r3, r4] = await Promise.all([
    count('r0'),
    count('r1'),
    store.readInputs(row.id),
    count('r3'),
    count('r4'),
  ]);
  return {
    sessionId: row.id,
    taskId: row.taskId,
    number: row.number,
    phase: row.phase,
    electorate: row.electorate,
    maxColluders: task.maxColluders,
    quorum: quorum(row.electorate.length, task.maxColluders),
    needed: neededSurvivors(task, row.electorate.length),
    openedMs: openingCodec.decode(row.opening.payload).openedMs,
    phaseSinceMs: row.phaseSinceMs,
    phaseDeadlineInMs: deadlineInMs(shell, row),
    purgedMs: row.purgedMs ?? 0,
    accepted: { r0, r1, r2: inputs.length, r3, r4 },
    ...(await setsOf(shell, row)),
    abort: abortOf(row),
  };
}

async function setsOf(
  { store }: Pick<Shell, 'store'>,
  row: SessionRow,
): Promise<Pick<SessionSummary, 'u1' | 'u2' | 'u3'>> {
  const { u1, u2, u3 } = row.statements;
  if (u1 === undefined) return { u1: null, u2: null, u3: null };
  // Records come by sender, which is roster order.
  const roster = (await store.readRecords(row.id, 'r0')).map(({ sender }) => fromHex(sender));
  const members = (statement: Signed | undefined): Uint8Array[] | null =>
    statement === undefined
      ? null
      : fromBitmap(setCodec.decode(statement.payload).members, roster.length).map(
          (position) => roster[position] as Uint8Array,
        );
  return { u1: members(u1), u2: members(u2), u3: members(u3) };
}

function abortOf({ statements: { abort } }: SessionRow): SessionSummary['abort'] {
  if (abort === undefined) return null;
  const { code, message, blamed } = abortCodec.decode(abort.payload);
  return { code, message, blamed };
}
