/** Random operations, one by one and at the same time, against the model. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Phase } from '../../../src/protocol/phase.js';
import type { Store } from '../../../src/storage/port.js';
import { bytesOf, openSession } from '../fixtures.js';
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
} from '../model.js';

export function randomOperations(current: () => Store): void {
  describe('random operations', () => {
    let store: Store;
    beforeEach(() => {
      store = current();
    });

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
}
