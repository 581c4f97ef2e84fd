/** A real PostgreSQL server; the scripts use it too. */
import { statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { type Postgres, startPostgres as start } from '../../scripts/lib/postgres.mjs';

export { type Postgres, query } from '../../scripts/lib/postgres.mjs';

const MEMORY = '/dev/shm';
const ROOM = 2 ** 31;

/**
 * Its data is in memory where there is room for it: it is flushed as always, but a disk need not be waited for. What is
 * killed here is the server, never the machine.
 */
export const startPostgres = (settings: Readonly<Record<string, string>> = {}): Promise<Postgres> =>
  start(settings, hasRoom() ? MEMORY : tmpdir());

function hasRoom(): boolean {
  try {
    const { bavail, bsize } = statfsSync(MEMORY);
    return bavail * bsize > ROOM;
  } catch {
    return false;
  }
}
