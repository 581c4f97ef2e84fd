/** One step of federated averaging, as operator and participants compute it. */
import { decodeModel, encodeModel } from '../../src/learning/model-file.js';
import { loadTensorFlow, type TensorFlow } from '../../src/learning/backend.js';
import { modelVectors, setModelVectors } from '../../src/learning/model-vectors.js';
import { atAttempt, firstModel, modelDigest, nextModel, placeOf, updateOf } from '../../src/learning/step.js';
import { learningTaskSpec } from '../../src/learning/task-spec.js';
import { parseTaskSpec } from '../../src/operator/index.js';
import { smallModel } from './models.js';

let loaded: TensorFlow;
let first: Uint8Array;
beforeAll(async () => {
  loaded = await loadTensorFlow();
  const model = smallModel(loaded);
  first = firstModel(model, { note: 'kept' });
  model.dispose();
});

const change = (by: number): Record<string, Float64Array> => ({
  'hidden/kernel': new Float64Array(8).fill(by),
  'hidden/bias': new Float64Array(4).fill(by),
  'output/kernel': new Float64Array(4).fill(by),
  'output/bias': Float64Array.of(by),
});

test('the next model is the given one plus the mean, one step on, the other meta kept', async () => {
  const before = loaded.tf.memory().numTensors;
  const next = await nextModel(await atAttempt(first, 2), change(0.25));
  const [given, made] = [await decodeModel(first), await decodeModel(next)];
  expect(given.meta).toEqual({ step: 1, attempt: 1, note: 'kept' });
  expect(made.meta).toEqual({ step: 2, attempt: 1, note: 'kept' });
  modelVectors(made.model).forEach(({ values }, v) => {
    const old = modelVectors(given.model)[v]?.values ?? new Float32Array();
    expect(values).toEqual(old.map((value) => value + 0.25));
  });
  given.model.dispose();
  made.model.dispose();
  expect(loaded.tf.memory().numTensors).toBe(before);
});

test('the update is trained minus given', async () => {
  const { model } = await decodeModel(first);
  const given = modelVectors(model);
  await setModelVectors(
    model,
    given.map((vector) => ({ ...vector, values: vector.values.map((value) => value + 0.5) })),
  );
  const update = updateOf(model, given);
  model.dispose();
  expect(Object.keys(update)).toEqual(Object.keys(change(0)));
  for (const values of Object.values(update)) for (const value of values) expect(value).toBeCloseTo(0.5, 6);
});

test('attempts of one step are one model, under other bytes', async () => {
  const second = await atAttempt(first, 2);
  expect(second).not.toEqual(first);
  expect(await modelDigest(second)).toBe(await modelDigest(first));
});

test('weights, step and other meta are part of the digest', async () => {
  const digest = await modelDigest(first);
  const { model, meta } = await decodeModel(first);
  expect(await modelDigest(encodeModel(model, { ...meta, note: 'other' }))).not.toBe(digest);
  expect(await modelDigest(encodeModel(model, { ...meta, step: 2 }))).not.toBe(digest);
  expect(await modelDigest(await nextModel(first, change(1e-6)))).not.toBe(digest);
  model.dispose();
});

test.each([
  ['MISSING_VECTOR', { 'hidden/kernel': new Float64Array(8) }],
  ['WRONG_LENGTH', { ...change(0), 'output/bias': new Float64Array(2) }],
])('the aggregate of another model is refused: %s', async (code, mean) => {
  const before = loaded.tf.memory().numTensors;
  await expect(nextModel(first, mean)).rejects.toMatchObject({ code, fault: 'peer' });
  expect(loaded.tf.memory().numTensors).toBe(before);
});

test.each([{}, { step: 1 }, { step: 0, attempt: 1 }, { step: 1, attempt: 1.5 }, { step: '1', attempt: 1 }])(
  'a model without its place is refused: %j',
  (meta) => {
    expect(() => placeOf(meta)).toThrow(expect.objectContaining({ code: 'MALFORMED', fault: 'peer' }));
  },
);

test('the task of a model: one weighted vector per weight, evolving', () => {
  const model = smallModel(loaded);
  const spec = learningTaskSpec(model, { name: 'x', participants: 'enrolled', clip: 2, maxWeight: 100 });
  model.dispose();
  expect(parseTaskSpec(spec)).toMatchObject({
    maxWeight: 100,
    scope: { kind: 'evolving' },
    vectors: [
      { name: 'hidden/kernel', length: 8, clip: 2, weighted: true },
      { name: 'hidden/bias', length: 4 },
      { name: 'output/kernel', length: 4 },
      { name: 'output/bias', length: 1 },
    ],
  });
});
