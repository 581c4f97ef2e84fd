// Several nodes on one PostgreSQL: what they do to each other's leases and sums, also when one of them is dead, is only
// thought dead, or cannot know whether it committed.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createPostgresStore } from '../../src/storage/postgres/index.js';
import { RETENTION_LEASE, type Change, type Store } from '../../src/storage/port.js';
import { cuttingProxy } from '../helpers/cutting-proxy.js';
import { type Postgres, query, startPostgres } from '../helpers/postgres.js';
import {
  adder,
  change,
  from,
  input,
  openSession,
  party,
  sessionWithHeaders,
  takenBy,
  tallied,
} from './fixtures.js';

let server: Postgres;
let url: string;
let stores: Store[];
beforeAll(async () => {
  server = await startPostgres({ max_connections: '100' });
});
afterAll(() => server.dispose());
beforeEach(async () => {
  url = await server.createDatabase();
  stores = [];
});
afterEach(async () => {
  await Promise.all(stores.map((store) => store.close()));
});

async function node(name: string, at = url): Promise<Store> {
  const store = await createPostgresStore({ url: at, node: name });
  stores.push(store);
  return store;
}

const LEASE_MS = 60_000;
/** By the server's clock, its time is over. */
const die = async (store: Store): Promise<void> => {
  await store.renewLeases(1);
  await query(url, 'SELECT pg_sleep(0.01)');
};
const shards = async (): Promise<number> => (await query(url, 'SELECT 1 FROM shard')).length;
const sums = adder(8);
const commit = (store: Store, id: string, i: number) => store.commitInput(id, input(i, 8), sums);

describe('the log', () => {
  test('has one order for all nodes, no gap and no entry twice, whoever ends what at the same time', async () => {
    const nodes = [await node('a'), await node('b'), await node('c')];
    const rows = await Promise.all(Array.from({ length: 30 }, () => openSession(nodes[0] as Store)));
    let isEnding = true;
    const watched = nodes.map(async (store) => {
      let seen: readonly Uint8Array[] = [];
      while (isEnding) {
        // Asked in this order, no reader may find fewer entries than it was told.
        const size = await store.logSize();
        const now = await store.readLog(0, size);
        expect(now).toHaveLength(size);
        expect(now.slice(0, seen.length)).toEqual(seen);
        seen = now;
      }
    });
    const ends = await Promise.all(
      rows.flatMap((row) =>
        nodes.map((store, at) =>
          store.transition(row.id, from(row), change({ to: at === 0 ? 'closed' : 'aborted' })),
        ),
      ),
    );
    isEnding = false;
    await Promise.all(watched);
    expect(ends.filter(Boolean)).toHaveLength(rows.length);
    const [log, ...others] = await Promise.all(nodes.map((store) => store.readLog(0, 100)));
    for (const other of others) expect(other).toEqual(log);
    expect(log).toHaveLength(rows.length);
    const indices = await Promise.all(rows.map(async ({ id }) => (await nodes[1]?.findLogged(id))?.index));
    expect(indices.sort((a, b) => Number(a) - Number(b))).toEqual([...rows.keys()]);
  });
});

describe('leases', () => {
  test('a dead node holds nothing, and of many that reach for its leases each is taken once', async () => {
    const [a, b, c] = [await node('a'), await node('b'), await node('c')];
    for (const store of [a, b, c]) await store.renewLeases(LEASE_MS);
    const rows = await Promise.all(Array.from({ length: 20 }, () => openSession(a)));
    expect(await takenBy(b)).toEqual({ [RETENTION_LEASE]: false });
    await die(a);
    const taken = await Promise.all([b, c, b, c].map((store) => store.acquireLeases()));
    expect(
      taken
        .flat()
        .map(({ name }) => name)
        .sort(),
    ).toEqual(rows.map(({ id }) => id).sort());
    expect(taken.flat().every(({ isOrphan }) => isOrphan)).toBe(true);
    // It comes back, and is told.
    expect((await a.renewLeases(LEASE_MS)).held).toEqual([]);
    expect(await takenBy(a)).toEqual({});
  });

  test('what a node gives up is free at once, and the others hear of it', async () => {
    const [a, b] = [await node('a'), await node('b')];
    for (const store of [a, b]) await store.renewLeases(LEASE_MS);
    const { id, taskId } = await openSession(a);
    const heard = new Promise<Change>((resolve) =>
      b.watch((hint) => {
        if (hint.released) resolve(hint);
      }),
    );
    await a.releaseLeases();
    expect(await heard).toEqual({ taskId, sessionId: id, released: true });
    expect(await takenBy(b)).toEqual({ [id]: false, [RETENTION_LEASE]: false });
  });

  test('all times are those of the server, whatever the clocks of the nodes say', async () => {
    const a = await node('a');
    const real = Date.now;
    Date.now = () => real() + 3_600_000;
    try {
      const row = await openSession(a);
      await a.transition(row.id, from(row), change());
      const { nowMs } = await a.renewLeases(LEASE_MS);
      await a.recordAction({ actor: 'a', action: 'b', subject: '', detail: {} });
      const [action] = await a.listActions({ limit: 1 });
      const since = (await a.getSession(row.id))?.phaseSinceMs ?? 0;
      for (const ms of [nowMs, since, action?.atMs ?? 0]) expect(Math.abs(ms - real())).toBeLessThan(60_000);
    } finally {
      Date.now = real;
    }
  });
});

