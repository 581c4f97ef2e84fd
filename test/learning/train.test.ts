/** Local training: it learns, repeats itself, and cleans up. */
import { loadTensorFlow, type TensorFlow } from '../../src/learning/backend.js';
import { modelVectors } from '../../src/learning/model-vectors.js';
import { evaluate, trainLocally } from '../../src/learning/train.js';
import { points, smallModel } from './models.js';

let loaded: TensorFlow;
beforeAll(async () => {
  loaded = await loadTensorFlow();
});

const options = { epochs: 20, batchSize: 16, learningRate: 0.5, seed: 7 };

test('it learns', async () => {
  const model = smallModel(loaded);
  const [training, held] = [points(200, 1), points(200, 2)];
  const before = await evaluate(model, held);
  await trainLocally(model, training, options);
  const after = await evaluate(model, held);
  expect(after.accuracy).toBeGreaterThan(0.95);
  expect(after.loss).toBeLessThan(before.loss / 2);
  model.dispose();
});

test('the same seed gives the same weights to the last bit, another seed others', async () => {
  const trained = async (seed: number): Promise<unknown> => {
    const model = smallModel(loaded);
    await trainLocally(model, points(50, 1), { ...options, seed });
    const vectors = modelVectors(model);
    model.dispose();
    return vectors;
  };
  const once = await trained(7);
  expect(await trained(7)).toEqual(once);
  expect(await trained(8)).not.toEqual(once);
});

test('no tensor is left behind, whether it works or not', async () => {
  const model = smallModel(loaded);
  const before = loaded.tf.memory().numTensors;
  for (let i = 0; i < 3; i++) {
    await trainLocally(model, points(50, 1), { ...options, epochs: 2 });
    await evaluate(model, points(50, 1));
  }
  await expect(trainLocally(model, { features: [[1]], labels: [0] }, options)).rejects.toThrow(RangeError);
  await expect(evaluate(model, { features: [[1, 2]], labels: [2] })).rejects.toThrow(RangeError);
  expect(loaded.tf.memory().numTensors).toBe(before);
  model.dispose();
});

test.each([
  ['none', { features: [], labels: [] }, 'and not none'],
  ['more labels', { features: [[1, 2]], labels: [0, 1] }, 'must be as many'],
  ['a short row', { features: [[1, 2], [1]], labels: [0, 1] }, 'row 1 has 1 values, the model takes 2'],
  ['a strange label', { features: [[1, 2]], labels: [0.5] }, 'not all of them are classes'],
])('records that do not fit are refused: %s', async (_, examples, problem) => {
  const model = smallModel(loaded);
  await expect(trainLocally(model, examples, options)).rejects.toThrow(problem);
  model.dispose();
});

test('several classes', async () => {
  const { layers } = loaded;
  const kernelInitializer = layers.initializers.glorotUniform({ seed: 3 });
  const model = layers.sequential({
    layers: [layers.layers.dense({ units: 3, activation: 'softmax', inputShape: [2], kernelInitializer })],
  });
  const { features } = points(300, 4);
  const labels = features.map(({ 0: x = 0, 1: y = 0 }) => (x > 0 ? 0 : y > 0 ? 1 : 2));
  await trainLocally(model, { features, labels }, options);
  expect((await evaluate(model, { features, labels })).accuracy).toBeGreaterThan(0.9);
  model.dispose();
});
