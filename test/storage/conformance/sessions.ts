/** Sessions: created once, found, listed. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Store } from '../../../src/storage/port.js';
import {
  adder,
  bytesOf,
  change,
  countOf,
  freshId,
  openSession,
  party,
  record,
  sessionRow,
  signedOf,
  taskRow,
  input,
} from '../fixtures.js';

export function sessions(current: () => Store): void {
  describe('sessions', () => {
    let store: Store;
    beforeEach(() => {
      store = current();
    });

    test('a session comes back as it was created, with its first leaves', async () => {
      await store.putBlob('ab'.repeat(32), bytesOf('input'));
      const row = await openSession(store, {
        number: 2 ** 52,
        input: 'ab'.repeat(32),
        statements: { u1: signedOf('u1'), abort: signedOf('abort') },
        blamed: [party(5), party(2)],
        version: 3,
        phase: 'r1',
      });
      expect(await store.getSession(row.id)).toEqual(row);
      expect(await store.readLeaves(row.id)).toEqual([bytesOf('opening leaf')]);
    });

    test('of a session that was never created there is nothing', async () => {
      const id = freshId();
      const fold = adder(3);
      expect(await store.getSession(id)).toBeNull();
      expect(await store.getRecord(id, 'r0', party(1))).toBeNull();
      expect(await store.readRecords(id, 'r0')).toEqual([]);
      expect(await store.countRecords(id, 'r0')).toBe(0);
      expect(await store.readInputs(id)).toEqual([]);
      expect(await store.readLeaves(id)).toEqual([]);
      expect(await store.readAggregate(id)).toBeNull();
      expect(await store.readSum(id, fold)).toEqual(new Uint8Array(12));
      expect(await store.putRecord(id, 'r0', record())).toBe('late');
      expect(await store.commitInput(id, input(0, 3), fold)).toBe('late');
      expect(await store.transition(id, { phase: 'r0', version: 0 }, change())).toBe(false);
    });

    test('a number that the task has, or an id in use, is refused and changes nothing', async () => {
      const row = await openSession(store);
      const sameNumber = sessionRow(row.taskId);
      const sameId = sessionRow(row.taskId, { id: row.id, number: 2 });
      expect(await store.createSession(sameNumber, [bytesOf('x')])).toBe(false);
      expect(await store.createSession(sameId, [bytesOf('x')])).toBe(false);
      expect(await store.getSession(sameNumber.id)).toBeNull();
      expect(await store.listSessions()).toEqual([row]);
      expect(await store.readLeaves(row.id)).toEqual([bytesOf('opening leaf')]);
      expect(await store.readLeaves(sameNumber.id)).toEqual([]);
    });

    test('of the same number asked for at once, one session is created', async () => {
      const task = taskRow();
      await store.putTask(task);
      const rows = Array.from({ length: 8 }, () => sessionRow(task.id));
      const answers = await Promise.all(rows.map((row) => store.createSession(row, [])));
      expect(countOf(answers, true)).toBe(1);
      expect(await store.listSessions(task.id)).toEqual([rows[answers.indexOf(true)]]);
    });

    test('sessions are listed by number, of one task or of all', async () => {
      const [a, b] = [taskRow(), taskRow()];
      await store.putTask(a);
      await store.putTask(b);
      const at = (taskId: string, number: number) => sessionRow(taskId, { number });
      const rows = [at(a.id, 10), at(a.id, 9), at(b.id, 9), at(b.id, 200)] as const;
      for (const row of rows) expect(await store.createSession(row, [])).toBe(true);
      expect(await store.listSessions(a.id)).toEqual([rows[1], rows[0]]);
      expect(await store.listSessions()).toEqual([rows[1], rows[2], rows[0], rows[3]]);
      expect(await store.listSessions(freshId())).toEqual([]);
    });
  });
}
