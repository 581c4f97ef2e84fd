/** The log: one entry for each session that ended, in one order, for ever; and the cosignatures of its heads. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import { toHex } from '../../../crypto/bytes.js';
import { logEntryCodec } from '../../../src/protocol/transcript/log-entry.js';
import type { SessionRow, Store } from '../../../src/storage/port.js';
import { bytesOf, change, freshId, from, openSession, signedOf } from '../fixtures.js';

export function log(current: () => Store): void {
  describe('the log', () => {
    let store: Store;
    beforeEach(() => {
      store = current();
    });

    const end = (row: SessionRow, to: 'closed' | 'aborted' = 'closed', text = row.id) =>
      store.transition(row.id, from(row), change({ to, tree: { size: 5, root: bytesOf(text) } }));
    const logged = async (): Promise<string[]> =>
      (await store.readLog(0, 1000)).map((entry) => toHex(logEntryCodec.decode(entry).session));

    test('is empty until a session ends, and says what ended, in the order of the ends', async () => {
      expect(await store.logSize()).toBe(0);
      expect(await store.readLog(0, 10)).toEqual([]);
      const rows = [
        await openSession(store),
        await openSession(store, { number: 7 }),
        await openSession(store),
      ];
      const [one, two, three] = rows as [SessionRow, SessionRow, SessionRow];
      await store.transition(one.id, from(one), change());
      expect(await store.logSize()).toBe(0);
      await end(two, 'aborted');
      await end({ ...one, phase: 'r1', version: 1 });
      expect(await store.logSize()).toBe(2);
      expect(await logged()).toEqual([two.id, one.id]);
      expect(await store.findLogged(three.id)).toBeNull();
      expect(await store.findLogged(freshId())).toBeNull();

      const entry = (await store.readLog(0, 1))[0] as Uint8Array;
      expect(await store.findLogged(two.id)).toEqual({ index: 0, entry });
      const { task, session, ...rest } = logEntryCodec.decode(entry);
      expect([toHex(task), toHex(session)]).toEqual([two.taskId, two.id]);
      expect(rest).toEqual({ number: 7, size: 5, root: bytesOf(two.id), closed: false });
      const second = (await store.findLogged(one.id))?.entry as Uint8Array;
      expect(logEntryCodec.decode(second)).toMatchObject({ number: 1, closed: true });
    });

    test('is read in parts, and stays as it is whatever is done with them', async () => {
      const rows: SessionRow[] = [];
      for (let i = 0; i < 7; i += 1) rows.push(await openSession(store));
      for (const row of rows) await end(row);
      const all = await store.readLog(0, 100);
      expect(await store.readLog(2, 4)).toEqual(all.slice(2, 4));
      expect(await store.readLog(5, 9)).toEqual(all.slice(5));
      expect(await store.readLog(7, 9)).toEqual([]);
      const again = await store.readLog(0, 7);
      for (const entry of all) entry.fill(0);
      expect(await store.readLog(0, 7)).toEqual(again);
      await store.purge((rows[0] as SessionRow).id, { aggregate: true });
      expect(await store.readLog(0, 7)).toEqual(again);
      expect(await logged()).toEqual(rows.map(({ id }) => id));
    });

    test('has nothing of an end that was refused', async () => {
      const row = await openSession(store);
      expect(await store.transition(row.id, { phase: 'r0', version: 3 }, change({ to: 'closed' }))).toBe(
        false,
      );
      expect(
        await store.transition(row.id, { ...from(row), seen: { r0: 1 } }, change({ to: 'closed' })),
      ).toBe(false);
      const statement = { kind: 'u1' as const, signed: signedOf('u1') };
      await store.transition(row.id, from(row), change({ statement }));
      const twice = change({ to: 'aborted', statement });
      await expect(store.transition(row.id, { phase: 'r1', version: 1 }, twice)).rejects.toThrow();
      expect(await store.logSize()).toBe(0);
      await end({ ...row, phase: 'r1', version: 1 });
      await end({ ...row, phase: 'closed', version: 2 }, 'aborted');
      expect(await logged()).toEqual([row.id]);
      const closed = (await store.findLogged(row.id))?.entry as Uint8Array;
      expect(logEntryCodec.decode(closed).closed).toBe(true);
    });

    test('has each of many that end at once, without a gap, and only grows', async () => {
      const rows: SessionRow[] = [];
      for (let i = 0; i < 12; i += 1) rows.push(await openSession(store));
      let seen: string[] = [];
      const ends = rows.flatMap((row) => [end(row), end(row, 'aborted')]);
      for (let look = 0; look < 10; look += 1) {
        const now = await logged();
        expect(now.slice(0, seen.length)).toEqual(seen);
        seen = now;
      }
      expect((await Promise.all(ends)).filter(Boolean)).toHaveLength(12);
      const now = await logged();
      expect(now.slice(0, seen.length)).toEqual(seen);
      expect([...now].sort()).toEqual(rows.map(({ id }) => id));
      expect(await store.logSize()).toBe(12);
      for (const [index, id] of now.entries()) expect((await store.findLogged(id))?.index).toBe(index);
    });

    test('keeps of each size and witness the last cosignature', async () => {
      const row = (size: number, witness: string, line: string) => ({ size, witness, line });
      expect(await store.readCosignatures(3)).toEqual([]);
      await store.putCosignature(row(3, 'b', 'first'));
      await store.putCosignature(row(3, 'a', 'other'));
      await store.putCosignature(row(3, 'b', 'second'));
      await store.putCosignature(row(4, 'b', 'larger'));
      expect(await store.readCosignatures(3)).toEqual([row(3, 'a', 'other'), row(3, 'b', 'second')]);
      expect(await store.readCosignatures(4)).toEqual([row(4, 'b', 'larger')]);
    });

    test('finds the largest head that enough of the witnesses cosigned', async () => {
      const cosigned: readonly (readonly [number, string])[] = [
        [2, 'a'],
        [2, 'b'],
        [2, 'c'],
        [5, 'a'],
        [5, 'b'],
        [9, 'a'],
        [9, 'stranger'],
      ];
      for (const [size, witness] of cosigned) await store.putCosignature({ size, witness, line: 'line' });
      const find = (count: number, more: object = {}) =>
        store.findCosigned({ witnesses: ['a', 'b', 'c'], count, from: 0, to: 100, ...more });
      expect(await find(1)).toBe(9);
      expect(await find(2)).toBe(5);
      expect(await find(3)).toBe(2);
      expect(await find(4)).toBeNull();
      expect(await find(1, { to: 8 })).toBe(5);
      expect(await find(1, { from: 9, to: 9 })).toBe(9);
      expect(await find(2, { from: 6 })).toBeNull();
      expect(await find(1, { witnesses: ['c'] })).toBe(2);
      expect(await find(1, { witnesses: [] })).toBeNull();
    });
  });
}
