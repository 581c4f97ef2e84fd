/**
 * A SQLite file from outside, without a store: its version, whether it is whole, a copy of it. Nothing is changed, and
 * while a coordinator has the file open nothing is seen either.
 */
import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';

export interface SqliteState {
  /** locked: a coordinator has it open. */
  readonly state: 'absent' | 'locked' | 'readable';
  /** Of the schema; 0 for a file without one. */
  readonly version: number;
  /** What SQLite's integrity check found; empty when all is well, or when it was not asked. */
  readonly problems: readonly string[];
}

/** @param thorough read the whole file @throws SqliteError of better-sqlite3 for what is no database */
export function inspectSqlite(path: string, thorough: boolean): SqliteState {
  if (!existsSync(path)) return { state: 'absent', version: 0, problems: [] };
  const database = new Database(path, { readonly: true, timeout: 0 });
  try {
    const tables = database.prepare(`SELECT name FROM sqlite_master WHERE name = 'schema_version'`).all();
    const row =
      tables.length === 0 ? undefined : database.prepare('SELECT version FROM schema_version').get();
    const found = thorough ? (database.pragma('integrity_check') as { integrity_check: string }[]) : [];
    return {
      state: 'readable',
      version: (row as { version: number } | undefined)?.version ?? 0,
      problems: found.map(({ integrity_check: text }) => text).filter((text) => text !== 'ok'),
    };
  } catch (error) {
    if (isBusy(error)) return { state: 'locked', version: 0, problems: [] };
    throw error;
  } finally {
    database.close();
  }
}

/** Page by page, the WAL included. @returns false when a coordinator has the file open */
export async function copySqlite(from: string, to: string): Promise<boolean> {
  const database = new Database(from, { readonly: true, timeout: 0 });
  try {
    // SQLite copies nothing, and says nothing, when it may not read.
    database.prepare('SELECT count(*) FROM sqlite_master').get();
    await database.backup(to);
    return true;
  } catch (error) {
    if (isBusy(error)) return false;
    throw error;
  } finally {
    database.close();
  }
}

const isBusy = (error: unknown): boolean =>
  /^SQLITE_(BUSY|LOCKED)/.test(String((error as { code?: unknown }).code));
