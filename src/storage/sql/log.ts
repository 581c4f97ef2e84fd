/**
 * The log, and the cosignatures of its heads. Ends of sessions are appended one after the other: whoever appends holds the
 * row with the size until its transaction is committed or undone, so that on all nodes together no position is taken twice,
 * left out, or seen before the one before it.
 */
import { logEntryOf } from '../../protocol/transcript/log-entry.js';
import { copyBytes } from '../copy.js';
import type { SessionRow, Store } from '../port.js';
import type { Tx } from './bulk.js';
import type { Context } from './engine.js';
import { sessionRow } from './rows.js';

type Log = Pick<
  Store,
  'logSize' | 'readLog' | 'findLogged' | 'putCosignature' | 'readCosignatures' | 'findCosigned'
>;

/** Sessions that are read at a time when their log is made. */
const PAGE = 100;

/** The last thing in the transaction that ends the session. */
export async function appendToLog(
  tx: Tx,
  row: Pick<SessionRow, 'id' | 'taskId' | 'number' | 'phase' | 'tree'>,
): Promise<void> {
  const { size } = await tx
    .updateTable('log_size')
    .set((columns) => ({ size: columns('size', '+', 1) }))
    .returning('size')
    .executeTakeFirstOrThrow();
  await tx
    .insertInto('log')
    .values({ position: size - 1, session: row.id, entry: logEntryOf(row) })
    .execute();
}

/**
 * What ended without an entry: before there was a log; and, while the nodes of a coordinator are replaced one by one, on those
 * that did not know of it yet.
 */
export async function logEnded(tx: Tx): Promise<void> {
  const ended = await tx
    .selectFrom('session')
    .select('id')
    .where('phase', 'in', ['closed', 'aborted'])
    .where('id', 'not in', (query) => query.selectFrom('log').select('session'))
    .orderBy('phase_since_ms')
    .orderBy('id')
    .execute();
  for (let done = 0; done < ended.length; done += PAGE) {
    const ids = ended.slice(done, done + PAGE).map(({ id }) => id);
    const rows = await tx.selectFrom('session').selectAll().where('id', 'in', ids).execute();
    const byId = new Map(rows.map((columns) => [columns.id, sessionRow(columns)]));
    for (const id of ids) await appendToLog(tx, byId.get(id) as SessionRow);
  }
}

export const log = ({ db }: Context): Log => ({
  async logSize() {
    const { size } = await db.selectFrom('log_size').select('size').executeTakeFirstOrThrow();
    return size;
  },

  async readLog(from, to) {
    const rows = await db
      .selectFrom('log')
      .select('entry')
      .where('position', '>=', from)
      .where('position', '<', to)
      .orderBy('position')
      .execute();
    return rows.map(({ entry }) => copyBytes(entry));
  },

  async findLogged(sessionId) {
    const found = await db
      .selectFrom('log')
      .select(['position', 'entry'])
      .where('session', '=', sessionId)
      .executeTakeFirst();
    return found === undefined ? null : { index: found.position, entry: copyBytes(found.entry) };
  },

  async putCosignature({ size, witness, line }) {
    await db
      .insertInto('cosignature')
      .values({ size, witness, line })
      .onConflict((conflict) => conflict.columns(['size', 'witness']).doUpdateSet({ line }))
      .execute();
  },

  async readCosignatures(size) {
    return await db
      .selectFrom('cosignature')
      .select(['size', 'witness', 'line'])
      .where('size', '=', size)
      .orderBy('witness')
      .execute();
  },

  async findCosigned({ witnesses, count, from, to }) {
    if (witnesses.length < count) return null;
    const found = await db
      .selectFrom('cosignature')
      .select('size')
      .where('size', '>=', from)
      .where('size', '<=', to)
      .where('witness', 'in', witnesses)
      .groupBy('size')
      .having(({ fn }) => fn.countAll(), '>=', count)
      .orderBy('size', 'desc')
      .limit(1)
      .executeTakeFirst();
    return found?.size ?? null;
  },
});
