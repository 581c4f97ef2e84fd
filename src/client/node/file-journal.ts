/**
 * The journal in one SQLite file beside the identity. An append is one transaction, on disk (fsync) when it resolves.
 * The file is locked for as long as it is open, so two processes never speak for one identity; the lock is the
 * operating system's and is gone with its holder, even after kill -9.
 *
 * Such a lock belongs to the process: closing any descriptor of the file gives it up, whoever opened that one and for
 * whatever. So nothing here or elsewhere opens a journal's file but SQLite, and a second journal on a file that this
 * process holds is refused before the file is touched.
 *
 * Security: mode 0600. Secrets of sessions are here only with `resume`; when newer ones replace them, and when the
 * session ends, their bytes are overwritten (secure_delete) and the write-ahead log that held copies is cut to nothing.
 */
import { chmodSync, closeSync, fsyncSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { equalBytes } from '../../../crypto/bytes.js';
import { BlindsumError } from '../../protocol/errors.js';
import type { Journal, JournalEntry } from '../journal.js';
import {
  decodeScope,
  decodeSignedList,
  encodeSignedOrNull,
  encodeScope,
  encodeSignedList,
  type EvidenceRow,
  type JoinedRow,
  type LatchRow,
  toJoined,
  toLatch,
} from './journal-rows.js';

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

/**
 * @param identity public key; the journal of another one is refused
 * @throws BlindsumError JOURNAL_LOCKED, UNREADABLE_FILE, BAD_CONFIG
 */
export function openFileJournal(path: string, identity: Uint8Array): Journal {
  const release = hold(path);
  try {
    const database = openDatabase(path);
    try {
      prepareOwner(database, path, identity);
      return journalOn(database, identity.slice(), release);
    } catch (error) {
      database.close();
      throw error;
    }
  } catch (error) {
    release();
    throw error;
  }
}

/** Files of the journals that this process has open, by device and inode: a file may have several names. */
const held = new Set<string>();

/** Creates the file where there is none. @returns what to call when the journal is closed */
function hold(path: string): () => void {
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

function openDatabase(path: string): Database.Database {
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

function prepareOwner(database: Database.Database, path: string, identity: Uint8Array): void {
  const id = database.pragma('application_id', { simple: true });
  const isEmpty = database.prepare('SELECT count(*) AS tables FROM sqlite_master').pluck().get() === 0;
  if (id === 0 && isEmpty) {
    database.transaction(() => {
      database.pragma(`application_id = ${APPLICATION_ID}`);
      database.exec(SCHEMA);
      database.prepare('INSERT INTO owner VALUES (?)').run(identity);
    })();
    return;
  }
  if (id !== APPLICATION_ID)
    throw new BlindsumError('UNREADABLE_FILE', 'caller', `${path}: is not a blindsum journal`);
  const owner = database.prepare('SELECT identity FROM owner').pluck().get();
  if (!(owner instanceof Uint8Array) || !equalBytes(new Uint8Array(owner), identity))
    throw new BlindsumError('BAD_CONFIG', 'caller', `${path}: this journal belongs to another identity`);
}

function journalOn(database: Database.Database, identity: Uint8Array, release: () => void): Journal {
  const write = writer(database);
  const appendAll = database.transaction((entries: readonly JournalEntry[]) => entries.forEach(write));
  return {
    identity,
    async append(entries) {
      appendAll.immediate(entries);
      // The log may hold copies of secrets that were just deleted, and of uploads nobody needs any more.
      if (entries.some(({ kind }) => kind === 'ended' || kind === 'secret'))
        database.pragma('wal_checkpoint(TRUNCATE)'); // check: C13
    },
    async lastSession(task) {
      const last = database.prepare('SELECT max(number) FROM joined WHERE task = ?').pluck().get(task);
      return typeof last === 'number' ? last : null;
    },
    async unfinished(task) {
      const rows = database
        .prepare('SELECT * FROM joined WHERE task = ? AND outcome IS NULL ORDER BY number')
        .all(task);
      return (rows as JoinedRow[]).map(toJoined);
    },
    async scope(scope) {
      const record = database.prepare('SELECT record FROM scope WHERE scope = ?').pluck().get(scope);
      return record instanceof Uint8Array ? decodeScope(record) : null;
    },
    async latches(session) {
      const rows = database.prepare('SELECT * FROM latch WHERE session = ? ORDER BY position').all(session);
      return (rows as LatchRow[]).map(toLatch);
    },
    async secret(session) {
      const bytes = database.prepare('SELECT bytes FROM secret WHERE session = ?').pluck().get(session);
      return bytes instanceof Uint8Array ? Uint8Array.from(bytes) : null;
    },
    async evidence(session) {
      const rows = database
        .prepare('SELECT code, statements FROM evidence WHERE session = ? ORDER BY position')
        .all(session) as EvidenceRow[];
      return rows.map(({ code, statements }) => ({
        kind: 'evidence',
        session,
        code,
        statements: decodeSignedList(statements),
      }));
    },
    async close() {
      // Once only: meanwhile somebody else here may have opened the file.
      if (!database.open) return;
      database.close();
      release();
    },
  };
}

/** One statement per kind; a constraint that does not hold throws and undoes the whole append. */
function writer(database: Database.Database): (entry: JournalEntry) => void {
  const join = database.prepare(
    `INSERT INTO joined (session, task, number, payload, signature)
     SELECT @session, @task, @number, @payload, @signature
     WHERE @number > coalesce((SELECT max(number) FROM joined WHERE task = @task), -1)`,
  );
  const latch = database.prepare(
    `INSERT INTO latch (session, message, subject, key, payload, signature, attachment, statement, state)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const scope = database.prepare('INSERT OR REPLACE INTO scope VALUES (?, ?)');
  const secret = database.prepare('INSERT OR REPLACE INTO secret VALUES (?, ?)');
  const forget = database.prepare('DELETE FROM secret WHERE session = ?');
  const prune = database.prepare("UPDATE latch SET attachment = NULL WHERE session = ? AND message = 'r2'");
  const end = database.prepare('UPDATE joined SET outcome = ?, statement = ? WHERE session = ?');
  const evidence = database.prepare('INSERT INTO evidence (session, code, statements) VALUES (?, ?, ?)');
  return (entry) => {
    switch (entry.kind) {
      case 'joined': {
        const { session, task, number, opening } = entry;
        if (join.run({ session, task, number, ...opening }).changes !== 1)
          throw new Error('a session with this number, or a later one, was joined before'); // check: A9
        break;
      }
      case 'latch':
        latch.run(
          entry.session,
          entry.message,
          entry.subject,
          entry.key,
          entry.signed.payload,
          entry.signed.signature,
          entry.attachment,
          encodeSignedOrNull(entry.statement),
          entry.state,
        );
        break;
      case 'scope':
        scope.run(entry.scope, encodeScope(entry.record));
        break;
      case 'secret':
        secret.run(entry.session, entry.bytes);
        break;
      case 'ended':
        forget.run(entry.session);
        prune.run(entry.session);
        end.run(entry.outcome, encodeSignedOrNull(entry.statement), entry.session);
        break;
      case 'evidence':
        evidence.run(entry.session, entry.code, encodeSignedList(entry.statements));
        break;
    }
  };
}
