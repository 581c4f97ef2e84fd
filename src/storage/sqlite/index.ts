/**
 * The store in one SQLite file: what `serve --data` uses. Durable at every acknowledgement (WAL, synchronous=FULL), held
 * by one process at a time; the lock is the operating system's and is gone with its holder, even after kill -9.
 */
import { chmodSync, closeSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { sql } from 'kysely';
import { BlindsumError } from '../../protocol/errors.js';
import { Hints } from '../hints.js';
import type { Store } from '../port.js';
import { createSqlStore } from '../sql/store.js';
import { SqliteConnection } from './connection.js';
import { sqliteDialect } from './dialect.js';
import { letItWrite, SqliteError } from './error.js';
import { requireLocalFileSystem } from './file-system.js';

export interface SqliteStoreOptions {
  readonly path: string;
  /** Milliseconds since 1970: the store's clock. */
  readonly now?: () => number;
}

export interface SqliteStore extends Store {
  /** Writes all that is committed to a file of its own, which must not exist or be empty. */
  backup(path: string): Promise<void>;
}

/** @throws BlindsumError STORE_LOCKED, UNREADABLE_FILE, BAD_CONFIG on a network file system */
export async function createSqliteStore({ path, now = Date.now }: SqliteStoreOptions): Promise<SqliteStore> {
  try {
    await requireLocalFileSystem(dirname(path));
    createFile(path);
    const connection = await SqliteConnection.open(path);
    const engine = {
      name: 'sqlite' as const,
      dialect: sqliteDialect(connection),
      clock: () => sql<number>`${now()}`,
      hints: new Hints(),
      announce: () => Promise.resolve(),
      close: () => Promise.resolve(),
    };
    const store = await createSqlStore(engine, { node: globalThis.crypto.randomUUID() });
    return { ...store, backup: (to) => backup(connection, to) };
  } catch (cause) {
    throw openError(path, cause);
  }
}

async function backup(connection: SqliteConnection, path: string): Promise<void> {
  // SQLite would make it with the rights that the process gives new files.
  createFile(path);
  const endTurn = await connection.takeTurn();
  try {
    await connection.run('VACUUM INTO ?', [path], path);
  } finally {
    endTurn();
  }
}

/**
 * For its owner only: uploads are masked and messages public, but who takes part is nobody else's business. Never opens
 * a file that exists: closing it would give up the lock of a store that this process has open on it.
 */
function createFile(path: string): void {
  try {
    closeSync(openSync(path, 'ax', 0o600));
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'EEXIST') throw error;
    chmodSync(path, 0o600);
  }
}

/** What the file system says of a folder or file that is read-only. */
const MAY_NOT_WRITE: ReadonlySet<unknown> = new Set(['EACCES', 'EPERM', 'EROFS']);

function openError(path: string, cause: unknown): BlindsumError {
  if (cause instanceof BlindsumError) return cause;
  const code = (cause as { code?: unknown }).code;
  if (cause instanceof SqliteError && (code === 'SQLITE_BUSY' || code === 'SQLITE_LOCKED'))
    return new BlindsumError(
      'STORE_LOCKED',
      'environment',
      `${path}: another coordinator has this file open: stop it first`,
      {
        cause,
      },
    );
  const said = cause instanceof Error ? cause.message : String(cause);
  const reason = MAY_NOT_WRITE.has(code) ? `${said}: ${letItWrite(dirname(path))}` : said;
  return new BlindsumError('UNREADABLE_FILE', 'environment', `${path}: cannot be opened: ${reason}`, {
    cause,
  });
}
