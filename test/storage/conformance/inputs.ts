/** Uploads: folded once each, together with their header. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Store } from '../../../src/storage/port.js';
import {
  adder,
  bytesOf,
  change,
  countOf,
  freshId,
  from,
  openSession,
  party,
  signedOf,
  tallied,
  tally,
  words,
  header,
  input,
  sessionWithHeaders,
  sameAs,
  LARGE,
} from '../fixtures.js';

export function inputs(current: () => Store): void {
  describe('inputs', () => {
    let store: Store;
    beforeEach(() => {
      store = current();
    });

    const fold = adder(5);

    test('an input counts once, however often it is committed', async () => {
      const { id } = await sessionWithHeaders(store, 3);
      expect(await store.readSum(id, fold)).toEqual(new Uint8Array(20));
      expect(await store.commitInput(id, input(2, 5), fold)).toBe('stored');
      expect(await store.commitInput(id, input(0, 5), fold)).toBe('stored');
      expect(await store.commitInput(id, input(2, 5), fold)).toBe('same');
      expect(await store.readInputs(id)).toEqual([party(0), party(2)]);
      expect(await store.hasInput(id, party(2))).toBe(true);
      // Its header is there.
      expect(await store.hasInput(id, party(1))).toBe(false);
      expect(await store.hasInput('ff', party(2))).toBe(false);
      expect(tallied(await store.readSum(id, fold))).toEqual([party(0), party(2)]);
      // A header alone is no input.
      expect(await store.countRecords(id, 'r2')).toBe(3);
    });

    test('the same input at once: one is stored, the others are same', async () => {
      const { id } = await sessionWithHeaders(store, 1);
      const answers = await Promise.all(
        Array.from({ length: 12 }, () => store.commitInput(id, input(0, 5), fold)),
      );
      expect(countOf(answers, 'stored')).toBe(1);
      expect(countOf(answers, 'same')).toBe(11);
      expect(tallied(await store.readSum(id, fold))).toEqual([party(0)]);
    });

    test('many inputs at once: the sum has each of them once', async () => {
      const { id } = await sessionWithHeaders(store, 24);
      const wide = adder(24);
      const twice = [...Array(24).keys(), ...Array(24).keys()];
      const answers = await Promise.all(twice.map((i) => store.commitInput(id, input(i, 24), wide)));
      expect(countOf(answers, 'stored')).toBe(24);
      const all = Array.from({ length: 24 }, (_, i) => party(i));
      expect(await store.readInputs(id)).toEqual(all);
      expect(tallied(await store.readSum(id, wide))).toEqual(all);
    });

    test('without its header, or with another one, an input is a conflict', async () => {
      const { id } = await sessionWithHeaders(store, 1);
      // Not headers, for three different reasons.
      await store.putRecord(id, 'r2', { ...header(3), kind: 'r1' });
      await store.putRecord(id, 'r2', { ...header(3), subject: party(3) });
      await store.putRecord((await sessionWithHeaders(store, 4)).id, 'r2', header(3));
      const { payload, signature } = signedOf('header 0');
      const refused = [
        input(3, 5),
        { ...input(0, 5), signed: { payload: bytesOf('other', 40), signature } },
        { ...input(0, 5), signed: { payload, signature: bytesOf('other', 64) } },
      ];
      for (const wrong of refused) expect(await store.commitInput(id, wrong, fold)).toBe('conflict');
      expect(await store.readInputs(id)).toEqual([]);
      expect(await store.readSum(id, fold)).toEqual(new Uint8Array(20));

      expect(await store.commitInput(id, input(0, 5), fold)).toBe('stored');
      for (const wrong of refused) expect(await store.commitInput(id, wrong, fold)).toBe('conflict');
      expect(await store.readInputs(id)).toEqual([party(0)]);
    });

    test('inputs are taken in r2 only', async () => {
      for (const phase of ['r0', 'r1', 'r3', 'r4'] as const) {
        const { id } = await openSession(store, { phase });
        expect(await store.putRecord(id, phase, header(0))).toBe('stored');
        expect(await store.commitInput(id, input(0, 5), fold)).toBe('late');
        expect(await store.readInputs(id)).toEqual([]);
      }
    });

    test('after the close even an input that counted is late', async () => {
      const row = await sessionWithHeaders(store, 2);
      await store.commitInput(row.id, input(0, 5), fold);
      await store.transition(row.id, from(row), change({ to: 'r3' }));
      expect(await store.commitInput(row.id, input(0, 5), fold)).toBe('late');
      expect(await store.commitInput(row.id, input(1, 5), fold)).toBe('late');
      expect(await store.readInputs(row.id)).toEqual([party(0)]);
      expect(tallied(await store.readSum(row.id, fold))).toEqual([party(0)]);
    });

    test('an upload that cannot be folded rejects, leaves no trace and may be sent again', async () => {
      const { id } = await sessionWithHeaders(store, 2);
      await store.commitInput(id, input(0, 5), fold);
      const halfway = {
        ...fold,
        fold: (acc: Uint8Array) => {
          acc.fill(0xff, 0, 8);
          throw new Error('bad coordinate');
        },
      };
      await expect(store.commitInput(id, input(1, 5), halfway)).rejects.toThrow();
      expect(await store.readInputs(id)).toEqual([party(0)]);
      expect(tallied(await store.readSum(id, fold))).toEqual([party(0)]);
      expect(await store.commitInput(id, input(1, 5), fold)).toBe('stored');
      expect(tallied(await store.readSum(id, fold))).toEqual([party(0), party(1)]);
    });

    test('an upload is kept when that is asked, and is folded all the same', async () => {
      const { id } = await sessionWithHeaders(store, 4);
      const keep = (i: number) => store.commitInput(id, { ...input(i, 5), keep: true }, fold);
      expect(await Promise.all([0, 1, 1].map(keep))).toEqual(['stored', 'stored', 'same']);
      expect(await store.commitInput(id, input(2, 5), fold)).toBe('stored');
      expect(
        await store.commitInput(id, { ...input(3, 5), signed: signedOf('other'), keep: true }, fold),
      ).toBe('conflict');
      expect(await keep(2)).toBe('same');
      const kept = await Promise.all([0, 1, 2, 3, 4].map((i) => store.readUpload(id, party(i))));
      expect(kept).toEqual([tally(0, 5), tally(1, 5), null, null, null]);
      expect(tallied(await store.readSum(id, fold))).toEqual([0, 1, 2].map(party));
      expect(await store.readUpload(freshId(), party(0))).toBeNull();
    });

    test('sessions have sums of their own', async () => {
      const [one, two] = [await sessionWithHeaders(store, 2), await sessionWithHeaders(store, 2)];
      await store.commitInput(one.id, input(0, 5), fold);
      await store.commitInput(two.id, input(1, 5), fold);
      expect(tallied(await store.readSum(one.id, fold))).toEqual([party(0)]);
      expect(tallied(await store.readSum(two.id, fold))).toEqual([party(1)]);
    });

    test('sums are aligned: the fold sees 32-bit integers, and so does who reads', async () => {
      const { id } = await sessionWithHeaders(store, 2);
      let seen = 0;
      const watching = {
        ...fold,
        fold: (acc: Uint8Array, upload: Uint8Array) => {
          seen += Number(acc.byteOffset % 4 === 0 && acc.length === 20);
          fold.fold(acc, upload);
        },
      };
      // Arrives unaligned, out of a larger message.
      const packet = new Uint8Array(30);
      packet.set(tally(0, 5), 3);
      await store.commitInput(id, { ...input(0, 5), upload: packet.subarray(3, 23) }, watching);
      await store.commitInput(id, input(1, 5), watching);
      expect(seen).toBe(2);
      expect(words(await store.readSum(id, fold))).toEqual(new Uint32Array([1, 1, 0, 0, 0]));
    });

    test('large uploads add up', async () => {
      const { id } = await sessionWithHeaders(store, 3);
      const wide = adder(LARGE / 4);
      const sum = new Uint8Array(LARGE);
      for (let i = 0; i < 3; i += 1) {
        const upload = bytesOf(`upload ${i}`, LARGE);
        wide.fold(sum, upload);
        expect(await store.commitInput(id, { ...input(i, 0), upload }, wide)).toBe('stored');
      }
      expect(sameAs(await store.readSum(id, wide), sum)).toBe(true);
    });
  });
}