describe('sums', () => {
  test('the shard of a dead node is adopted: there are never more shards than living nodes', async () => {
    const first = await node('n0');
    const { id } = await sessionWithHeaders(first, 8);
    for (let i = 0; i < 8; i += 1) {
      const store = await node(`n${i + 1}`);
      await store.renewLeases(LEASE_MS);
      expect(await commit(store, id, i)).toBe('stored');
      expect(await shards()).toBe(1);
      await die(store);
    }
    expect(tallied(await first.readSum(id, sums))).toEqual([0, 1, 2, 3, 4, 5, 6, 7].map(party));
  });

  test('a living node that has a shard already adds the dead one to it', async () => {
    const [a, b] = [await node('a'), await node('b')];
    const { id } = await sessionWithHeaders(a, 4);
    expect(await commit(a, id, 0)).toBe('stored');
    expect(await commit(b, id, 1)).toBe('stored');
    expect(await shards()).toBe(2);
    await die(b);
    expect(await commit(a, id, 2)).toBe('stored');
    expect(await shards()).toBe(1);
    expect(await query(url, 'SELECT DISTINCT name FROM chunk')).toHaveLength(1);
    expect(tallied(await a.readSum(id, sums))).toEqual([0, 1, 2].map(party));
  });

  test('a node that was only thought dead commits into a new shard: nothing is lost or counted twice', async () => {
    const [a, b] = [await node('a'), await node('b')];
    const { id } = await sessionWithHeaders(a, 8);
    expect(await commit(b, id, 0)).toBe('stored');
    await die(b);
    expect(await commit(a, id, 1)).toBe('stored');
    expect(await shards()).toBe(1);
    // It still has the sum in memory that was adopted.
    expect(await commit(b, id, 2)).toBe('stored');
    expect(await commit(b, id, 0)).toBe('same');
    const outcomes = await Promise.all([3, 4, 5, 6, 7].flatMap((i) => [commit(a, id, i), commit(b, id, i)]));
    expect(outcomes.filter((outcome) => outcome === 'stored')).toHaveLength(5);
    expect(tallied(await a.readSum(id, sums))).toEqual([0, 1, 2, 3, 4, 5, 6, 7].map(party));
  });

  test.each(['before', 'after'] as const)(
    'a connection lost %s the server committed: whoever sends again is in the sum once',
    async (when) => {
      const proxy = await cuttingProxy(url);
      const [a, b] = [await node('a', proxy.url), await node('b')];
      const { id } = await sessionWithHeaders(a, 6);
      expect(await commit(a, id, 0)).toBe('stored');
      const cut = proxy.cutNextCommit(when);
      // The group of one is tried again by itself, and then it is known.
      const answers = await Promise.allSettled([commit(a, id, 1), cut]);
      expect(answers[0]).toEqual({ status: 'fulfilled', value: when === 'before' ? 'stored' : 'same' });
      expect(await commit(a, id, 2)).toBe('stored');
      expect(await commit(b, id, 1)).toBe('same');
      expect(await commit(b, id, 3)).toBe('stored');
      expect(tallied(await b.readSum(id, sums))).toEqual([0, 1, 2, 3].map(party));
      expect(await a.readInputs(id)).toEqual([0, 1, 2, 3].map(party));
      await a.close();
      await proxy.close();
    },
  );

  test('a transaction that was cut off and still holds the sum holds up nobody', async () => {
    const a = await node('a');
    const { id } = await sessionWithHeaders(a, 4);
    expect(await commit(a, id, 0)).toBe('stored');
    const again = await node('a');
    const holder = query(url, 'BEGIN; SELECT 1 FROM shard FOR UPDATE; SELECT pg_sleep(3); COMMIT');
    await query(url, 'SELECT pg_sleep(0.5)');
    expect(await commit(again, id, 1)).toBe('stored');
    expect(await shards()).toBe(2);
    await holder;
    expect(await commit(again, id, 2)).toBe('stored');
    expect(await shards()).toBe(1);
    expect(tallied(await a.readSum(id, sums))).toEqual([0, 1, 2].map(party));
  });
});
