/** Records: each message once, and only while its phase is open. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Phase } from '../../../src/protocol/phase.js';
import type { RecordKind, Store } from '../../../src/storage/port.js';
import {
  bytesOf,
  change,
  countOf,
  from,
  openSession,
  party,
  record,
  signedOf,
  sameAs,
  LARGE,
} from '../fixtures.js';

export function records(current: () => Store): void {
  describe('records', () => {
    let store: Store;
    beforeEach(() => {
      store = current();
    });

    test('a record comes back as it was put, by its kind, sender and subject', async () => {
      const { id } = await openSession(store);
      const plain = record();
      const answer = record({ kind: 'answer', subject: party(4), attachment: bytesOf('shares', 100) });
      expect(await store.putRecord(id, 'r0', { ...plain, unique: ['k'] })).toBe('stored');
      expect(await store.putRecord(id, 'r0', answer)).toBe('stored');
      expect(await store.getRecord(id, 'r0', plain.sender)).toEqual(plain);
      expect(await store.getRecord(id, 'answer', answer.sender, answer.subject)).toEqual(answer);
      expect(await store.getRecord(id, 'answer', answer.sender)).toBeNull();
      expect(await store.getRecord(id, 'r1', plain.sender)).toBeNull();
      expect(await store.getRecord(id, 'r0', party(8))).toBeNull();
    });

    test('kinds, senders, subjects and sessions do not get in the way of each other', async () => {
      const [one, two] = [await openSession(store), await openSession(store)];
      for (const { id } of [one, two]) {
        for (const kind of ['r0', 'answer'] as const) {
          for (const sender of [party(1), party(2)]) {
            for (const subject of ['', party(1)]) {
              const signed = signedOf(id + kind + sender + subject);
              expect(await store.putRecord(id, 'r0', record({ kind, sender, subject, signed }))).toBe(
                'stored',
              );
            }
          }
        }
      }
      expect(await store.countRecords(one.id, 'r0')).toBe(4);
      expect(await store.countRecords(one.id, 'r1')).toBe(0);
      const { signed } = (await store.getRecord(two.id, 'answer', party(2), party(1)))!;
      expect(signed).toEqual(signedOf(`${two.id}answer${party(2)}${party(1)}`));
    });

    test('a large attachment comes back whole', async () => {
      const { id } = await openSession(store, { phase: 'r1' });
      const attachment = bytesOf('packets', LARGE);
      await store.putRecord(id, 'r1', record({ kind: 'r1', attachment }));
      expect(sameAs((await store.getRecord(id, 'r1', party(1)))?.attachment, attachment)).toBe(true);
      expect(sameAs((await store.readRecords(id, 'r1'))[0]?.attachment, attachment)).toBe(true);
    });

    test('the identical message again is same, and is there once', async () => {
      const { id } = await openSession(store);
      for (const [i, attachment] of [null, new Uint8Array(0), bytesOf('attachment')].entries()) {
        const message = { ...record({ sender: party(i), attachment }), unique: [`key ${i}`] };
        expect(await store.putRecord(id, 'r0', message)).toBe('stored');
        expect(await store.putRecord(id, 'r0', message)).toBe('same');
      }
      expect(await store.countRecords(id, 'r0')).toBe(3);
    });

    test.each([
      ['payload', { signed: { ...signedOf('message'), payload: bytesOf('other', 40) } }],
      ['longer payload', { signed: { ...signedOf('message'), payload: bytesOf('message', 41) } }],
      ['signature', { signed: { ...signedOf('message'), signature: bytesOf('other', 64) } }],
      ['attachment', { attachment: bytesOf('other') }],
      ['shorter attachment', { attachment: bytesOf('attachment', 31) }],
      ['empty attachment', { attachment: new Uint8Array(0) }],
      ['absent attachment', { attachment: null }],
    ])('a message with another %s is a conflict, and the first stays', async (_, other) => {
      const { id } = await openSession(store);
      const first = record({ attachment: bytesOf('attachment') });
      await store.putRecord(id, 'r0', first);
      expect(await store.putRecord(id, 'r0', { ...first, ...other })).toBe('conflict');
      expect(await store.readRecords(id, 'r0')).toEqual([first]);
    });

    test('no attachment and an empty one are different messages', async () => {
      const { id } = await openSession(store);
      await store.putRecord(id, 'r0', record({ sender: party(1), attachment: null }));
      await store.putRecord(id, 'r0', record({ sender: party(2), attachment: new Uint8Array(0) }));
      const empty = record({ sender: party(1), attachment: new Uint8Array(0) });
      expect(await store.putRecord(id, 'r0', empty)).toBe('conflict');
      const attachments = (await store.readRecords(id, 'r0')).map(({ attachment }) => attachment);
      expect(attachments).toEqual([null, new Uint8Array(0)]);
    });

    test('records are read by sender and subject, whatever the order of arrival', async () => {
      const places = [
        [party(1), ''],
        [party(1), party(2)],
        [party(1), party(10)],
        [party(2), ''],
        [party(171), party(1)],
      ] as const;
      for (const arrival of [
        [4, 3, 2, 1, 0],
        [2, 0, 4, 1, 3],
        [1, 2, 3, 4, 0],
      ]) {
        const { id } = await openSession(store);
        for (const i of arrival) {
          const [sender, subject] = places[i]!;
          await store.putRecord(id, 'r0', record({ sender, subject, kind: 'answer' }));
        }
        const read = await store.readRecords(id, 'answer');
        expect(read.map(({ sender, subject }) => [sender, subject])).toEqual(places);
      }
    });

    test('a message is late unless its phase is the one that is open, whatever its kind', async () => {
      const phases: Phase[] = ['r0', 'r1', 'r2', 'r3', 'r4', 'closed', 'aborted'];
      for (const phase of phases) {
        const { id } = await openSession(store, { phase });
        for (const claimed of phases) {
          const accepted = claimed === phase && phase !== 'closed' && phase !== 'aborted';
          const message = record({ sender: party(phases.indexOf(claimed)) });
          expect(await store.putRecord(id, claimed, message)).toBe(accepted ? 'stored' : 'late');
        }
        expect(await store.countRecords(id, 'r0')).toBe(phase === 'closed' || phase === 'aborted' ? 0 : 1);
      }
    });

    test('after the close even the identical message is late, and so is a conflicting one', async () => {
      const row = await openSession(store);
      await store.putRecord(row.id, 'r0', record());
      await store.transition(row.id, from(row), change());
      expect(await store.putRecord(row.id, 'r0', record())).toBe('late');
      expect(await store.putRecord(row.id, 'r0', record({ signed: signedOf('other') }))).toBe('late');
      expect(await store.putRecord(row.id, 'r1', record({ kind: 'r1' }))).toBe('stored');
    });

    test('a unique value of another sender is taken, in one session, whatever the kind', async () => {
      const [one, two] = [await openSession(store), await openSession(store)];
      const put = (id: string, sender: string, kind: RecordKind, unique: string[]) =>
        store.putRecord(id, 'r0', record({ sender, kind, unique }));
      expect(await put(one.id, party(1), 'r0', ['x', 'y'])).toBe('stored');
      expect(await put(one.id, party(2), 'r0', ['z', 'y'])).toBe('taken');
      expect(await put(one.id, party(2), 'r1', ['x'])).toBe('taken');
      expect(await put(one.id, party(1), 'r1', ['x', 'w'])).toBe('stored');
      expect(await put(two.id, party(2), 'r0', ['x', 'y'])).toBe('stored');
      expect(await store.readRecords(one.id, 'r1')).toHaveLength(1);
      expect(await store.getRecord(one.id, 'r0', party(2))).toBeNull();
    });

    test('a message that is refused claims no unique value', async () => {
      const { id } = await openSession(store);
      const put = (i: number, text: string, unique: string[], phase: Phase = 'r0') =>
        store.putRecord(id, phase, record({ sender: party(i), signed: signedOf(text), unique }));
      await put(1, 'first', ['x']);
      expect(await put(1, 'second', ['conflicting'])).toBe('conflict');
      expect(await put(2, 'first', ['untaken', 'x'])).toBe('taken');
      expect(await put(2, 'first', ['late'], 'r1')).toBe('late');
      expect(await put(3, 'first', ['conflicting', 'untaken', 'late'])).toBe('stored');
    });

    test('the identical message at once: one is stored, the others are same', async () => {
      const { id } = await openSession(store);
      const answers = await Promise.all(
        Array.from({ length: 12 }, () => store.putRecord(id, 'r0', { ...record(), unique: ['k'] })),
      );
      expect(countOf(answers, 'stored')).toBe(1);
      expect(countOf(answers, 'same')).toBe(11);
    });

    test('different messages of one sender at once: one is stored, the others conflict', async () => {
      const { id } = await openSession(store);
      const messages = Array.from({ length: 12 }, (_, i) => record({ signed: signedOf(`${i}`) }));
      const answers = await Promise.all(messages.map((message) => store.putRecord(id, 'r0', message)));
      expect(countOf(answers, 'stored')).toBe(1);
      expect(countOf(answers, 'conflict')).toBe(11);
      expect(await store.readRecords(id, 'r0')).toEqual([messages[answers.indexOf('stored')]]);
    });

    test('the same unique value of many senders at once: one has it', async () => {
      const { id } = await openSession(store);
      const messages = Array.from({ length: 12 }, (_, i) =>
        record({ sender: party(i), unique: [`own ${i}`, 'shared'] }),
      );
      const answers = await Promise.all(messages.map((message) => store.putRecord(id, 'r0', message)));
      expect(countOf(answers, 'stored')).toBe(1);
      expect(countOf(answers, 'taken')).toBe(11);
      expect(await store.countRecords(id, 'r0')).toBe(1);
    });
  });
}
