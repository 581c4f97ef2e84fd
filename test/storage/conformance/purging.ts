/** After the end of a session its bulk goes, and the transcript stays. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Store } from '../../../src/storage/port.js';
import {
  adder,
  bytesOf,
  change,
  freshId,
  from,
  header,
  input,
  openSession,
  party,
  record,
  signedOf,
  tallied,
} from '../fixtures.js';

export function purging(current: () => Store): void {
  describe('purging', () => {
    let store: Store;
    beforeEach(() => {
      store = current();
    });

    const sums = adder(3);
    const KINDS = ['r0', 'r1', 'r2', 'answer', 'r3', 'r4'] as const;
    const attachment = bytesOf('attachment', 50);

    /** A session with something of every kind, still in r2. */
    async function full(digest: string) {
      await store.putBlob(digest, bytesOf('blob', 70));
      const row = await openSession(store, { phase: 'r2', input: digest });
      for (const kind of KINDS) {
        const holds = kind !== 'r2' && kind !== 'r3';
        const one = holds ? record({ kind, sender: party(9), attachment }) : { ...header(0), kind };
        await store.putRecord(row.id, 'r2', one);
      }
      await store.commitInput(row.id, { ...input(0, 3), keep: true }, sums);
      return row;
    }
    const end = (row: Awaited<ReturnType<typeof full>>) =>
      store.transition(row.id, from(row), change({ to: 'closed', aggregate: bytesOf('aggregate', 60) }));

    test('sums, kept uploads, shares and the input go; everything that was signed stays', async () => {
      const row = await full('aa');
      await end(row);
      const before = await store.getSession(row.id);
      const leaves = await store.readLeaves(row.id);
      expect(before?.purgedMs).toBeNull();
      expect(await store.readUpload(row.id, party(0))).toEqual(input(0, 3).upload);
      expect(await store.purge(row.id)).toBe(true);

      const after = (await store.getSession(row.id))!;
      expect(after.purgedMs).toBeGreaterThanOrEqual(before!.phaseSinceMs);
      expect(after).toEqual({ ...before, purgedMs: after.purgedMs });
      expect(await store.readLeaves(row.id)).toEqual(leaves);
      expect(await store.readInputs(row.id)).toEqual([party(0)]);
      expect(await store.readSum(row.id, sums)).toEqual(new Uint8Array(12));
      expect(await store.readUpload(row.id, party(0))).toBeNull();
      expect(await store.getBlob('aa')).toBeNull();
      expect(await store.readAggregate(row.id)).toEqual(bytesOf('aggregate', 60));
      for (const kind of KINDS) {
        const [kept] = await store.readRecords(row.id, kind);
        const signed = kind === 'r2' || kind === 'r3' ? signedOf('header 0') : signedOf('message');
        // The certificate that came with r0 is signed too.
        expect(kept).toMatchObject({ signed, attachment: kind === 'r0' ? attachment : null });
      }
    });

    test('again it is the same; the aggregate goes when that is asked', async () => {
      const row = await full('aa');
      await end(row);
      await store.purge(row.id);
      const first = await store.getSession(row.id);
      expect(await store.purge(row.id, { aggregate: true })).toBe(true);
      expect(await store.getSession(row.id)).toEqual(first);
      expect(await store.readAggregate(row.id)).toBeNull();
    });

    test('of a session that has not ended, or is unknown, nothing is deleted', async () => {
      const row = await full('aa');
      expect(await store.purge(row.id, { aggregate: true })).toBe(false);
      expect(await store.purge(freshId())).toBe(false);
      expect(await store.getSession(row.id)).toEqual(row);
      expect(tallied(await store.readSum(row.id, sums))).toEqual([party(0)]);
      expect((await store.getRecord(row.id, 'r1', party(9)))?.attachment).toEqual(attachment);
      expect(await store.getBlob('aa')).toEqual(bytesOf('blob', 70));
    });

    test('an input goes with the last session that names it, and other sessions keep their own', async () => {
      const [one, two, other] = [await full('aa'), await full('aa'), await full('bb')];
      await end(one);
      await store.purge(one.id);
      expect(await store.getBlob('aa')).toEqual(bytesOf('blob', 70));
      expect(tallied(await store.readSum(two.id, sums))).toEqual([party(0)]);
      expect(await store.readUpload(two.id, party(0))).toEqual(input(0, 3).upload);
      await end(two);
      await store.purge(two.id);
      expect(await store.getBlob('aa')).toBeNull();
      expect(await store.getBlob('bb')).toEqual(bytesOf('blob', 70));
      expect((await store.getRecord(other.id, 'r4', party(9)))?.attachment).toEqual(attachment);
      expect(await store.createSession({ ...one, id: freshId(), number: 2 }, [])).toBe(false);
      await store.putBlob('aa', bytesOf('blob', 70));
      expect(await store.createSession({ ...one, id: freshId(), number: 2 }, [])).toBe(true);
      expect(await store.getBlob('aa')).toEqual(bytesOf('blob', 70));
    });
  });
}
