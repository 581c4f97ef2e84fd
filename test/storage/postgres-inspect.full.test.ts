/** What `doctor` and `store check` see of a PostgreSQL database, before and after it has a schema. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { inspectStore } from '../../src/cli/store/inspect.js';
import { createPostgresStore } from '../../src/storage/postgres/index.js';
import { inspectPostgres } from '../../src/storage/postgres/inspect.js';
import { SCHEMA_VERSION } from '../../src/storage/sql/migrate.js';
import { type Postgres, startPostgres } from '../helpers/postgres.js';

let postgres: Postgres;
beforeAll(async () => {
  postgres = await startPostgres({ synchronous_commit: 'off' });
});
afterAll(() => postgres.dispose());

test('schema, durability, standbys and clock', async () => {
  const url = await postgres.createDatabase();
  const found = await inspectPostgres(url);
  expect(found).toMatchObject({ version: 0, unsafe: ['synchronous_commit'], synchronousStandbys: 0 });
  expect(Math.abs(found.clockMs)).toBeLessThan(2000);
  const safe = `${url}?options=-c%20synchronous_commit%3Don`;
  await (await createPostgresStore({ url: safe, node: 'one' })).close();
  expect(await inspectPostgres(safe)).toMatchObject({ version: SCHEMA_VERSION, unsafe: [] });
  const checks = await inspectStore({ kind: 'postgres', url });
  expect(checks.map(({ status }) => status)).toEqual(['ok', 'fail', 'warn', 'ok']);
});
