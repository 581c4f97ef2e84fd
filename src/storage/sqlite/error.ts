/**
 * What SQLite said, and what to do about it when the disk is to blame: SQLite says "disk I/O error" or "attempt to write a
 * readonly database" and keeps to itself why, so the folder is asked again.
 */
import { accessSync, constants } from 'node:fs';
import { dirname } from 'node:path';

/** With its code (SQLITE_FULL, SQLITE_BUSY, …). */
export class SqliteError extends Error {
  override readonly name = 'SqliteError';
  constructor(
    message: string,
    readonly code: string,
  ) {
    super(message);
  }
}

const DISK = /^SQLITE_(FULL|IOERR|READONLY|CANTOPEN|PERM)/;

/** @param path the file that was to be written */
export function sqliteError(path: string, { message, code }: { message: string; code: string }): SqliteError {
  return new SqliteError(DISK.test(code) ? `${message}: ${adviceOn(path, code)}` : message, code);
}

function adviceOn(path: string, code: string): string {
  const folder = dirname(path);
  if (code === 'SQLITE_FULL') return `make room on the disk of ${folder}`;
  const refusal = refusalOf(folder, constants.W_OK | constants.X_OK) ?? refusalOf(path, constants.W_OK);
  return refusal === null
    ? `the disk of ${folder} does not take what is written; the system's log says why`
    : `${refusal}: ${letItWrite(folder)}`;
}

export const letItWrite = (folder: string): string =>
  `let the user that runs the coordinator write to ${folder}`;

/** In the words of the operating system; null when it does not refuse. */
function refusalOf(path: string, mode: number): string | null {
  try {
    accessSync(path, mode);
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}
