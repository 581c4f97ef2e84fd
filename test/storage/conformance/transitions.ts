/** Closing a phase: one compare-and-set, all or nothing. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { RecordKind, Store } from '../../../src/storage/port.js';
import {
  adder,
  bytesOf,
  change,
  countOf,
  from,
  openSession,
  party,
  record,
  signedOf,
  input,
  sessionWithHeaders,
} from '../fixtures.js';

export function transitions(current: () => Store): void {
  describe('transitions', () => {
    let store: Store;
    beforeEach(() => {
      store = current();
    });

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
        const row = await sessionWithHeaders(store, 1);
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
      const row = await sessionWithHeaders(store, 2);
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
}
