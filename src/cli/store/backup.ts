/** A copy of the store that can be restored: what was acknowledged before it was begun is in it. */
import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, rmSync } from 'node:fs';
import { BlindsumError, refuse } from '../../protocol/errors.js';
import { requestBackup } from './handover.js';
import { usage } from '../errors.js';
import { sqliteFile, type StoreConfig } from './open.js';
import { hasPassword, splitPassword } from './url.js';

const HANDOVER_MS = 10 * 60_000;

/** @throws BlindsumError USAGE when `out` exists; STORE_FAILED, DEADLINE, MISSING_PACKAGE, UNREADABLE_FILE */
export async function backupStore(store: StoreConfig, out: string): Promise<void> {
  if (existsSync(out)) usage(`${out}: exists already; nothing is written over it`);
  // Others on this machine may not read it at any time.
  closeSync(openSync(out, 'wx', 0o600));
  try {
    if (store.kind === 'sqlite') await backupSqlite(store.folder, out);
    else if (store.kind === 'postgres') await dump(store.url, out);
  } catch (error) {
    rmSync(out, { force: true });
    throw error;
  }
}

async function backupSqlite(folder: string, out: string): Promise<void> {
  const path = sqliteFile(folder);
  if (!existsSync(path)) refuse('UNREADABLE_FILE', 'caller', `${path}: no such file`);
  const { copySqlite, inspectSqlite } = await import('../../storage/sqlite/inspect.js');
  if (!(await copySqlite(path, out))) await requestBackup(folder, out, HANDOVER_MS);
  // Found now rather than when it is needed.
  const { version, problems } = inspectSqlite(out, true);
  if (version === 0 || problems.length > 0)
    refuse('STORE_FAILED', 'environment', `the copy is not whole: ${problems[0] ?? 'it is empty'}`);
}

/** The password goes by the environment: flags of a process can be seen. */
function dump(storeUrl: string, out: string): Promise<void> {
  const { url, password } = splitPassword(storeUrl);
  if (hasPassword(url))
    refuse(
      'BAD_CONFIG',
      'caller',
      'store: pg_dump can be told no sslpassword in secret; use a key without one',
    );
  const child = spawn('pg_dump', ['--format=custom', '--no-owner', `--file=${out}`, `--dbname=${url}`], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...(password === null ? {} : { PGPASSWORD: password }) },
  });
  let said = '';
  child.stderr.on('data', (data: Buffer) => (said += data.toString()));
  return new Promise((resolve, reject) => {
    child.once('error', (cause) =>
      reject(
        new BlindsumError(
          'MISSING_PACKAGE',
          'environment',
          `pg_dump is needed (${cause.message}): install PostgreSQL's client programs, or run elsewhere: pg_dump --format=custom --file=${out} DATABASE, and to restore: pg_restore --dbname=DATABASE ${out}`,
          { cause },
        ),
      ),
    );
    child.once('close', (code) =>
      code === 0
        ? resolve()
        : reject(
            new BlindsumError('STORE_FAILED', 'environment', `pg_dump exited with ${code}: ${said.trim()}`),
          ),
    );
  });
}
