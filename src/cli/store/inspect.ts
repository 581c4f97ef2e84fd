/** What `doctor` and `store check` say of the store before it is opened. Nothing is changed or made. */
import { SCHEMA_VERSION } from '../../storage/sql/migrate.js';
import { type Check, fail, ok, warn } from '../doctor/checks.js';
import { describeStore, sqliteFile, type StoreConfig } from './open.js';

const CLOCK_MS = 2000;

/** @param thorough for `store check`: read a SQLite file as a whole; what cannot be read as it is counts as a failure */
export async function inspectStore(config: StoreConfig, thorough = false): Promise<Check[]> {
  switch (config.kind) {
    case 'memory':
      return [warn('store', 'sessions end with the process: for trying out only')];
    case 'sqlite': {
      const { inspectSqlite } = await import('../../storage/sqlite/inspect.js');
      const path = sqliteFile(config.folder);
      const { state, version, problems } = inspectSqlite(path, thorough);
      if (state === 'absent')
        return [thorough ? fail('store', `${path}: no such file`) : ok('store', `${path} will be made`)];
      if (state === 'locked') {
        const text = `${path} is in use by a running coordinator`;
        const advice = 'stop it first, or check a restored copy that store backup makes';
        return [thorough ? fail('store', `${text}: ${advice}`) : ok('store', text)];
      }
      return [
        ...problems.map((problem) => fail('store', `${path} is damaged: ${problem}; restore a backup`)),
        ...(thorough && problems.length === 0 ? [ok('store', `${path} is whole`)] : []),
        schema(path, version, thorough),
      ];
    }
    case 'postgres': {
      const { inspectPostgres } = await import('../../storage/postgres/inspect.js');
      const found = await inspectPostgres(config.url);
      const { server, version, unsafe, synchronousStandbys, clockMs } = found;
      return [
        schema(`${describeStore(config)} (PostgreSQL ${server})`, version, thorough),
        ...unsafe.map((name) =>
          fail('store', `${name} = off: what is acknowledged could be lost; turn it on`),
        ),
        synchronousStandbys > 0
          ? ok('store', `commits wait for ${synchronousStandbys} synchronous standby`)
          : warn('store', 'no synchronous standby: what is acknowledged is on one machine only'),
        Math.abs(clockMs) > CLOCK_MS
          ? warn(
              'clock',
              `the database is ${Math.round(clockMs)} ms ahead of this machine: set the clocks by NTP`,
            )
          : ok('clock', `of the database and of this machine: ${Math.abs(clockMs)} ms apart`),
      ];
    }
  }
}

function schema(what: string, version: number, thorough: boolean): Check {
  if (version > SCHEMA_VERSION)
    return fail('store', `${what}: schema ${version}, of a later version of blindsum: use that one`);
  if (version === SCHEMA_VERSION) return ok('store', `${what}: schema ${version}`);
  if (thorough)
    return fail('store', `${what}: schema ${version}, not ${SCHEMA_VERSION}: blindsum store migrate first`);
  return ok(
    'store',
    `${what}: schema ${version}, which serve, or blindsum store migrate, brings to ${SCHEMA_VERSION}`,
  );
}
