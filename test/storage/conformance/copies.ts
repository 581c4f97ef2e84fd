/** A store and its callers never share an array. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { SessionRow, Store, TaskRow } from '../../../src/storage/port.js';
import {
  adder,
  arraysIn,
  bytesOf,
  change,
  clone,
  from,
  openSession,
  party,
  record,
  scribble,
  sessionRow,
  signedOf,
  taskRow,
  tallied,
  tally,
} from '../fixtures.js';

export function copies(current: () => Store): void {
  describe('what goes in and comes out is copied', () => {
    let store: Store;
    beforeEach(() => {
      store = current();
    });

    /** Everything that is stored, and how to read it back. */
    async function everything() {
      const task = taskRow();
      const row = sessionRow(task.id, { phase: 'r2', statements: { u1: signedOf('u1') } });
      const leaves = [bytesOf('opening leaf')];
      const put = record({ kind: 'r2', attachment: bytesOf('attachment') });
      const closing = change({
        to: 'r3',
        statement: { kind: 'u3', signed: signedOf('u3') },
        aggregate: bytesOf('aggregate'),
      });
      const enrolment = { identity: party(1), certificate: signedOf('certificate') };
      const revocation = signedOf('revocation');
      const blob = bytesOf('blob');
      const commit = { sender: put.sender, signed: put.signed, upload: tally(1, 5) };
      const fold = adder(5);
      const given = { task, row, leaves, put, closing, enrolment, revocation, blob, commit };
      const write = async () => {
        await store.putTask(task);
        await store.createSession(row, leaves);
        await store.putRecord(row.id, 'r2', put);
        await store.commitInput(row.id, commit, fold);
        await store.transition(row.id, from(row), closing);
        await store.putEnrolment(enrolment);
        await store.putRevocation(party(1), revocation);
        await store.putBlob('aa', blob);
      };
      const read = async () => [
        await store.getTask(task.id),
        await store.listTasks(),
        await store.getSession(row.id),
        await store.listSessions(),
        await store.readLeaves(row.id),
        await store.getRecord(row.id, 'r2', put.sender),
        await store.readRecords(row.id, 'r2'),
        await store.readInputs(row.id),
        await store.readSum(row.id, fold),
        await store.listEnrolments(),
        await store.listRevocations(),
      ];
      /** These readers do not write to. */
      const readShared = async () => [await store.readAggregate(row.id), await store.getBlob('aa')];
      return { given, write, read, readShared };
    }

    test('what the caller does to its arrays later does not reach the store', async () => {
      const { given, write, read, readShared } = await everything();
      await write();
      const before = clone(await read());
      const shared = clone(await readShared());
      scribble(given);
      expect(await read()).toEqual(before);
      expect(await readShared()).toEqual(shared);
      expect(tallied(before[8] as Uint8Array)).toEqual([party(1)]);
    });

    test('what the reader does to what it got does not reach the store', async () => {
      const { write, read } = await everything();
      await write();
      const first = await read();
      const before = clone(first);
      const [task, tasks, session, sessions] = first as [TaskRow, TaskRow[], SessionRow, SessionRow[]];
      // Lists of identities a reader does not write to: everybody may be given the same ones.
      scribble([task, ...tasks].map((row) => ({ ...row, pinned: [] })));
      scribble([session, ...sessions].map((row) => ({ ...row, electorate: [] })));
      scribble(first.slice(4));
      (first[1] as unknown[]).pop();
      (first[4] as unknown[]).pop();
      (first[7] as unknown[]).pop();
      (first[2] as unknown as { blamed: string[] }).blamed.push('x');
      expect(await read()).toEqual(before);
    });

    test('a Buffer that shares its memory is copied too; what comes out is plain', async () => {
      const pool = new Uint8Array(bytesOf('pool', 64));
      const buffer = Buffer.from(pool.buffer, 8, 32);
      const before = new Uint8Array(buffer);
      const { id } = await openSession(store, { electorate: [buffer] });
      const signed = { payload: buffer, signature: buffer };
      await store.putBlob('aa', buffer);
      await store.putRecord(id, 'r0', record({ signed, attachment: buffer }));
      await store.putEnrolment({ identity: party(1), certificate: signed });
      pool.fill(0);
      const read = arraysIn([
        await store.getBlob('aa'),
        (await store.getSession(id))?.electorate,
        await store.getRecord(id, 'r0', party(1)),
        await store.listEnrolments(),
      ]);
      expect(read).toHaveLength(7);
      for (const bytes of read) {
        expect(Object.getPrototypeOf(bytes)).toBe(Uint8Array.prototype);
        expect(bytes).toEqual(before);
      }
    });
  });
}
