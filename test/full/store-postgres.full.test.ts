/** `store check` and `store migrate` on a real PostgreSQL: before there is a schema, beside a coordinator, after damage. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SCHEMA_VERSION } from '../../src/storage/sql/migrate.js';
import { type DevCoordinator, run, runJson, serveDev } from '../helpers/cli.js';
import { allWait, contribute, createSumTask, NAMES, sumsOf } from '../helpers/contributors.js';
import { type Postgres, query, startPostgres } from '../helpers/postgres.js';

let postgres: Postgres;
let folder: string;
let url: string;
let coordinator: DevCoordinator | undefined;
beforeAll(async () => {
  postgres = await startPostgres();
  folder = await mkdtemp(join(tmpdir(), 'blindsum-store-postgres-'));
  url = await postgres.createDatabase();
  const config = `store: ${url}\ncoordinatorKey: coordinator.key\norganiser: organiser.pub\n`;
  await writeFile(join(folder, 'blindsum.yaml'), config);
});
afterAll(async () => {
  await coordinator?.stop();
  await postgres.dispose();
  await rm(folder, { recursive: true, force: true });
});

const store = async (command: string): Promise<readonly [number | null, string]> => {
  const { code, stdout, stderr } = await run(['store', command, '--config', 'blindsum.yaml'], {
    cwd: folder,
  });
  return [code, stdout + stderr];
};
const tables = () => query(url, `SELECT 1 FROM pg_tables WHERE schemaname = 'public'`);

test('an empty database: check makes nothing and says what to do, migrate makes the schema', async () => {
  expect(await store('check')).toEqual([
    1,
    expect.stringContaining(`schema 0, not ${SCHEMA_VERSION}: blindsum store migrate first`),
  ]);
  expect(await tables()).toEqual([]);
  expect(await store('migrate')).toEqual([0, expect.stringContaining(`: schema ${SCHEMA_VERSION}`)]);
  expect(await store('migrate')).toEqual([0, expect.stringContaining(`: schema ${SCHEMA_VERSION}`)]);
  expect(await store('check')).toEqual([0, expect.stringContaining('sessions: 0, each with all its leaves')]);
});

test('beside a coordinator: a session that runs and one that ended; then a leaf is gone', async () => {
  coordinator = await serveDev(folder, ['--store', url]);
  const place = { cwd: folder, env: coordinator.env };
  const taskId = await createSumTask(
    NAMES.map((_, index) => [index, 1]),
    place,
  );
  const ended = NAMES.map((name) => contribute(name, taskId, place));
  await allWait(ended);
  await runJson(['session', 'open', '--task', taskId, '--join', '10m', '--round', '5m'], place);
  expect(await store('check')).toEqual([0, expect.stringContaining('sessions: 1, each with all its leaves')]);
  expect(await sumsOf(ended, place)).toEqual(NAMES.map(() => [3, 3]));
  expect(await store('check')).toEqual([0, expect.stringContaining('sessions: 1, each with all its leaves')]);

  await query(url, 'DELETE FROM leaf WHERE position = 1');
  expect(await store('check')).toEqual([1, expect.stringMatching(/leaves of \d+; restore a backup/)]);
});

test('data of a later version are left alone', async () => {
  await query(url, 'UPDATE schema_version SET version = 99');
  expect(await store('check')).toEqual([1, expect.stringContaining('schema 99, of a later version')]);
  expect(await store('migrate')).toEqual([3, expect.stringContaining('use a newer one')]);
  expect(await query(url, 'SELECT version FROM schema_version')).toEqual([{ version: 99 }]);
});
