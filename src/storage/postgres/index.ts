/**
 * The store on PostgreSQL, for several coordinator nodes on the same data. Safety rests on row locks and on what is
 * committed; notifications only tell the other nodes sooner.
 */
import { CompiledQuery, PostgresDialect, sql } from 'kysely';
import type { CustomTypesConfig } from 'pg';
import { BlindsumError } from '../../protocol/errors.js';
import { Hints } from '../hints.js';
import type { Change, Store } from '../port.js';
import type { Tx } from '../sql/bulk.js';
import { createSqlStore } from '../sql/store.js';
import { CHANNEL, encodeChange, Listener } from './listener.js';
import { loadPg } from './package.js';

export interface PostgresStoreOptions {
  /** postgres://user:password@host:port/database */
  readonly url: string;
  /** Names this node, without spaces; never used by two processes at a time. */
  readonly node: string;
  /** Connections at a time. Default 10. */
  readonly connections?: number;
  /** Told once, at opening, what could be lost when a server is lost. */
  readonly onWarning?: (message: string) => void;
}

/** PostgreSQL's number for the type. */
const INT8 = 20;

/** @throws BlindsumError MISSING_PACKAGE, STORE_FAILED, BAD_CONFIG */
export async function createPostgresStore(options: PostgresStoreOptions): Promise<Store> {
  const { Client, Pool, types } = await loadPg();
  const parsers: CustomTypesConfig = {
    // Counts, sizes and times, all below 2^53.
    getTypeParser: (type, format) =>
      (type as number) === INT8 ? Number : (types.getTypeParser(type, format) as (text: string) => unknown),
  };
  const config = { connectionString: options.url, types: parsers, keepAlive: true };
  const pool = new Pool({ ...config, max: options.connections ?? 10, connectionTimeoutMillis: 10_000 });
  // A connection that breaks is replaced by the pool, and its statement rejects; without listeners the event, which
  // comes from the pool for an idle connection and from the connection itself for a busy one, would end the process.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  const hints = new Hints();
  const listener = new Listener(Client, config, hints, options.node);
  try {
    await checkDurability(pool);
    await checkStandby(pool, options.onWarning ?? (() => undefined));
    const engine = {
      name: 'postgres' as const,
      // Every connection by itself: roles and databases may be given another setting while the store is open.
      dialect: new PostgresDialect({
        pool,
        onCreateConnection: (connection) => connection.executeQuery(NEVER_OFF).then(() => undefined),
      }),
      clock: () => sql<number>`(extract(epoch from clock_timestamp()) * 1000)::bigint`,
      hints,
      announce: (tx: Tx, change: Change) => announce(tx, options.node, change),
      close: () => listener.close(),
    };
    const store = await createSqlStore(engine, { node: options.node });
    await listener.start();
    return store;
  } catch (error) {
    await Promise.allSettled([listener.close(), pool.ended ? null : pool.end()]);
    if (error instanceof BlindsumError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new BlindsumError('STORE_FAILED', 'environment', `the PostgreSQL store cannot be used: ${reason}`, {
      cause: error,
    });
  }
}

const NEVER_OFF = CompiledQuery.raw(
  `SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'`,
);

interface Asked {
  query(text: string): Promise<{ rows: unknown[] }>;
}

async function settingOf(pool: Asked, name: string): Promise<string> {
  const { rows } = await pool.query(`SHOW ${name}`);
  return (rows[0] as Record<string, string>)[name] as string;
}

/** What is acknowledged must be on disk. @throws BlindsumError BAD_CONFIG */
async function checkDurability(pool: Asked): Promise<void> {
  for (const setting of ['synchronous_commit', 'fsync', 'full_page_writes']) {
    if ((await settingOf(pool, setting)) === 'off')
      throw new BlindsumError(
        'BAD_CONFIG',
        'environment',
        `PostgreSQL has ${setting} = off: what it acknowledges could be lost; turn it on`,
      );
  }
}

/** One server is durable against its own crash; after the loss of its disk only a standby has what it acknowledged. */
async function checkStandby(pool: Asked, warn: (message: string) => void): Promise<void> {
  const standbys = await settingOf(pool, 'synchronous_standby_names');
  const commit = await settingOf(pool, 'synchronous_commit');
  if (standbys === '')
    warn(
      'PostgreSQL has no synchronous standby: acknowledged messages are lost with the disk of the server; set synchronous_standby_names',
    );
  else if (commit === 'local')
    warn(
      'PostgreSQL has synchronous_commit = local: it does not wait for its standby; set it to on or remote_apply',
    );
}

async function announce(tx: Tx, node: string, change: Change): Promise<void> {
  await sql`SELECT pg_notify(${CHANNEL}, ${encodeChange(node, change)})`.execute(tx);
}
