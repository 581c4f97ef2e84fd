/**
 * The file below a journal: who may open it, when, and whose it is. It is locked for as long as it is open, so two
 * processes never speak for one identity; the lock is the operating system's and is gone with its holder, even after
 * kill -9.
 *
 * Such a lock belongs to the process: closing any descriptor of the file gives it up, whoever opened that one and for
 * whatever. So nothing here or elsewhere opens a journal's file but SQLite, and a second journal on a file that this
 * process holds is refused before the file is touched.
 *
 * Security: mode 0600, and what is deleted is overwritten (secure_delete).
 */
import { chmodSync, closeSync, fsyncSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { equalBytes } from '../../../crypto/bytes.js';
import { BlindsumError } from '../../protocol/errors.js';

/** "BSJ1" */
const APPLICATION_ID = 0x42534a31;

const SCHEMA = `
  CREATE TABLE owner (identity BLOB NOT NULL);
  CREATE TABLE joined (session TEXT PRIMARY KEY, task TEXT NOT NULL, number INTEGER NOT NULL,
    payload BLOB NOT NULL, signature BLOB NOT NULL, outcome TEXT, statement BLOB, UNIQUE (task, number)) STRICT;
  CREATE TABLE latch (position INTEGER PRIMARY KEY, session TEXT NOT NULL, message TEXT NOT NULL,
    subject TEXT NOT NULL, key BLOB NOT NULL, payload BLOB NOT NULL, signature BLOB NOT NULL, attachment BLOB,
    statement BLOB, state BLOB, UNIQUE (session, message, subject)) STRICT;
  CREATE TABLE scope (scope TEXT PRIMARY KEY, record BLOB NOT NULL) STRICT;
  CREATE TABLE secret (session TEXT PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
  CREATE TABLE evidence (position INTEGER PRIMARY KEY, session TEXT NOT NULL, code TEXT NOT NULL,
    statements BLOB NOT NULL) STRICT;
`;

/** Not in the files that were made before there was a log. */
const LOG_SCHEMA = `
  CREATE TABLE IF NOT EXISTS checkpoint (coordinator TEXT PRIMARY KEY, note TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS fork (coordinator TEXT PRIMARY KEY, session TEXT NOT NULL, seen TEXT NOT NULL,
    shown TEXT) STRICT;
  CREATE TABLE IF NOT EXISTS receipt (session TEXT PRIMARY KEY, files BLOB) STRICT;
`;

/** Files of the journals that this process has open, by device and inode: a file may have several names. */
const held = new Set<string>();

/**
 * Creates the file where there is none.
 * @returns what to call when the journal is closed
 * @throws BlindsumError JOURNAL_LOCKED, UNREADABLE_FILE
 */
export function hold(path: string): () => void {
  let file: string;
  try {
    createFile(path);
    const { dev, ino } = statSync(path, { bigint: true });
    file = `${dev}:${ino}`;
  } catch (cause) {
    throw openError(path, cause);
  }
  if (held.has(file))
    throw new BlindsumError(
      'JOURNAL_LOCKED',
      'environment',
      `${path}: this process has this journal open already; one identity runs once at a time`,
    );
  held.add(file);
  return () => held.delete(file);
}

/** Never opens a file that exists: closing it would give up the lock of a journal that is open on it. */
function createFile(path: string): void {
  try {
    closeSync(openSync(path, 'ax', 0o600));
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'EEXIST') throw error;
  }
}

/** Locked from here on until it is closed. @throws BlindsumError JOURNAL_LOCKED, UNREADABLE_FILE */
export function openDatabase(path: string): Database.Database {
  let database: Database.Database | undefined;
  try {
    chmodSync(path, 0o600); // check: C13
    database = new Database(path, { timeout: 0 });
    // Before the first access: then no shared memory is used, and the lock is kept until the file is closed.
    database.pragma('locking_mode = EXCLUSIVE');
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = FULL');
    database.pragma('secure_delete = ON'); // check: C13
    database.exec('BEGIN EXCLUSIVE; COMMIT;');
    syncFolder(path);
    return database;
  } catch (cause) {
    database?.close();
    throw openError(path, cause);
  }
}

/** So that the file itself survives a power failure. Not every platform lets a folder be opened. */
function syncFolder(path: string): void {
  try {
    const folder = openSync(dirname(path), 'r');
    fsyncSync(folder);
    closeSync(folder);
  } catch {
    return;
  }
}

function openError(path: string, cause: unknown): BlindsumError {
  const code = (cause as { code?: unknown }).code;
  if (code === 'SQLITE_BUSY' || code === 'SQLITE_LOCKED')
    return new BlindsumError(
      'JOURNAL_LOCKED',
      'environment',
      `${path}: another process holds this journal; one identity runs in one process at a time`,
      { cause },
    );
  if (code === 'SQLITE_NOTADB' || code === 'SQLITE_CORRUPT')
    return new BlindsumError('UNREADABLE_FILE', 'environment', `${path}: is not a blindsum journal`, {
      cause,
    });
  const reason = cause instanceof Error ? cause.message : 'unknown reason';
  return new BlindsumError('UNREADABLE_FILE', 'environment', `${path}: cannot be opened: ${reason}`, {
    cause,
  });
}

/**
 * Makes the tables that are not there.
 * @param identity null: whoever the journal belongs to; then it has to be there
 * @returns whose it is
 * @throws BlindsumError UNREADABLE_FILE; BAD_CONFIG for the journal of another identity
 */
export function prepareOwner(
  database: Database.Database,
  path: string,
  identity: Uint8Array | null,
): Uint8Array {
  const id = database.pragma('application_id', { simple: true });
  const isEmpty = database.prepare('SELECT count(*) AS tables FROM sqlite_master').pluck().get() === 0;
  if (id === 0 && isEmpty && identity !== null) {
    database.transaction(() => {
      database.pragma(`application_id = ${APPLICATION_ID}`);
      database.exec(SCHEMA);
      database.exec(LOG_SCHEMA);
      database.prepare('INSERT INTO owner VALUES (?)').run(identity);
    })();
    return identity.slice();
  }
  if (id !== APPLICATION_ID)
    throw new BlindsumError('UNREADABLE_FILE', 'caller', `${path}: is not a blindsum journal`);
  const row = database.prepare('SELECT identity FROM owner').pluck().get();
  const owner = row instanceof Uint8Array ? new Uint8Array(row) : null;
  if (owner === null || (identity !== null && !equalBytes(owner, identity)))
    throw new BlindsumError('BAD_CONFIG', 'caller', `${path}: this journal belongs to another identity`);
  database.exec(LOG_SCHEMA);
  return owner;
}
