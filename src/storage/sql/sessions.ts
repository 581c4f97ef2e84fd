/** How sessions begin and change. The end of a round is one compare-and-set, with everything that belongs to it. */
import { isEnded, type Phase } from '../../protocol/phase.js';
import { copyBytes } from '../copy.js';
import type { SessionRow, Store, Transition, TransitionFrom } from '../port.js';
import { getBulk, putBulk, type Tx } from './bulk.js';
import type { InputCommits } from './commits.js';
import { blobName } from './documents.js';
import { type Context, type Engine, locked } from './engine.js';
import { appendToLog } from './log.js';
import { appendLeaves, countLeaves, heldSession, newStatement, sawEverything } from './queries.js';
import { sessionColumns, sessionRow } from './rows.js';

type Sessions = Pick<
  Store,
  'createSession' | 'getSession' | 'listSessions' | 'transition' | 'readLeaves' | 'readAggregate'
>;

export const sessions = ({ db, engine, node }: Context, commits: InputCommits): Sessions => ({
  async createSession(row, leaves) {
    const created = await db.transaction().execute(async (tx) => {
      if (!(await keepInput(tx, engine, row))) return false;
      const { numInsertedOrUpdatedRows } = await tx
        .insertInto('session')
        .values(sessionColumns(row))
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst();
      if (numInsertedOrUpdatedRows === 0n) return false;
      await appendLeaves(tx, row.id, 0, leaves);
      if (!isEnded(row.phase)) await tx.insertInto('lease').values({ name: row.id, node }).execute();
      await engine.announce(tx, { taskId: row.taskId, sessionId: row.id });
      return true;
    });
    if (created) engine.hints.tell({ taskId: row.taskId, sessionId: row.id });
    return created;
  },

  async getSession(id) {
    const found = await db.selectFrom('session').selectAll().where('id', '=', id).executeTakeFirst();
    return found === undefined ? null : sessionRow(found);
  },

  async listSessions(taskId) {
    const all = db.selectFrom('session').selectAll().orderBy('number').orderBy('task');
    const rows = await (taskId === undefined ? all : all.where('task', '=', taskId)).execute();
    return rows.map(sessionRow);
  },

  async transition(sessionId, from, change) {
    const taskId = await db.transaction().execute((tx) => transit(tx, engine, sessionId, from, change));
    if (taskId === null) return false;
    if (from.phase === 'r2') commits.forget(sessionId);
    engine.hints.tell({ taskId, sessionId });
    return true;
  },

  async readLeaves(sessionId) {
    const rows = await db
      .selectFrom('leaf')
      .select('bytes')
      .where('session', '=', sessionId)
      .orderBy('position')
      .execute();
    return rows.map(({ bytes }) => copyBytes(bytes));
  },

  async readAggregate(sessionId) {
    return await getBulk(db, aggregateName(sessionId));
  },
});

export const aggregateName = (sessionId: string): string => `aggregate/${sessionId}`;

/** Holds the input until the session is there, so that no purge of an earlier session deletes it meanwhile. */
async function keepInput(tx: Tx, engine: Engine, { input }: SessionRow): Promise<boolean> {
  if (input === null) return true;
  const blob = tx.selectFrom('bulk').select('name').where('name', '=', blobName(input));
  return (await locked(engine, blob, 'share').executeTakeFirst()) !== undefined;
}

/** @returns the task of the session, or null when it was refused */
async function transit(
  tx: Tx,
  engine: Engine,
  sessionId: string,
  from: TransitionFrom,
  change: Transition,
): Promise<string | null> {
  const session = await heldSession(tx, engine, sessionId, 'update');
  if (session === undefined || isEnded(session.phase as Phase)) return null;
  if (session.phase !== from.phase || session.version !== from.version) return null;
  if (!(await sawEverything(tx, sessionId, from))) return null;
  const statement = newStatement(session, change);
  await appendLeaves(tx, sessionId, await countLeaves(tx, sessionId), change.leaves);
  if (change.aggregate) await putBulk(tx, aggregateName(sessionId), change.aggregate);
  const blamed = JSON.parse(session.blamed) as string[];
  await tx
    .updateTable('session')
    .set({
      phase: change.to,
      version: session.version + 1,
      phase_since_ms: engine.clock(),
      phase_deadline_ms: change.phaseDeadlineMs,
      tree_size: change.tree.size,
      tree_root: copyBytes(change.tree.root),
      blamed: JSON.stringify([...new Set([...blamed, ...(change.blamed ?? [])])]),
      ...statement,
    })
    .where('id', '=', sessionId)
    .execute();
  if (isEnded(change.to)) await tx.deleteFrom('lease').where('name', '=', sessionId).execute();
  await engine.announce(tx, { taskId: session.task, sessionId });
  const { to: phase, tree } = change;
  if (isEnded(phase))
    await appendToLog(tx, { id: sessionId, taskId: session.task, number: session.number, phase, tree });
  return session.task;
}
