/** What operators did, and the question whether the store can commit. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Store } from '../../../src/storage/port.js';
import { scribble } from '../fixtures.js';

export function actions(current: () => Store): void {
  describe('operator actions and health', () => {
    let store: Store;
    beforeEach(() => {
      store = current();
    });

    test('actions are listed with their time, the newest first, page by page', async () => {
      const before = Date.now();
      const detail = { reason: 'wrong "input" ü', sessions: 2, aggregate: false, task: null };
      await store.recordAction({ actor: 'operator', action: 'CancelSession', subject: 'ab', detail });
      for (const action of ['second', 'third', 'fourth'])
        await store.recordAction({ actor: 'somebody', action, subject: '', detail: {} });
      const all = await store.listActions({ limit: 10 });
      expect(all.map(({ action }) => action)).toEqual(['fourth', 'third', 'second', 'CancelSession']);
      expect(all[3]).toEqual({
        id: all[3]?.id,
        atMs: all[3]?.atMs,
        actor: 'operator',
        action: 'CancelSession',
        subject: 'ab',
        detail,
      });
      // A database may round its clock.
      expect(all[3]?.atMs).toBeGreaterThanOrEqual(before - 1);
      expect(all[3]?.atMs).toBeLessThanOrEqual(Date.now() + 1);
      const first = await store.listActions({ limit: 3 });
      expect(first).toEqual(all.slice(0, 3));
      expect(await store.listActions({ limit: 3, before: first[2]!.id })).toEqual(all.slice(3));
      expect(await store.listActions({ limit: 3, before: all[3]!.id })).toEqual([]);
    });

    test('what is listed can be written to', async () => {
      await store.recordAction({ actor: 'a', action: 'b', subject: 'c', detail: { d: 1 } });
      const [row] = await store.listActions({ limit: 1 });
      (row!.detail as Record<string, number>).d = 2;
      scribble(row);
      expect((await store.listActions({ limit: 1 }))[0]?.detail).toEqual({ d: 1 });
    });

    test('a store that works is healthy, time and again; a closed one is not', async () => {
      await store.health();
      await store.health();
      await store.renewLeases(1000);
      await store.health();
      await store.close();
      await expect(store.health()).rejects.toThrow();
    });
  });
}
