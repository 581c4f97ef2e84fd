/**
 * SQLite in a thread of its own: a commit of a long vector blocks for as long as the disk takes. Messages are
 * { id, sql, parameters }, answered in order by { id, rows, changes } or { id, error }.
 */
import { parentPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';

export interface Request {
  readonly id: number;
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

/** The last message: the file is closed, and the thread ends. */
export interface Close {
  readonly close: true;
}

export interface Reply {
  readonly id: number;
  readonly rows?: readonly unknown[];
  readonly changes?: number;
  readonly error?: { readonly message: string; readonly code: string };
}

/** The first message: null when the file is open. */
export type Opened = { readonly opened: null | { readonly message: string; readonly code: string } };

const KEPT_STATEMENTS = 200;
/** SQLite's number for synchronous=FULL. */
const FULL = 2;

function open(path: string): Database.Database {
  const database = new Database(path, { timeout: 0 });
  try {
    // Before the first access: then the lock is kept until the file is closed, and no second process can open it.
    database.pragma('locking_mode = EXCLUSIVE');
    const mode: unknown = database.pragma('journal_mode = WAL', { simple: true });
    database.pragma('synchronous = FULL');
    // What a purge deletes is overwritten, not only forgotten.
    database.pragma('secure_delete = ON');
    if (mode !== 'wal' || database.pragma('synchronous', { simple: true }) !== FULL)
      throw new Error(
        'SQLite does not write through to the disk here: journal_mode=WAL, synchronous=FULL are needed',
      );
    database.exec('BEGIN EXCLUSIVE; COMMIT;');
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

const textOf = (error: unknown): { message: string; code: string } => {
  const { message, code } = error as { message?: unknown; code?: unknown };
  return { message: String(message ?? error), code: typeof code === 'string' ? code : 'UNKNOWN' };
};

function serve(port: NonNullable<typeof parentPort>, database: Database.Database): void {
  const statements = new Map<string, Database.Statement>();
  const prepared = (sql: string): Database.Statement => {
    const found = statements.get(sql) ?? database.prepare(sql);
    if (statements.size >= KEPT_STATEMENTS) statements.clear();
    statements.set(sql, found);
    return found;
  };
  port.on('message', (message: Request | Close) => {
    if ('close' in message) {
      database.close();
      port.close();
      return;
    }
    const { id, sql, parameters } = message;
    try {
      const statement = prepared(sql);
      const reply: Reply = statement.reader
        ? { id, rows: statement.all(...parameters) }
        : { id, changes: statement.run(...parameters).changes };
      port.postMessage(reply);
    } catch (error) {
      port.postMessage({ id, error: textOf(error) } satisfies Reply);
    }
  });
}

if (parentPort !== null) {
  try {
    const database = open((workerData as { path: string }).path);
    serve(parentPort, database);
    parentPort.postMessage({ opened: null } satisfies Opened);
  } catch (error) {
    parentPort.postMessage({ opened: textOf(error) } satisfies Opened);
    parentPort.close();
  }
}
