/** Hints that something may have changed. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Store } from '../../../src/storage/port.js';
import { adder, change, from, openSession, record, sessionRow, taskRow, header, input } from '../fixtures.js';
import { show } from '../model.js';

export function watching(current: () => Store): void {
  describe('watching', () => {
    let store: Store;
    beforeEach(() => {
      store = current();
    });

    const soon = async (isSo: () => boolean): Promise<void> => {
      for (const end = Date.now() + 5000; !isSo() && Date.now() < end;) {
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
      expect(isSo()).toBe(true);
    };

    test('every change gives a hint, after the call has returned and when it can be read', async () => {
      const seen: { taskId: string; sessionId: string; state: Promise<string> }[] = [];
      const state = async (id: string) =>
        show([
          (await store.getSession(id))?.version,
          await store.countRecords(id, 'r2'),
          (await store.readInputs(id)).length,
        ]);
      store.watch(({ taskId, sessionId }) => {
        seen.push({ taskId, sessionId, state: state(sessionId).catch(String) });
      });
      const task = taskRow();
      await store.putTask(task);
      const row = sessionRow(task.id, { phase: 'r2' });
      const changes: [() => Promise<unknown>, unknown][] = [
        [() => store.createSession(row, []), [0, 0, 0]],
        [() => store.putRecord(row.id, 'r2', header(0)), [0, 1, 0]],
        [() => store.commitInput(row.id, input(0, 5), adder(5)), [0, 1, 1]],
        [() => store.transition(row.id, from(row), change()), [1, 1, 1]],
      ];
      for (const [act, after] of changes) {
        const before = seen.length;
        const done = act();
        expect(seen).toHaveLength(before);
        await done;
        await soon(() => seen.length > before);
        const { taskId, sessionId, state: found } = seen[before]!;
        expect([taskId, sessionId, await found]).toEqual([task.id, row.id, show(after)]);
      }
    });

    test('a watcher that throws harms neither the store nor the next watcher', async () => {
      let hints = 0;
      store.watch(() => {
        throw new Error('a bad watcher');
      });
      store.watch(() => (hints += 1));
      const { id } = await openSession(store);
      await soon(() => hints > 0);
      expect(await store.putRecord(id, 'r0', record())).toBe('stored');
    });

    test('who has unsubscribed hears nothing more, the others do', async () => {
      const heard: string[] = [];
      const listener = (name: string) => () => void heard.push(name);
      const shared = listener('shared');
      const stop = [store.watch(listener('a')), store.watch(shared), store.watch(listener('b'))];
      store.watch(shared);
      stop.forEach((unsubscribe) => unsubscribe());
      stop[0]?.();
      await openSession(store);
      await soon(() => heard.length > 0);
      expect(new Set(heard)).toEqual(new Set(['shared']));
    });
  });
}
