// What `store check` finds in the trees of sessions and in the log, also when they grow between two of its reads.
import { expect, test } from '@jest/globals';
import { merkleRoot } from '../../crypto/merkle.js';
import { compareLog, compareTrees } from '../../src/cli/store/check-sessions.js';
import { createMemoryStore } from '../../src/storage/memory.js';
import { storeWith } from '../helpers/store-with.js';
import { bytesOf, change, from, openSession } from '../storage/fixtures.js';

const FIRST = [bytesOf('opening leaf')];
const ALL = [...FIRST, bytesOf('leaf 1'), bytesOf('leaf 2')];
const treeOf = (leaves: readonly Uint8Array[]) => ({ size: leaves.length, root: merkleRoot(leaves) });

async function world() {
  const store = createMemoryStore({ now: () => 0 });
  const row = await openSession(store, { tree: treeOf(FIRST) });
  const close = () =>
    store.transition(row.id, from(row), change({ leaves: ALL.slice(1), tree: treeOf(ALL) }));
  return { store, row, close };
}

test('all leaves are there, one is missing, one is another, one is too many', async () => {
  const { store, row } = await world();
  const leafed = (leaves: Uint8Array[]) =>
    compareTrees(storeWith(store, { readLeaves: () => Promise.resolve(leaves) }));
  expect(await compareTrees(store)).toMatchObject([{ status: 'ok', message: '1, each with all its leaves' }]);
  expect(await leafed([])).toMatchObject([
    { status: 'fail', message: expect.stringMatching(`^${row.id}: 0 leaves of 1`) },
  ]);
  expect(await leafed([bytesOf('other')])).toMatchObject([
    { status: 'fail', message: expect.stringContaining('not those that were signed') },
  ]);
  expect(await leafed(ALL)).toMatchObject([
    { status: 'fail', message: expect.stringContaining('3 leaves of 1') },
  ]);
});

test('a round that closes between the row of a session and its leaves is no damage', async () => {
  const { store, close } = await world();
  const busy = storeWith(store, {
    async readLeaves(id) {
      await close();
      return store.readLeaves(id);
    },
  });
  expect(await compareTrees(busy)).toMatchObject([{ status: 'ok' }]);
});

test('the log has every session that ended, as it ended: or an entry is gone, is another, or is one of somebody else', async () => {
  const store = createMemoryStore();
  const rows = [await openSession(store), await openSession(store), await openSession(store)];
  const end = (row: (typeof rows)[0]) =>
    store.transition(row.id, from(row), change({ to: 'closed', tree: treeOf(ALL) }));
  for (const row of rows.slice(1)) await end(row);
  expect(await compareLog(store)).toMatchObject([
    { status: 'ok', message: '2 entries, one for each session that ended' },
  ]);
  const log = await store.readLog(0, 2);
  const having = (entries: Uint8Array[]) =>
    compareLog(storeWith(store, { readLog: () => Promise.resolve(entries) }));
  const missing = {
    status: 'fail',
    message: expect.stringContaining('does not have its end as it was signed'),
  };
  expect(await having(log.slice(0, 1))).toMatchObject([
    missing,
    { status: 'fail', message: expect.stringContaining('1 entries of 2, for 2 ended sessions') },
  ]);
  expect(await having([log[1]!, log[0]!])).toMatchObject([missing, missing]);
  const unlogged = storeWith(store, { findLogged: () => Promise.resolve(null) });
  expect(await compareLog(unlogged)).toMatchObject([missing, missing]);
  // A session that ends between two of the reads is no damage.
  const busy = storeWith(store, {
    async logSize() {
      await end(rows[0]!);
      return store.logSize();
    },
  });
  expect(await compareLog(busy)).toMatchObject([{ status: 'ok' }]);
});
