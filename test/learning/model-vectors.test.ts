/** Models as named vectors and back. */
import { loadTensorFlow, type TensorFlow } from '../../src/learning/backend.js';
import { modelVectors, setModelVectors, vectorSpecs } from '../../src/learning/model-vectors.js';
import { smallModel } from './models.js';

let loaded: TensorFlow;
beforeAll(async () => {
  loaded = await loadTensorFlow();
});

const SPECS = [
  { name: 'hidden/kernel', shape: [2, 4] },
  { name: 'hidden/bias', shape: [4] },
  { name: 'output/kernel', shape: [4, 1] },
  { name: 'output/bias', shape: [1] },
];

test('names are stable, however often a model is built in one process', () => {
  const [first, second] = [smallModel(loaded), smallModel(loaded)];
  expect(vectorSpecs(first)).toEqual(SPECS);
  expect(vectorSpecs(second)).toEqual(SPECS);
  expect(second.weights[0]?.name).not.toBe(first.weights[0]?.name);
  first.dispose();
  second.dispose();
});

test('names are unique when nested models share theirs', () => {
  const { layers } = loaded;
  const model = layers.sequential({
    layers: [smallModel(loaded), layers.layers.dense({ units: 2, name: 'middle' })],
  });
  model.add(smallModel(loaded, 2).layers[0] ?? layers.layers.flatten());
  const names = vectorSpecs(model).map(({ name }) => name);
  expect(new Set(names).size).toBe(8);
  expect(names).toContain('hidden/kernel:1');
  model.dispose();
});

test('the weights of one model go into another, in any order, without leaving tensors', async () => {
  const [from, to] = [smallModel(loaded, 1), smallModel(loaded, 2)];
  const vectors = modelVectors(from);
  expect(vectors.map(({ values }) => values.length)).toEqual([8, 4, 4, 1]);
  expect(modelVectors(to)).not.toEqual(vectors);
  const before = loaded.tf.memory().numTensors;
  await setModelVectors(to, [...vectors].reverse());
  expect(modelVectors(to)).toEqual(vectors);
  expect(loaded.tf.memory().numTensors).toBe(before);
  vectors[0]?.values.fill(7);
  expect(modelVectors(to)[0]?.values[0]).not.toBe(7);
  from.dispose();
  to.dispose();
});

test('vectors that do not fit are refused before anything is changed', async () => {
  const model = smallModel(loaded);
  const vectors = modelVectors(model);
  const [kernel, ...others] = vectors;
  if (kernel === undefined) throw new Error('unreachable');
  const ones = { ...kernel, values: kernel.values.map(() => 1) };
  const refused = [
    [ones, ...others.slice(1)],
    [ones, ...others, { ...kernel, name: 'more' }],
    [ones, ones, ...others.slice(1)],
    [{ ...ones, name: 'other' }, ...others],
    [{ ...ones, shape: [4, 2] }, ...others],
    [{ ...ones, values: ones.values.subarray(1) }, ...others],
  ];
  for (const list of refused) await expect(setModelVectors(model, list)).rejects.toThrow(TypeError);
  expect(modelVectors(model)).toEqual(vectors);
  model.dispose();
});
