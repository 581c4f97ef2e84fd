/**
 * The store on SQL, the same for SQLite and PostgreSQL. Every operation is one transaction; what decides about a session
 * reads its row first and holds it (shared by messages, alone by the end of a round), so each message is wholly before
 * or wholly after the close of its round, and a round has one closing set.
 */
import { Kysely } from 'kysely';
import type { Store } from '../port.js';
import { actions } from './actions.js';
import { InputCommits } from './commits.js';
import { documents } from './documents.js';
import type { Engine } from './engine.js';
import { leases } from './leases.js';
import { log } from './log.js';
import { migrate } from './migrate.js';
import { purging } from './purge.js';
import { records } from './records.js';
import type { Schema } from './schema.js';
import { sessions } from './sessions.js';
import { readSum } from './shards.js';

export interface SqlStoreOptions {
  /** Names this process among those that share the data; never used by two at a time. */
  readonly node: string;
}

/** From the first operation on, what this node begins is its own; then whoever runs it renews. */
const FIRST_LEASE_MS = 5000;

/** Migrates the schema where that is needed. */
export async function createSqlStore(engine: Engine, { node }: SqlStoreOptions): Promise<Store> {
  const db = new Kysely<Schema>({ dialect: engine.dialect });
  const context = { db, engine, node };
  try {
    await migrate(db, engine.name);
    // The file is held by one process at a time: whoever else wrote into it lives no more.
    if (engine.name === 'sqlite') await db.deleteFrom('node').execute();
    await leases(context).renewLeases(FIRST_LEASE_MS);
  } catch (error) {
    await db.destroy();
    await engine.close();
    throw error;
  }
  const commits = new InputCommits(context);
  let closed: Promise<void> | null = null;
  return {
    ...documents(context),
    ...sessions(context, commits),
    ...records(context),
    ...log(context),
    ...purging(context),
    ...leases(context),
    ...actions(context),
    async commitInput(sessionId, input, sums) {
      if (closed !== null) throw new Error('the store is closed');
      return await commits.commit(sessionId, input, sums);
    },
    readUpload: (sessionId, sender) => commits.read(sessionId, sender),
    readSum: (sessionId, sums) => readSum(db, sessionId, sums),
    watch: (listener) => engine.hints.subscribe(listener),
    async close() {
      closed ??= db.destroy().then(() => engine.close());
      await closed;
      engine.hints.clear();
    },
  };
}
