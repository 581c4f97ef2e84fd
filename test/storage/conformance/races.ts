/** A message that arrives while its round is being closed is in the closing set, or late. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { RecordKind, Store } from '../../../src/storage/port.js';
import {
  adder,
  change,
  countOf,
  from,
  openSession,
  party,
  record,
  tallied,
  input,
  sessionWithHeaders,
} from '../fixtures.js';

export function races(current: () => Store): void {
  describe('messages that race with the close of their round', () => {
    let store: Store;
    beforeEach(() => {
      store = current();
    });

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
        const { id } = await sessionWithHeaders(store, 20);
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
}
