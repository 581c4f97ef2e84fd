/** Tasks: put, listed, closed. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Store } from '../../../src/storage/port.js';
import { countOf, freshId, signedOf, taskRow } from '../fixtures.js';

export function tasks(current: () => Store): void {
  describe('tasks', () => {
    let store: Store;
    beforeEach(() => {
      store = current();
    });

    test('a task comes back as it was put', async () => {
      const pinned = taskRow();
      const open = taskRow({ pinned: null, closed: true, createdMs: 2 ** 44 });
      expect(await store.putTask(pinned)).toBe('stored');
      expect(await store.putTask(open)).toBe('stored');
      expect(await store.getTask(pinned.id)).toEqual(pinned);
      expect(await store.getTask(open.id)).toEqual(open);
      expect(await store.getTask(freshId())).toBeNull();
    });

    test('an empty list of pinned identities is not the same as none', async () => {
      const task = taskRow({ pinned: [] });
      await store.putTask(task);
      expect((await store.getTask(task.id))?.pinned).toEqual([]);
    });

    test('a task that is known stays as it is', async () => {
      const task = taskRow();
      await store.putTask(task);
      await store.closeTask(task.id);
      expect(await store.putTask({ ...task, createdMs: 5, signed: signedOf('other') })).toBe('same');
      expect(await store.getTask(task.id)).toEqual({ ...task, closed: true });
    });

    test('of the same task put many times at once, one is stored', async () => {
      const task = taskRow();
      const answers = await Promise.all(Array.from({ length: 8 }, () => store.putTask(task)));
      expect(countOf(answers, 'stored')).toBe(1);
      expect(countOf(answers, 'same')).toBe(7);
    });

    test('tasks are listed by creation time, then id', async () => {
      const [a, b, c] = [taskRow({ createdMs: 7 }), taskRow({ createdMs: 7 }), taskRow({ createdMs: 3 })];
      for (const task of [b, a, c]) await store.putTask(task);
      expect(await store.listTasks()).toEqual([c, a, b]);
    });

    test('closing a task marks that one, twice without harm, and tells when there is none', async () => {
      const [a, b] = [taskRow({ createdMs: 1 }), taskRow({ createdMs: 2 })];
      await store.putTask(a);
      await store.putTask(b);
      expect(await store.closeTask(a.id)).toBe(true);
      expect(await store.closeTask(a.id)).toBe(true);
      expect(await store.closeTask(freshId())).toBe(false);
      expect(await store.listTasks()).toEqual([{ ...a, closed: true }, b]);
    });
  });
}
