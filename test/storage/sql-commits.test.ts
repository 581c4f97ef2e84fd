// How uploads reach the running sum in the SQL stores: in groups, all or none of each, and never over a sum that
// somebody else has changed meanwhile.
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { sql } from 'kysely';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Store } from '../../src/storage/port.js';
import { Hints } from '../../src/storage/hints.js';
import type { Engine } from '../../src/storage/sql/engine.js';
import { createSqlStore } from '../../src/storage/sql/store.js';
import { SqliteConnection } from '../../src/storage/sqlite/connection.js';
import { sqliteDialect } from '../../src/storage/sqlite/dialect.js';
import { adder, countOf, input, party, sessionWithHeaders, tallied } from './fixtures.js';

let folder: string;
let store: Store;
/** Runs at the end of every transaction that changes a session, before it commits. */
let beforeCommit: () => void;
let commits: number;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'blindsum-commits-'));
  beforeCommit = () => undefined;
  commits = 0;
  const engine: Engine = {
    name: 'sqlite',
    dialect: sqliteDialect(await SqliteConnection.open(join(folder, 'store.sqlite'))),
    hints: new Hints(),
    clock: () => sql<number>`${Date.now()}`,
    async announce() {
      commits += 1;
      beforeCommit();
    },
    close: () => Promise.resolve(),
  };
  store = await createSqlStore(engine, { node: 'main' });
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const everybody = (count: number): string[] => Array.from({ length: count }, (_, i) => party(i));

test('uploads that come at once are committed together', async () => {
  const row = await sessionWithHeaders(store, 40);
  const sums = adder(40);
  commits = 0;
  const outcomes = await Promise.all(
    everybody(40).map((_, i) => store.commitInput(row.id, input(i, 40), sums)),
  );
  expect(countOf(outcomes, 'stored')).toBe(40);
  expect(commits).toBeLessThanOrEqual(4);
  expect(tallied(await store.readSum(row.id, sums))).toEqual(everybody(40));
});

test('one that does not fold is refused alone; those that came with it are in the sum', async () => {
  const row = await sessionWithHeaders(store, 5);
  const sums = adder(5);
  const settled = await Promise.allSettled(
    everybody(5).map((_, i) =>
      store.commitInput(row.id, i === 3 ? { ...input(3, 5), upload: new Uint8Array(4) } : input(i, 5), sums),
    ),
  );
  expect(settled.map(({ status }) => status === 'rejected')).toEqual([false, false, false, true, false]);
  const others = everybody(5).filter((_, i) => i !== 3);
  expect(tallied(await store.readSum(row.id, sums))).toEqual(others);
  expect(await store.readInputs(row.id)).toEqual(others);
  expect(await store.commitInput(row.id, input(3, 5), sums)).toBe('stored');
});

test('a commit that fails leaves nothing, and the sum in memory is not taken for the stored one', async () => {
  const row = await sessionWithHeaders(store, 3);
  const sums = adder(3);
  await store.commitInput(row.id, input(0, 3), sums);
  beforeCommit = () => {
    throw new Error('the disk is full');
  };
  await expect(store.commitInput(row.id, input(1, 3), sums)).rejects.toThrow('the disk is full');
  expect(await store.readInputs(row.id)).toEqual([party(0)]);
  beforeCommit = () => undefined;
  expect(await store.commitInput(row.id, input(2, 3), sums)).toBe('stored');
  expect(await store.commitInput(row.id, input(1, 3), sums)).toBe('stored');
  expect(tallied(await store.readSum(row.id, sums))).toEqual(everybody(3));
});

test('a group whose commit fails once is tried again one by one', async () => {
  const row = await sessionWithHeaders(store, 6);
  const sums = adder(6);
  let fails = 1;
  beforeCommit = () => {
    if (fails-- > 0) throw new Error('the connection was lost');
  };
  // The first goes alone; the others wait for it and are a group.
  const outcomes = await Promise.allSettled(
    everybody(6).map((_, i) => store.commitInput(row.id, input(i, 6), sums)),
  );
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(6);
  expect(tallied(await store.readSum(row.id, sums))).toEqual(everybody(6));
});
