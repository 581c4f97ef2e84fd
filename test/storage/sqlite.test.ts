import { expect, test } from '@jest/globals';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteConnection } from '../../src/storage/sqlite/connection.js';
import { createSqliteStore } from '../../src/storage/sqlite/index.js';
import { change, from, openSession, record } from './fixtures.js';
import { storeConformance } from './conformance/index.js';

storeConformance('sqlite', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'blindsum-sqlite-'));
  const store = await createSqliteStore({ path: join(folder, 'store.sqlite') });
  return {
    store,
    dispose: async () => {
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
});

test('what was stored is there after the file was closed and opened again; meanwhile nobody else opens it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'blindsum-sqlite-'));
  const path = join(folder, 'store.sqlite');
  const first = await createSqliteStore({ path });
  const row = await openSession(first);
  await expect(createSqliteStore({ path })).rejects.toMatchObject({ code: 'STORE_LOCKED' });
  await first.close();
  const again = await createSqliteStore({ path });
  expect(await again.getSession(row.id)).toEqual(row);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  await again.close();
  rmSync(folder, { recursive: true, force: true });
});

test('a file that is no store, or was written by a later version, is refused and left as it is', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'blindsum-sqlite-'));
  const other = join(folder, 'letter.txt');
  writeFileSync(other, 'not a database, and longer than the header of one would be '.repeat(20));
  await expect(createSqliteStore({ path: other })).rejects.toMatchObject({ code: 'UNREADABLE_FILE' });
  const path = join(folder, 'store.sqlite');
  await (await createSqliteStore({ path })).close();
  const connection = await SqliteConnection.open(path);
  await connection.run('UPDATE schema_version SET version = 999');
  await connection.close();
  await expect(createSqliteStore({ path })).rejects.toMatchObject({
    code: 'UNREADABLE_FILE',
    message: expect.stringContaining('use a newer one') as unknown,
  });
  rmSync(folder, { recursive: true, force: true });
});

test('what a purge deletes is not left in the file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'blindsum-sqlite-'));
  const path = join(folder, 'store.sqlite');
  const store = await createSqliteStore({ path });
  const row = await openSession(store, { phase: 'r1' });
  const secret = 'a share that nobody is to find again '.repeat(3);
  const attachment = new TextEncoder().encode(secret);
  await store.putRecord(row.id, 'r1', record({ kind: 'r1', attachment }));
  await store.transition(row.id, from(row), change({ to: 'aborted' }));
  await store.purge(row.id);
  await store.close();
  for (const file of readdirSync(folder))
    expect(readFileSync(join(folder, file)).includes(secret)).toBe(false);
  rmSync(folder, { recursive: true, force: true });
});
