import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import type { Store } from '../../src/storage/port.js';
import { createPostgresStore } from '../../src/storage/postgres/index.js';
import { type Postgres, query, startPostgres } from '../helpers/postgres.js';
import { storeConformance } from './conformance/index.js';
import { adder, change, from, header, input, openSession, sessionWithHeaders, tallied } from './fixtures.js';
import { party } from './fixtures.js';
import { expectLogOfEnded, expectVersion1, MORE_ENDED } from './version-1.js';

let server: Postgres;
let conforming: string;
beforeAll(async () => {
  server = await startPostgres({ max_connections: '100' });
  conforming = await server.createDatabase();
});
afterAll(() => server.dispose());

storeConformance('postgres', async () => {
  const store = await createPostgresStore({ url: conforming, node: 'a' });
  return {
    store,
    dispose: async () => {
      await store.close();
      // As good as a new database, and much quicker.
      await query(conforming, 'DROP SCHEMA public CASCADE; CREATE SCHEMA public');
    },
  };
});

describe('two nodes on one PostgreSQL', () => {
  test('sum what both folded, and count what was sent to both once', async () => {
    const url = await server.createDatabase();
    const [a, b] = [
      await createPostgresStore({ url, node: 'a' }),
      await createPostgresStore({ url, node: 'b' }),
    ];
    const row = await sessionWithHeaders(a, 6);
    const sums = adder(6);
    const outcomes = await Promise.all(
      [0, 1, 2, 3, 4, 5].flatMap((i) => [
        a.commitInput(row.id, input(i, 6), sums),
        b.commitInput(row.id, input(i, 6), sums),
      ]),
    );
    expect(outcomes.filter((outcome) => outcome === 'stored')).toHaveLength(6);
    expect(outcomes.filter((outcome) => outcome === 'same')).toHaveLength(6);
    expect(tallied(await b.readSum(row.id, sums))).toEqual([0, 1, 2, 3, 4, 5].map(party));
    expect(await a.readInputs(row.id)).toEqual([0, 1, 2, 3, 4, 5].map(party));
    await Promise.all([a.close(), b.close()]);
  });

  test('under one name by mistake: neither writes over what the other added', async () => {
    const url = await server.createDatabase();
    const [a, b] = [
      await createPostgresStore({ url, node: 'a' }),
      await createPostgresStore({ url, node: 'a' }),
    ];
    const row = await sessionWithHeaders(a, 6);
    const sums = adder(6);
    for (const i of [0, 1, 2, 3, 4, 5]) {
      expect(await (i % 2 === 0 ? a : b).commitInput(row.id, input(i, 6), sums)).toBe('stored');
    }
    expect(tallied(await a.readSum(row.id, sums))).toEqual([0, 1, 2, 3, 4, 5].map(party));
    await Promise.all([a.close(), b.close()]);
  });

  test('close a round once, and tell each other of it', async () => {
    const url = await server.createDatabase();
    const [a, b] = [
      await createPostgresStore({ url, node: 'a' }),
      await createPostgresStore({ url, node: 'b' }),
    ];
    const row = await openSession(a, { phase: 'r2' });
    const heard = new Promise((resolve) => b.watch(resolve));
    await a.putRecord(row.id, 'r2', header(0));
    expect(await heard).toEqual({ taskId: row.taskId, sessionId: row.id });
    const done = await Promise.all([
      a.transition(row.id, from(row), change()),
      b.transition(row.id, from(row), change()),
    ]);
    expect(done.sort()).toEqual([false, true]);
    await Promise.all([a.close(), b.close()]);
  });
});

test('a server that goes away and comes back: what was acknowledged is there, and the store goes on', async () => {
  const own = await startPostgres();
  const store = await createPostgresStore({ url: own.url, node: 'a' });
  const row = await sessionWithHeaders(store, 3);
  const sums = adder(3);
  await store.commitInput(row.id, input(0, 3), sums);
  await own.stop('immediate');
  await expect(store.commitInput(row.id, input(1, 3), sums)).rejects.toThrow();
  await own.start();
  expect(await store.commitInput(row.id, input(1, 3), sums)).toBe('stored');
  expect(await store.commitInput(row.id, input(0, 3), sums)).toBe('same');
  expect(tallied(await store.readSum(row.id, sums))).toEqual([0, 1].map(party));
  await store.close();
  await own.dispose();
});

/** @returns the url */
async function version1(more: readonly string[] = []): Promise<string> {
  const url = await server.createDatabase();
  const dump = readFileSync(new URL('./version-1.sql', import.meta.url), 'utf8');
  await query(
    url,
    dump
      .replaceAll(') STRICT', ')')
      .replaceAll('INTEGER', 'BIGINT')
      .replaceAll('BLOB', 'BYTEA')
      .replaceAll('TEXT', 'TEXT COLLATE "C"')
      .replaceAll(/X'([0-9a-f]*)'/g, String.raw`'\x$1'`),
  );
  for (const statement of more) await query(url, statement);
  return url;
}

test('a database of schema version 1 is migrated and keeps everything', async () => {
  const url = await version1();
  for (const node of ['a', 'b']) {
    const store = await createPostgresStore({ url, node });
    await expectVersion1(store, node === 'a', false);
    await store.releaseLeases();
    await store.close();
  }
});

test('what had ended before there was a log is logged once by nodes that start together', async () => {
  const url = await version1(MORE_ENDED);
  const stores = await Promise.all(['a', 'b'].map((node) => createPostgresStore({ url, node })));
  await expectLogOfEnded(stores[1] as Store);
  await Promise.all(stores.map((store) => store.close()));
});

test('every connection commits to the disk, also when its role was told otherwise later', async () => {
  const own = await startPostgres();
  const store = await createPostgresStore({ url: own.url, node: 'a', connections: 1 });
  await query(own.url, 'ALTER ROLE blindsum SET synchronous_commit = off');
  await query(own.url, 'CREATE TABLE seen (setting TEXT)');
  await query(
    own.url,
    `CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS
      $$BEGIN INSERT INTO seen VALUES (current_setting('synchronous_commit')); RETURN NEW; END$$`,
  );
  await query(own.url, 'CREATE TRIGGER see AFTER INSERT ON action FOR EACH ROW EXECUTE FUNCTION see()');
  // The connection that was open is gone; the next one gets what the role has now.
  await query(
    own.url,
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND usename = 'blindsum'`,
  );
  const act = () => store.recordAction({ actor: 'a', action: 'b', subject: '', detail: {} });
  await act().catch(act);
  expect(await query(own.url, 'SELECT setting FROM seen')).toEqual([{ setting: 'on' }]);
  await store.close();
  await expect(createPostgresStore({ url: own.url, node: 'b' })).rejects.toMatchObject({
    code: 'BAD_CONFIG',
    message: expect.stringContaining('synchronous_commit = off') as unknown,
  });
  await own.dispose();
});

test('a server without a standby that it waits for is used, with a warning', async () => {
  const warnings: string[] = [];
  const url = await server.createDatabase();
  const store = await createPostgresStore({ url, node: 'a', onWarning: (message) => warnings.push(message) });
  await store.close();
  expect(warnings).toEqual([expect.stringContaining('no synchronous standby')]);
});

test('a server that could lose what it acknowledged is refused', async () => {
  const lax = await startPostgres({ fsync: 'off' });
  await expect(createPostgresStore({ url: lax.url, node: 'a' })).rejects.toMatchObject({
    code: 'BAD_CONFIG',
    message: expect.stringContaining('fsync = off') as unknown,
  });
  await lax.dispose();
});
