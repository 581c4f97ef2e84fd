/**
 * What every store has to do: the sentences of src/storage/port.ts, one by one, then operations that run at the same
 * time, then random operations against a model. A store's own test file adds what only it can promise (crash safety,
 * other processes).
 */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Phase } from '../../src/protocol/phase.js';
import type { RecordKind, Store } from '../../src/storage/port.js';
import {
  adder,
  arraysIn,
  bytesOf,
  change,
  clone,
  countOf,
  freshId,
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
  words,
} from './fixtures.js';
import {
  expected,
  type Intention,
  intention,
  type Model,
  observed,
  perform,
  permutations,
  run,
  show,
} from './model.js';

export type MakeStore = () => Promise<{ store: Store; dispose: () => Promise<void> }>;

const LARGE = 6 * 2 ** 20 + 4;

export function storeConformance(name: string, makeStore: MakeStore): void {
  describe(`${name} conforms to the store port`, () => {
    let store: Store;
    let dispose: () => Promise<void>;

    beforeEach(async () => {
      ({ store, dispose } = await makeStore());
    });
    afterEach(async () => {
      await dispose();
    });

    /** Records the headers of participants 0…count-1 in a session in r2. */
    async function sessionWithHeaders(count: number) {
      const row = await openSession(store, { phase: 'r2' });
      for (let i = 0; i < count; i += 1) await store.putRecord(row.id, 'r2', header(i));
      return row;
    }
    const header = (i: number) =>
      record({ kind: 'r2', sender: party(i), signed: signedOf(`header ${i}`), attachment: null });
    const input = (i: number, coordinates: number) => ({
      sender: party(i),
      signed: signedOf(`header ${i}`),
      upload: tally(i, coordinates),
    });

    describe('tasks', () => {
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

    describe('certificates, revocations and blobs', () => {
      test('the last certificate of an identity counts; identities are in order', async () => {
        await store.putEnrolment({ identity: party(2), certificate: signedOf('old') });
        await store.putEnrolment({ identity: party(1), certificate: signedOf('one') });
        await store.putEnrolment({ identity: party(2), certificate: signedOf('new') });
        expect(await store.listEnrolments()).toEqual([
          { identity: party(1), certificate: signedOf('one') },
          { identity: party(2), certificate: signedOf('new') },
        ]);
      });

      test('the first revocation of an identity is final; identities are in order', async () => {
        await store.putRevocation(party(9), signedOf('nine'));
        await store.putRevocation(party(3), signedOf('first'));
        await store.putRevocation(party(3), signedOf('second'));
        expect(await store.listRevocations()).toEqual([
          { identity: party(3), revocation: signedOf('first') },
          { identity: party(9), revocation: signedOf('nine') },
        ]);
      });

      test('blobs come back, empty and large ones too; the first of a digest stays', async () => {
        const large = bytesOf('blob', LARGE);
        await store.putBlob('aa', large);
        await store.putBlob('bb', new Uint8Array(0));
        await store.putBlob('aa', bytesOf('other'));
        expect(await store.getBlob('bb')).toEqual(new Uint8Array(0));
        expect(await store.getBlob('cc')).toBeNull();
        expect(sameAs(await store.getBlob('aa'), large)).toBe(true);
      });
    });

    describe('sessions', () => {
      test('a session comes back as it was created, with its first leaves', async () => {
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

    describe('records', () => {
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

    describe('inputs', () => {
      const fold = adder(5);

      test('an input counts once, however often it is committed', async () => {
        const { id } = await sessionWithHeaders(3);
        expect(await store.readSum(id, fold)).toEqual(new Uint8Array(20));
        expect(await store.commitInput(id, input(2, 5), fold)).toBe('stored');
        expect(await store.commitInput(id, input(0, 5), fold)).toBe('stored');
        expect(await store.commitInput(id, input(2, 5), fold)).toBe('same');
        expect(await store.readInputs(id)).toEqual([party(0), party(2)]);
        expect(tallied(await store.readSum(id, fold))).toEqual([party(0), party(2)]);
        // A header alone is no input.
        expect(await store.countRecords(id, 'r2')).toBe(3);
      });

      test('the same input at once: one is stored, the others are same', async () => {
        const { id } = await sessionWithHeaders(1);
        const answers = await Promise.all(
          Array.from({ length: 12 }, () => store.commitInput(id, input(0, 5), fold)),
        );
        expect(countOf(answers, 'stored')).toBe(1);
        expect(countOf(answers, 'same')).toBe(11);
        expect(tallied(await store.readSum(id, fold))).toEqual([party(0)]);
      });

      test('many inputs at once: the sum has each of them once', async () => {
        const { id } = await sessionWithHeaders(24);
        const wide = adder(24);
        const twice = [...Array(24).keys(), ...Array(24).keys()];
        const answers = await Promise.all(twice.map((i) => store.commitInput(id, input(i, 24), wide)));
        expect(countOf(answers, 'stored')).toBe(24);
        const all = Array.from({ length: 24 }, (_, i) => party(i));
        expect(await store.readInputs(id)).toEqual(all);
        expect(tallied(await store.readSum(id, wide))).toEqual(all);
      });

      test('without its header, or with another one, an input is a conflict', async () => {
        const { id } = await sessionWithHeaders(1);
        // Not headers, for three different reasons.
        await store.putRecord(id, 'r2', { ...header(3), kind: 'r1' });
        await store.putRecord(id, 'r2', { ...header(3), subject: party(3) });
        await store.putRecord((await sessionWithHeaders(4)).id, 'r2', header(3));
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
        const row = await sessionWithHeaders(2);
        await store.commitInput(row.id, input(0, 5), fold);
        await store.transition(row.id, from(row), change({ to: 'r3' }));
        expect(await store.commitInput(row.id, input(0, 5), fold)).toBe('late');
        expect(await store.commitInput(row.id, input(1, 5), fold)).toBe('late');
        expect(await store.readInputs(row.id)).toEqual([party(0)]);
        expect(tallied(await store.readSum(row.id, fold))).toEqual([party(0)]);
      });

      test('an upload that cannot be folded rejects, leaves no trace and may be sent again', async () => {
        const { id } = await sessionWithHeaders(2);
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

      test('sessions have sums of their own', async () => {
        const [one, two] = [await sessionWithHeaders(2), await sessionWithHeaders(2)];
        await store.commitInput(one.id, input(0, 5), fold);
        await store.commitInput(two.id, input(1, 5), fold);
        expect(tallied(await store.readSum(one.id, fold))).toEqual([party(0)]);
        expect(tallied(await store.readSum(two.id, fold))).toEqual([party(1)]);
      });

      test('sums are aligned: the fold sees 32-bit integers, and so does who reads', async () => {
        const { id } = await sessionWithHeaders(2);
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
        const { id } = await sessionWithHeaders(3);
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

    describe('transitions', () => {
      test('a transition changes exactly what it names', async () => {
        const row = await openSession(store, { blamed: [party(1)] });
        const other = await openSession(store);
        const before = Date.now();
        const first = change({ statement: { kind: 'u1', signed: signedOf('u1') } });
        expect(await store.transition(row.id, from(row), first)).toBe(true);
        const second = change({
          to: 'aborted',
          phaseDeadlineMs: 5,
          statement: { kind: 'abort', signed: signedOf('abort') },
          leaves: [bytesOf('last leaf', 1)],
          tree: { size: 4, root: bytesOf('last root') },
          blamed: [party(7), party(1), party(3)],
          aggregate: bytesOf('aggregate', 12),
        });
        const middle = (await store.getSession(row.id))!;
        expect(middle).toEqual({
          ...row,
          phase: 'r1',
          version: 1,
          phaseSinceMs: middle.phaseSinceMs,
          phaseDeadlineMs: first.phaseDeadlineMs,
          statements: { u1: signedOf('u1') },
          tree: first.tree,
        });
        expect(await store.readAggregate(row.id)).toBeNull();
        expect(await store.transition(row.id, from(middle), second)).toBe(true);
        const last = (await store.getSession(row.id))!;
        expect(last).toEqual({
          ...middle,
          phase: 'aborted',
          version: 2,
          phaseSinceMs: last.phaseSinceMs,
          phaseDeadlineMs: 5,
          statements: { u1: signedOf('u1'), abort: signedOf('abort') },
          tree: second.tree,
          blamed: [party(1), party(7), party(3)],
        });
        // A database may round its clock.
        expect(middle.phaseSinceMs).toBeGreaterThanOrEqual(before - 1);
        expect(last.phaseSinceMs).toBeGreaterThanOrEqual(middle.phaseSinceMs);
        expect(last.phaseSinceMs).toBeLessThanOrEqual(Date.now() + 1);
        expect(await store.readLeaves(row.id)).toEqual([
          bytesOf('opening leaf'),
          ...first.leaves,
          ...second.leaves,
        ]);
        expect(await store.readAggregate(row.id)).toEqual(bytesOf('aggregate', 12));
        expect(await store.getSession(other.id)).toEqual(other);
        expect(await store.readLeaves(other.id)).toEqual([bytesOf('opening leaf')]);
        expect(await store.readAggregate(other.id)).toBeNull();
      });

      test('a transition without statement, leaves, blame or aggregate keeps those there are', async () => {
        const row = await openSession(store, { phase: 'r3' });
        const signed = signedOf('u3');
        const aggregate = bytesOf('aggregate');
        await store.transition(
          row.id,
          from(row),
          change({ to: 'r4', statement: { kind: 'u3', signed }, blamed: [party(1)], aggregate }),
        );
        const middle = (await store.getSession(row.id))!;
        const { tree } = middle;
        expect(await store.transition(row.id, from(middle), change({ to: 'closed', leaves: [], tree }))).toBe(
          true,
        );
        const { phaseDeadlineMs, phaseSinceMs } = (await store.getSession(row.id))!;
        expect(await store.getSession(row.id)).toEqual({
          ...middle,
          phase: 'closed',
          version: 2,
          phaseDeadlineMs,
          phaseSinceMs,
        });
        expect(await store.readLeaves(row.id)).toHaveLength(3);
        expect(await store.readAggregate(row.id)).toEqual(aggregate);
      });

      test('with another phase or version it fails and changes nothing', async () => {
        const row = await openSession(store, { version: 4 });
        const attempt = change({
          statement: { kind: 'u1', signed: signedOf('u1') },
          blamed: [party(1)],
          aggregate: bytesOf('aggregate'),
        });
        for (const wrong of [
          { phase: 'r1', version: 4 },
          { phase: 'r0', version: 3 },
          { phase: 'r0', version: 5 },
        ] as const) {
          expect(await store.transition(row.id, wrong, attempt)).toBe(false);
        }
        expect(await store.getSession(row.id)).toEqual(row);
        expect(await store.readLeaves(row.id)).toEqual([bytesOf('opening leaf')]);
        expect(await store.readAggregate(row.id)).toBeNull();
      });

      test('a session that has ended accepts nothing', async () => {
        for (const to of ['closed', 'aborted'] as const) {
          const row = await sessionWithHeaders(1);
          await store.transition(row.id, from(row), change({ to }));
          const end = (await store.getSession(row.id))!;
          const leaves = await store.readLeaves(row.id);
          expect(await store.transition(row.id, from(end), change({ to: 'r2' }))).toBe(false);
          expect(await store.putRecord(row.id, to, record())).toBe('late');
          expect(await store.commitInput(row.id, input(0, 5), adder(5))).toBe('late');
          expect(await store.getSession(row.id)).toEqual(end);
          expect(await store.readLeaves(row.id)).toEqual(leaves);
        }
      });

      test('a second statement of one kind rejects and changes nothing', async () => {
        const row = await openSession(store);
        const statement = { kind: 'u1', signed: signedOf('u1') } as const;
        await store.transition(row.id, from(row), change({ statement }));
        const middle = (await store.getSession(row.id))!;
        const again = change({ to: 'r2', statement: { kind: 'u1', signed: signedOf('another u1') } });
        await expect(store.transition(row.id, from(middle), again)).rejects.toThrow();
        expect(await store.getSession(row.id)).toEqual(middle);
        expect(await store.readLeaves(row.id)).toHaveLength(3);
      });

      test('of many at once exactly one wins, and all of it is that one', async () => {
        const row = await openSession(store);
        const changes = Array.from({ length: 16 }, (_, i) =>
          change({
            to: i % 2 === 0 ? 'r1' : 'aborted',
            statement: { kind: i % 2 === 0 ? 'u1' : 'abort', signed: signedOf(`${i}`) },
            leaves: [bytesOf(`leaf ${i}`)],
            tree: { size: 2, root: bytesOf(`root ${i}`) },
            blamed: [party(i)],
          }),
        );
        const answers = await Promise.all(changes.map((c) => store.transition(row.id, from(row), c)));
        expect(countOf(answers, true)).toBe(1);
        const winner = changes[answers.indexOf(true)]!;
        const { statement, leaves, tree, blamed, to } = winner;
        expect(await store.getSession(row.id)).toMatchObject({ phase: to, version: 1, tree, blamed });
        expect((await store.getSession(row.id))?.statements).toEqual({
          [statement!.kind]: statement!.signed,
        });
        expect(await store.readLeaves(row.id)).toEqual([bytesOf('opening leaf'), ...leaves]);
      });

      test('it fails when more was accepted than it was computed from', async () => {
        const row = await sessionWithHeaders(2);
        const fold = adder(5);
        await store.commitInput(row.id, input(0, 5), fold);
        const to = change({ to: 'r3' });
        const attempt = (seen: Partial<Record<RecordKind | 'inputs', number>>) =>
          store.transition(row.id, { ...from(row), seen }, to);
        expect(await attempt({ r2: 1, inputs: 1 })).toBe(false);
        expect(await attempt({ r2: 2, inputs: 0 })).toBe(false);
        expect(await attempt({ inputs: 2 })).toBe(false);
        expect(await attempt({ r2: 2, inputs: 1, answer: 1 })).toBe(false);
        expect(await store.getSession(row.id)).toEqual(row);
        expect(await attempt({ r2: 2, inputs: 1, answer: 0 })).toBe(true);
      });
    });

    describe('messages that race with the close of their round', () => {
      /** Tries what a coordinator does: read, compute, close; again when something came in between. */
      async function closeRound(id: string, kind: RecordKind | 'inputs'): Promise<string[]> {
        for (;;) {
          const row = (await store.getSession(id))!;
          const members =
            kind === 'inputs'
              ? await store.readInputs(id)
              : (await store.readRecords(id, kind)).map(({ sender }) => sender);
          const to = change({ to: kind === 'inputs' ? 'r3' : 'r1' });
          const seen = { [kind]: members.length };
          if (await store.transition(id, { ...from(row), seen }, to)) return members;
        }
      }

      test('a record is accepted and in the closing set, or late', async () => {
        for (let attempt = 0; attempt < 6; attempt += 1) {
          const { id } = await openSession(store);
          const put = (i: number) => store.putRecord(id, 'r0', record({ sender: party(i) }));
          const first = [...Array(10).keys()].map(put);
          for (let i = 0; i < attempt; i += 1) await Promise.resolve();
          const closing = closeRound(id, 'r0');
          const second: ReturnType<typeof put>[] = [];
          for (let i = 10; i < 20; i += 1) {
            second.push(put(i));
            await Promise.resolve();
          }
          const members = await closing;
          const answers = await Promise.all([...first, ...second]);
          const accepted = answers.flatMap((answer, i) => (answer === 'stored' ? [party(i)] : []));
          expect(members).toEqual(accepted);
          expect(countOf(answers, 'late')).toBe(20 - accepted.length);
          expect((await store.readRecords(id, 'r0')).map(({ sender }) => sender)).toEqual(accepted);
        }
      });

      test('an input is in the closing set and in the sum, or in neither', async () => {
        const fold = adder(20);
        for (let attempt = 0; attempt < 6; attempt += 1) {
          const { id } = await sessionWithHeaders(20);
          const commit = (i: number) => store.commitInput(id, input(i, 20), fold);
          const first = [...Array(10).keys()].map(commit);
          for (let i = 0; i < attempt; i += 1) await Promise.resolve();
          const closing = closeRound(id, 'inputs');
          const second: ReturnType<typeof commit>[] = [];
          for (let i = 10; i < 20; i += 1) {
            second.push(commit(i));
            await Promise.resolve();
          }
          const members = await closing;
          const sumAtClose = await store.readSum(id, fold);
          const answers = await Promise.all([...first, ...second]);
          const accepted = answers.flatMap((answer, i) => (answer === 'stored' ? [party(i)] : []));
          expect(members).toEqual(accepted);
          expect(tallied(sumAtClose)).toEqual(members);
          expect(await store.readInputs(id)).toEqual(members);
          expect(await store.readSum(id, fold)).toEqual(sumAtClose);
          expect(countOf(answers, 'late')).toBe(20 - accepted.length);
        }
      });
    });

    describe('what goes in and comes out is copied', () => {
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
          await store.readAggregate(row.id),
          await store.listEnrolments(),
          await store.listRevocations(),
          await store.getBlob('aa'),
        ];
        return { given, write, read };
      }

      test('what the caller does to its arrays later does not reach the store', async () => {
        const { given, write, read } = await everything();
        await write();
        const before = clone(await read());
        scribble(given);
        expect(await read()).toEqual(before);
        expect(tallied(before[8] as Uint8Array)).toEqual([party(1)]);
      });

      test('what the reader does to what it got does not reach the store', async () => {
        const { write, read } = await everything();
        await write();
        const first = await read();
        const before = clone(first);
        scribble(first);
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

    describe('watching', () => {
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
          seen.push({ taskId, sessionId, state: state(sessionId) });
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

    describe('closing the store', () => {
      test('later operations reject; closing again does nothing', async () => {
        const { id } = await openSession(store);
        await store.close();
        await store.close();
        await expect(store.getSession(id)).rejects.toThrow();
        await expect(store.putRecord(id, 'r0', record())).rejects.toThrow();
        await expect(store.transition(id, { phase: 'r0', version: 0 }, change())).rejects.toThrow();
        await expect(store.putBlob('aa', bytesOf('a'))).rejects.toThrow();
      });
    });

    describe('random operations', () => {
      const begin = fc.constantFrom<Phase[]>('r0', 'r2', 'r2');

      async function start(phase: Phase): Promise<{ id: string; model: Model }> {
        const row = await openSession(store, { phase });
        const { version, phaseDeadlineMs, tree } = row;
        const model: Model = {
          phase,
          version,
          phaseDeadlineMs,
          tree,
          statements: [],
          blamed: [],
          records: [],
          uploads: [],
          leaves: [bytesOf('opening leaf')],
          aggregate: null,
        };
        return { id: row.id, model };
      }

      test('one after the other they do what the model does', async () => {
        await fc.assert(
          fc.asyncProperty(begin, fc.array(intention, { maxLength: 30 }), async (phase, intentions) => {
            const { id, model } = await start(phase);
            let state = model;
            for (const intend of intentions) {
              const operation = intend(state);
              const [answer, next] = run(state, operation);
              const given = await perform(store, id, operation);
              if (given !== answer) throw new Error(`${given} instead of ${answer} for ${show(operation)}`);
              state = next;
              expect(await observed(store, id)).toBe(expected(state));
            }
          }),
          { numRuns: 100 },
        );
      });

      test('at the same time they do what the model does in some order', async () => {
        const batch = fc.array(intention, { minLength: 2, maxLength: 4 });
        const batches = fc.array(batch, { maxLength: 8 });
        await fc.assert(
          fc.asyncProperty(begin, batches, async (phase, planned) => {
            const { id, model } = await start(phase);
            let state = model;
            for (const intentions of planned) {
              const found = await explain(id, state, intentions);
              state = found;
            }
          }),
          { numRuns: 60 },
        );
      });

      async function explain(id: string, before: Model, intentions: Intention[]): Promise<Model> {
        const operations = intentions.map((intend, place) => ({ place, operation: intend(before) }));
        const answers = await Promise.all(operations.map(({ operation }) => perform(store, id, operation)));
        const after = await observed(store, id);
        for (const inOrder of permutations(operations)) {
          let state = before;
          const agree = inOrder.every(({ place, operation }) => {
            const [answer, next] = run(state, operation);
            state = next;
            return answer === answers[place];
          });
          if (agree && expected(state) === after) return state;
        }
        throw new Error(`no order explains ${show({ answers, operations, before, after })}`);
      }
    });
  });
}

/** Without the slow diff of an assertion on megabytes. */
function sameAs(read: Uint8Array | null | undefined, wanted: Uint8Array): boolean {
  return read?.length === wanted.length && Buffer.compare(read, wanted) === 0;
}
