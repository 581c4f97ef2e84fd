import { expect, test } from '@jest/globals';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { CompiledQuery, Kysely } from 'kysely';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { RETENTION_LEASE } from '../../src/storage/port.js';
import { SqliteConnection } from '../../src/storage/sqlite/connection.js';
import { sqliteDialect } from '../../src/storage/sqlite/dialect.js';
import { createSqliteStore } from '../../src/storage/sqlite/index.js';
import { adder, bytesOf, change, from, header, input, openSession, party, record } from './fixtures.js';
import { sessionWithHeaders, takenBy } from './fixtures.js';
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
  const ended = await sessionWithHeaders(first, 1);
  await first.commitInput(ended.id, { ...input(0, 3), keep: true }, adder(3));
  await first.transition(ended.id, from(ended), change({ to: 'closed' }));
  const cosignature = { size: 1, witness: 'witness', line: '— witness line' };
  await first.putCosignature(cosignature);
  const log = await first.readLog(0, 10);
  await expect(createSqliteStore({ path })).rejects.toMatchObject({ code: 'STORE_LOCKED' });
  await first.close();
  const again = await createSqliteStore({ path });
  expect(await again.getSession(row.id)).toEqual(row);
  expect(log).toHaveLength(1);
  expect(await again.readLog(0, 10)).toEqual(log);
  expect(await again.findLogged(ended.id)).toEqual({ index: 0, entry: log[0] });
  expect(await again.readCosignatures(1)).toEqual([cosignature]);
  expect(await again.readUpload(ended.id, party(0))).toEqual(input(0, 3).upload);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  // Who had it before gave nothing up.
  expect(await takenBy(again)).toEqual({ [row.id]: true, [RETENTION_LEASE]: false });
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

test('what is purged is overwritten: no share and no sum is left in the file or beside it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'blindsum-sqlite-'));
  const path = join(folder, 'store.sqlite');
  let store = await createSqliteStore({ path });
  const row = await openSession(store, { phase: 'r2' });
  const [share, upload] = [bytesOf('share', 200), bytesOf('upload', 20_000)];
  await store.putRecord(row.id, 'r2', record({ kind: 'r1', attachment: share }));
  // From here on it is in the file, and what comes later beside it.
  await store.close();
  store = await createSqliteStore({ path });
  await store.putRecord(row.id, 'r2', header(0));
  const { sender, signed } = header(0);
  await store.commitInput(row.id, { sender, signed, upload }, adder(upload.length / 4));
  await store.transition(row.id, from(row), change({ to: 'aborted' }));
  const files = [path, `${path}-wal`];
  const found = (wanted: Uint8Array): string[] =>
    files.filter((file) => existsSync(file) && readFileSync(file).includes(Buffer.from(wanted)));
  // Pieces, because long values lie in several pages.
  const pieces = [share.subarray(100, 150), upload.subarray(10_000, 10_050)];
  expect(pieces.map((piece) => found(piece).length > 0)).toEqual([true, true]);
  await store.purge(row.id);
  expect(pieces.flatMap(found)).toEqual([]);
  await store.close();
  expect(pieces.flatMap(found)).toEqual([]);
  rmSync(folder, { recursive: true, force: true });
});

test('at no time may others read a backup', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'blindsum-sqlite-'));
  const store = await createSqliteStore({ path: join(folder, 'store.sqlite') });
  await store.putBlob('aa', new Uint8Array(8_000_000));
  const copy = join(folder, 'copy.sqlite');
  const modes = new Set<number>();
  let isDone = false;
  const made = store.backup(copy).finally(() => (isDone = true));
  while (!isDone) {
    if (existsSync(copy)) modes.add(statSync(copy).mode & 0o777);
    await nextTurn();
  }
  await made;
  expect(statSync(copy).size).toBeGreaterThan(8_000_000);
  expect([...modes]).toEqual([0o600]);
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

test('a transaction for which there is no room says so and what to do, not that there is nothing left to undo', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'blindsum-sqlite-'));
  const db = new Kysely({
    dialect: sqliteDialect(await SqliteConnection.open(join(folder, 'store.sqlite'))),
  });
  const run = (text: string, on: Pick<typeof db, 'executeQuery'> = db) =>
    on.executeQuery(CompiledQuery.raw(text));
  await run('CREATE TABLE t (x BLOB)');
  await run('PRAGMA max_page_count = 4');
  const failed = db.transaction().execute(async (tx) => {
    await run('INSERT INTO t VALUES (1)', tx);
    await run('INSERT INTO t VALUES (zeroblob(100000))', tx);
  });
  await expect(failed).rejects.toMatchObject({
    code: 'SQLITE_FULL',
    message: `database or disk is full: make room on the disk of ${folder}`,
  });
  await run('PRAGMA max_page_count = 1000');
  expect((await run('SELECT * FROM t')).rows).toEqual([]);
  await db.destroy();
  rmSync(folder, { recursive: true, force: true });
});
