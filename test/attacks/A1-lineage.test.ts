/**
 * A1, in time instead of across participants: models of the coordinator's own choosing, one after the other, to a
 * participant that saw the last aggregate. It recomputes the next model itself and refuses a different one (LINEAGE).
 */
import { beforeAll, expect, test } from '@jest/globals';
import { BlindsumError, type Client } from '../../src/client/index.js';
import { loadTensorFlow } from '../../src/learning/backend.js';
import {
  encodeModel,
  firstModel,
  memoryLineage,
  nextModel,
  trainParticipant,
  type TrainingOutcome,
} from '../../src/learning/index.js';
import { checkLineage, type LineageRecord, type Offer } from '../../src/learning/lineage.js';
import { policyOf } from '../helpers/protocol.js';
import { points, smallModel } from '../learning/models.js';

const open: LineageRecord = { step: 3, attempt: 1, input: 'bytes', offered: 'third', next: null };
const summed: LineageRecord = { ...open, next: 'fourth' };
const offer = (changes: Partial<Offer>): Offer => ({
  step: 3,
  attempt: 1,
  digest: 'third',
  input: 'bytes',
  ...changes,
});

const refusals: [string, string, LineageRecord | null, Offer][] = [
  ['a model that does not follow from the aggregate', 'LINEAGE', summed, offer({ step: 4, digest: 'other' })],
  ['a step that was summed, once more', 'LINEAGE', summed, offer({ attempt: 2 })],
  ['an earlier step', 'LINEAGE', open, offer({ step: 2 })],
  ['a step far ahead, where nothing can be compared', 'LINEAGE', summed, offer({ step: 5, digest: 'other' })],
  ['another model at the same step', 'LINEAGE', open, offer({ attempt: 2, digest: 'other' })],
  ['an earlier attempt', 'LINEAGE', { ...open, attempt: 2 }, offer({})],
  ['the same attempt in other bytes, hence in another scope', 'LINEAGE', open, offer({ input: 'others' })],
  ['attempt after attempt at one step', 'BELOW_POLICY', open, offer({ attempt: 3 })],
];
test.each(refusals)('A1 a coordinator offers %s: %s', (_, code, record, offered) => {
  expect(() => checkLineage(record, offered, { maxAttempts: 2, allowMissedSteps: false })).toThrow(
    expect.objectContaining({ code, fault: 'peer' }),
  );
});

let model: Uint8Array;
let crafted: Uint8Array;
beforeAll(async () => {
  const loaded = await loadTensorFlow();
  const [first, other] = [smallModel(loaded, 1), smallModel(loaded, 2)];
  model = firstModel(first);
  crafted = encodeModel(other, { step: 2, attempt: 1 });
  first.dispose();
  other.dispose();
});

/** Sessions with these models as inputs; every one that is not refused ends with the participant's own update. */
const sessionsOver = (inputs: readonly Uint8Array[]): Pick<Client, 'participate'> => ({
  async *participate(_task, work) {
    for (const [number, input] of inputs.entries()) {
      const session = String(number);
      try {
        const made = await work(input, { id: session, policy: policyOf() } as never);
        const mean = (made as { vectors: Record<string, Float64Array> }).vectors;
        yield { kind: 'closed', session, result: { mean } as never };
      } catch (error) {
        if (!(error instanceof BlindsumError)) throw error;
        yield { kind: 'failed', session, error };
      }
    }
  },
});

async function train(inputs: readonly Uint8Array[]): Promise<(TrainingOutcome & { model?: Uint8Array })[]> {
  const outcomes: TrainingOutcome[] = [];
  const training = { epochs: 1, batchSize: 16, learningRate: 0.5, seed: 3 };
  const options = { task: 'a task', data: points(16, 1), training, lineage: memoryLineage() };
  for await (const outcome of trainParticipant(sessionsOver(inputs) as Client, options))
    outcomes.push(outcome);
  return outcomes;
}

test('A1 a training participant computes the next model itself: the crafted one gets no update', async () => {
  const [first] = await train([model]);
  const next = await nextModel(
    model,
    (first as { result: { mean: Record<string, Float64Array> } }).result.mean,
  );
  const [, honest] = await train([model, next]);
  expect(honest?.kind).toBe('closed');
  const [, attacked] = await train([model, crafted]);
  expect(attacked).toMatchObject({ kind: 'failed', error: { code: 'LINEAGE', fault: 'peer' } });
});
