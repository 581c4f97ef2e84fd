/** The statements that make the schema, version by version, and bring what an earlier version left behind to this one. */
import { type Kysely, sql } from 'kysely';
import { RETENTION_LEASE } from '../port.js';
import { logEnded } from './log.js';
import type { EngineName, Schema } from './schema.js';

/** INT, BYTES, TEXT and SERIAL stand for the engine's types; each entry is one version of the schema, applied in order. */
const MIGRATIONS: readonly (readonly string[])[] = [
  [
    `CREATE TABLE task (id TEXT PRIMARY KEY, payload BYTES NOT NULL, signature BYTES NOT NULL, pinned BYTES,
      created_ms INT NOT NULL, closed INT NOT NULL)`,
    `CREATE TABLE enrolment (identity TEXT PRIMARY KEY, payload BYTES NOT NULL, signature BYTES NOT NULL)`,
    `CREATE TABLE revocation (identity TEXT PRIMARY KEY, payload BYTES NOT NULL, signature BYTES NOT NULL)`,
    `CREATE TABLE session (id TEXT PRIMARY KEY, task TEXT NOT NULL, number INT NOT NULL, payload BYTES NOT NULL,
      signature BYTES NOT NULL, electorate BYTES NOT NULL, input TEXT, phase TEXT NOT NULL, version INT NOT NULL,
      phase_since_ms INT NOT NULL, phase_deadline_ms INT NOT NULL, tree_size INT NOT NULL, tree_root BYTES NOT NULL,
      blamed TEXT NOT NULL, u1 BYTES, u2 BYTES, u3 BYTES, result BYTES, abort BYTES, UNIQUE (task, number))`,
    `CREATE TABLE record (session TEXT NOT NULL, kind TEXT NOT NULL, sender TEXT NOT NULL, subject TEXT NOT NULL,
      payload BYTES NOT NULL, signature BYTES NOT NULL, attachment BYTES,
      PRIMARY KEY (session, kind, sender, subject))`,
    `CREATE TABLE claim (session TEXT NOT NULL, value TEXT NOT NULL, sender TEXT NOT NULL,
      PRIMARY KEY (session, value))`,
    `CREATE TABLE input (session TEXT NOT NULL, sender TEXT NOT NULL, PRIMARY KEY (session, sender))`,
    `CREATE TABLE shard (session TEXT NOT NULL, shard TEXT NOT NULL, epoch INT NOT NULL, size INT NOT NULL,
      PRIMARY KEY (session, shard))`,
    `CREATE TABLE leaf (session TEXT NOT NULL, position INT NOT NULL, bytes BYTES NOT NULL,
      PRIMARY KEY (session, position))`,
    `CREATE TABLE bulk (name TEXT PRIMARY KEY, size INT NOT NULL)`,
    `CREATE TABLE chunk (name TEXT NOT NULL, position INT NOT NULL, bytes BYTES NOT NULL,
      PRIMARY KEY (name, position))`,
  ],
  [
    `ALTER TABLE session ADD COLUMN purged_ms INT`,
    `ALTER TABLE shard ADD COLUMN owner TEXT NOT NULL DEFAULT ''`,
    `CREATE TABLE node (id TEXT PRIMARY KEY, until_ms INT NOT NULL, checked_ms INT NOT NULL)`,
    `CREATE TABLE lease (name TEXT PRIMARY KEY, node TEXT)`,
    `INSERT INTO lease SELECT id, NULL FROM session WHERE phase NOT IN ('closed', 'aborted')`,
    `INSERT INTO lease VALUES ('${RETENTION_LEASE}', NULL)`,
    `CREATE TABLE action (id SERIAL, at_ms INT NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL,
      subject TEXT NOT NULL, detail TEXT NOT NULL)`,
  ],
  [
    `CREATE TABLE log (position INT PRIMARY KEY, session TEXT NOT NULL UNIQUE, entry BYTES NOT NULL)`,
    `CREATE TABLE log_size (size INT NOT NULL)`,
    `INSERT INTO log_size VALUES (0)`,
    `CREATE TABLE cosignature (size INT NOT NULL, witness TEXT NOT NULL, line TEXT NOT NULL,
      PRIMARY KEY (size, witness))`,
  ],
];

/** Text compares by code point in both, so that lists have one order everywhere. */
const TYPES: Readonly<Record<EngineName, Readonly<Record<string, string>>>> = {
  sqlite: { INT: 'INTEGER', BYTES: 'BLOB', TEXT: 'TEXT', SERIAL: 'INTEGER PRIMARY KEY AUTOINCREMENT' },
  postgres: {
    INT: 'BIGINT',
    BYTES: 'BYTEA',
    TEXT: 'TEXT COLLATE "C"',
    SERIAL: 'BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY',
  },
};

/** Of the schema that this program reads and writes. */
export const SCHEMA_VERSION = MIGRATIONS.length;

function statementsOf(engine: EngineName, version: number): string[] {
  return (MIGRATIONS[version] ?? []).map((statement) => {
    const isStrict = engine === 'sqlite' && statement.startsWith('CREATE TABLE');
    const typed = statement.replace(/\b(INT|BYTES|TEXT|SERIAL)\b/g, (type) => TYPES[engine][type] as string);
    return isStrict ? `${typed} STRICT` : typed;
  });
}

/**
 * Brings the schema to this version, all steps in one transaction.
 * @throws Error when the data were written by a later version
 */
export async function migrate(db: Kysely<Schema>, engine: EngineName): Promise<void> {
  await db.transaction().execute(async (tx) => {
    // Two nodes that start at once migrate one after the other.
    if (engine === 'postgres') await sql`SELECT pg_advisory_xact_lock(4158223601)`.execute(tx);
    await sql`CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)`.execute(tx);
    const found = await sql<{ version: number }>`SELECT version FROM schema_version`.execute(tx);
    const version = found.rows[0]?.version ?? 0;
    if (version > SCHEMA_VERSION)
      throw new Error(
        `the data have schema version ${version}, this program knows versions up to ${SCHEMA_VERSION}: use a newer one`,
      );
    for (let step = version; step < SCHEMA_VERSION; step += 1) {
      for (const statement of statementsOf(engine, step)) await sql.raw(statement).execute(tx);
    }
    if (engine === 'postgres' && version === 0)
      await sql`ALTER TABLE chunk ALTER COLUMN bytes SET STORAGE EXTERNAL`.execute(tx);
    if (version < SCHEMA_VERSION) {
      await sql`DELETE FROM schema_version`.execute(tx);
      await sql`INSERT INTO schema_version VALUES (${SCHEMA_VERSION})`.execute(tx);
    }
    await logEnded(tx);
  });
}
