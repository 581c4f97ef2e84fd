/** Messages of sessions, each accepted only while its phase is open. */
import { isEnded } from '../../protocol/phase.js';
import type { Outcome, Store } from '../port.js';
import { sameRecord } from '../same-record.js';
import type { Tx } from './bulk.js';
import type { Context } from './engine.js';
import { claim, countRecords, findRecord, heldSession, Refused } from './queries.js';
import { recordColumns, recordRow } from './rows.js';

type Records = Pick<
  Store,
  'putRecord' | 'getRecord' | 'readRecords' | 'countRecords' | 'hasInput' | 'readInputs'
>;

export function records({ db, engine }: Context): Records {
  /** A transaction that is undone when it refuses. */
  const attempt = async (run: (tx: Tx) => Promise<Outcome>): Promise<Outcome> => {
    try {
      return await db.transaction().execute(run);
    } catch (error) {
      if (error instanceof Refused) return error.outcome;
      throw error;
    }
  };
  return {
    async putRecord(sessionId, phase, record) {
      if (isEnded(phase)) return 'late';
      let taskId = '';
      const outcome = await attempt(async (tx): Promise<Outcome> => {
        const session = await heldSession(tx, engine, sessionId, 'share');
        if (session?.phase !== phase) return 'late';
        taskId = session.task;
        const { numInsertedOrUpdatedRows } = await tx
          .insertInto('record')
          .values(recordColumns(sessionId, record))
          .onConflict((conflict) => conflict.doNothing())
          .executeTakeFirst();
        if (numInsertedOrUpdatedRows === 0n) {
          const earlier = await findRecord(tx, sessionId, record.kind, record.sender, record.subject);
          return earlier !== null && sameRecord(earlier, record) ? 'same' : 'conflict';
        }
        await claim(tx, sessionId, record);
        await engine.announce(tx, { taskId, sessionId });
        return 'stored';
      });
      if (outcome === 'stored') engine.hints.tell({ taskId, sessionId });
      return outcome;
    },

    async getRecord(sessionId, kind, sender, subject = '') {
      return await findRecord(db, sessionId, kind, sender, subject);
    },

    async readRecords(sessionId, kind) {
      const rows = await db
        .selectFrom('record')
        .selectAll()
        .where('session', '=', sessionId)
        .where('kind', '=', kind)
        .orderBy('sender')
        .orderBy('subject')
        .execute();
      return rows.map(recordRow);
    },

    async countRecords(sessionId, kind) {
      return await countRecords(db, sessionId, kind);
    },

    async hasInput(sessionId, sender) {
      const row = await db
        .selectFrom('input')
        .select('sender')
        .where('session', '=', sessionId)
        .where('sender', '=', sender)
        .executeTakeFirst();
      return row !== undefined;
    },

    async readInputs(sessionId) {
      const rows = await db
        .selectFrom('input')
        .select('sender')
        .where('session', '=', sessionId)
        .orderBy('sender')
        .execute();
      return rows.map(({ sender }) => sender);
    },
  };
}
