/**
 * The journal in one SQLite file beside the identity (journal-file.ts). An append is one transaction, on disk (fsync) when
 * it resolves.
 *
 * Security: secrets of sessions are here only with `resume`; when newer ones replace them, and when the session ends, their
 * bytes are overwritten and the write-ahead log that held copies is cut to nothing.
 */
import { existsSync } from 'node:fs';
import type Database from 'better-sqlite3';
import type { ForkEntry, Journal, JournalEntry } from '../journal.js';
import { unreadable } from './files.js';
import { hold, openDatabase, prepareOwner } from './journal-file.js';
import {
  decodeReceipt,
  decodeScope,
  decodeSignedList,
  encodeReceipt,
  encodeSignedOrNull,
  encodeScope,
  encodeSignedList,
  type EndedRow,
  type EvidenceRow,
  type JoinedRow,
  type LatchRow,
  toJoined,
  toLatch,
  toReceiptDue,
} from './journal-rows.js';

/**
 * @param identity public key; the journal of another one is refused
 * @throws BlindsumError JOURNAL_LOCKED, UNREADABLE_FILE, BAD_CONFIG
 */
export const openFileJournal = (path: string, identity: Uint8Array): Journal => openFile(path, identity);

/** A journal that is there, whoever it belongs to. @throws BlindsumError JOURNAL_LOCKED, UNREADABLE_FILE */
export function openExistingJournal(path: string): Journal {
  if (!existsSync(path)) throw unreadable(path, 'no such journal');
  return openFile(path, null);
}

function openFile(path: string, identity: Uint8Array | null): Journal {
  const release = hold(path);
  try {
    const database = openDatabase(path);
    try {
      return journalOn(database, prepareOwner(database, path, identity), release);
    } catch (error) {
      database.close();
      throw error;
    }
  } catch (error) {
    release();
    throw error;
  }
}

function journalOn(database: Database.Database, identity: Uint8Array, release: () => void): Journal {
  const write = writer(database);
  const forks = (): ForkEntry[] =>
    (database.prepare('SELECT * FROM fork ORDER BY rowid').all() as Omit<ForkEntry, 'kind'>[]).map((row) => ({
      kind: 'fork',
      ...row,
    }));
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
      return bytes instanceof Uint8Array ? new Uint8Array(bytes) : null;
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
    async checkpoint(coordinator) {
      const note = database
        .prepare('SELECT note FROM checkpoint WHERE coordinator = ?')
        .pluck()
        .get(coordinator);
      return typeof note === 'string' ? note : null;
    },
    fork: async (coordinator) => forks().find((fork) => fork.coordinator === coordinator) ?? null,
    forks: async () => forks(),
    async removeFork(coordinator) {
      database.transaction(() => {
        database.prepare('DELETE FROM fork WHERE coordinator = ?').run(coordinator);
        database.prepare('DELETE FROM checkpoint WHERE coordinator = ?').run(coordinator);
      })();
    },
    async receipt(session) {
      const files = database.prepare('SELECT files FROM receipt WHERE session = ?').pluck().get(session);
      return files instanceof Uint8Array ? decodeReceipt(files) : null;
    },
    async receipts() {
      const sessions = database
        .prepare('SELECT session FROM receipt WHERE files IS NOT NULL ORDER BY rowid')
        .pluck();
      return sessions.all() as string[];
    },
    async receiptsDue(task) {
      const rows = database
        .prepare(
          `SELECT joined.* FROM joined JOIN receipt USING (session)
           WHERE task = coalesce(?, task) AND files IS NULL ORDER BY number`,
        )
        .all(task);
      return (rows as EndedRow[]).map(toReceiptDue);
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
  const checkpoint = database.prepare('INSERT OR REPLACE INTO checkpoint VALUES (?, ?)');
  const fork = database.prepare('INSERT OR IGNORE INTO fork VALUES (@coordinator, @session, @seen, @shown)');
  const receipt = database.prepare(
    `INSERT INTO receipt VALUES (?, ?)
     ON CONFLICT (session) DO UPDATE SET files = excluded.files WHERE files IS NULL`,
  );
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
      case 'checkpoint':
        checkpoint.run(entry.coordinator, entry.note);
        break;
      case 'fork':
        fork.run(entry);
        break;
      case 'receipt':
        receipt.run(entry.session, entry.files === null ? null : encodeReceipt(entry.files));
        break;
    }
  };
}
