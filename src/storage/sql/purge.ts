/**
 * Deletes of an ended session what was derived from single participants. Signed bytes, statements and leaves stay: they
 * are the transcript.
 */
import { sql } from 'kysely';
import { isEnded, type Phase } from '../../protocol/phase.js';
import type { Store } from '../port.js';
import { SHARE_KINDS } from '../purged.js';
import { deleteBulk, deleteFolder, type Tx } from './bulk.js';
import { uploadsFolder } from './commits.js';
import { blobName } from './documents.js';
import { type Context, type Engine, locked } from './engine.js';
import { heldSession } from './queries.js';
import { aggregateName } from './sessions.js';
import { deleteSums } from './shards.js';

export const purging = ({ db, engine }: Context): Pick<Store, 'purge'> => ({
  async purge(sessionId, { aggregate = false } = {}) {
    const done = await db.transaction().execute(async (tx) => {
      const session = await heldSession(tx, engine, sessionId, 'update');
      if (session === undefined || !isEnded(session.phase as Phase)) return false;
      await tx
        .updateTable('session')
        .set({ purged_ms: session.purged_ms ?? engine.clock() })
        .where('id', '=', sessionId)
        .execute();
      await deleteSums(tx, sessionId);
      await deleteFolder(tx, uploadsFolder(sessionId));
      await tx
        .updateTable('record')
        .set({ attachment: null })
        .where('session', '=', sessionId)
        .where('kind', 'in', SHARE_KINDS)
        .execute();
      if (aggregate) await deleteBulk(tx, aggregateName(sessionId));
      if (session.input !== null) await deleteInput(tx, engine, session.input);
      return true;
    });
    // The log beside the file still has what was deleted.
    if (done && engine.name === 'sqlite') await sql`PRAGMA wal_checkpoint(TRUNCATE)`.execute(db);
    return done;
  },
});

/** Unless a session that was not purged names it. The row is held, so that no session begins with it meanwhile. */
async function deleteInput(tx: Tx, engine: Engine, input: string): Promise<void> {
  const blob = tx.selectFrom('bulk').select('name').where('name', '=', blobName(input));
  await locked(engine, blob, 'update').execute();
  const named = await tx
    .selectFrom('session')
    .select('id')
    .where('input', '=', input)
    .where('purged_ms', 'is', null)
    .limit(1)
    .executeTakeFirst();
  if (named === undefined) await deleteBulk(tx, blobName(input));
}
