/** Which node runs which session, as one node sees it. What several nodes do with it is tested on PostgreSQL. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import { type Change, RETENTION_LEASE, type Store } from '../../../src/storage/port.js';
import { change, from, openSession, takenBy } from '../fixtures.js';

const LEASE_MS = 60_000;

export function leases(current: () => Store): void {
  describe('leases', () => {
    let store: Store;
    beforeEach(() => {
      store = current();
    });

    const held = async (): Promise<string[]> => [...(await store.renewLeases(LEASE_MS)).held].sort();

    test('who creates a session holds its lease until the session ends', async () => {
      await store.renewLeases(LEASE_MS);
      const [one, two] = [await openSession(store), await openSession(store)];
      await openSession(store, { phase: 'closed' });
      expect(await held()).toEqual([one.id, two.id].sort());
      await store.transition(one.id, from(one), change());
      expect(await held()).toEqual([one.id, two.id].sort());
      await store.transition(one.id, { phase: 'r1', version: 1 }, change({ to: 'aborted' }));
      expect(await held()).toEqual([two.id]);
    });

    test('free leases are taken once; those given up are free again, and that is told', async () => {
      await store.renewLeases(LEASE_MS);
      const { id, taskId } = await openSession(store);
      expect(await takenBy(store)).toEqual({ [RETENTION_LEASE]: false });
      expect(await takenBy(store)).toEqual({});
      const told = new Promise<Change>((resolve) =>
        store.watch((hint) => {
          if (hint.released) resolve(hint);
        }),
      );
      await store.releaseLeases();
      expect(await told).toEqual({ taskId, sessionId: id, released: true });
      expect(await held()).toEqual([]);
      expect(await takenBy(store)).toEqual({ [id]: false, [RETENTION_LEASE]: false });
      expect(await held()).toEqual([id, RETENTION_LEASE].sort());
    });

    test('the store tells its time', async () => {
      const before = Date.now();
      const { nowMs } = await store.renewLeases(LEASE_MS);
      // A database may round its clock.
      expect(nowMs).toBeGreaterThanOrEqual(before - 1);
      expect(nowMs).toBeLessThanOrEqual(Date.now() + 1);
    });
  });
}
