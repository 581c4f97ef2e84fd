/** The yardsticks of the demo: good enough, repeatable, and cheap. */
import {
  comparison,
  federatedAveraging,
  largestAlone,
  pooledStatistics,
  pooledTraining,
  weightedMean,
} from '../../../src/cli/demo/reference.js';
import { hospitalData } from '../../../src/cli/demo/hospitals.js';
import { loadTensorFlow, type TensorFlow } from '../../../src/learning/backend.js';
import type { ModelVector } from '../../../src/learning/model-vectors.js';

let loaded: TensorFlow;
beforeAll(async () => {
  loaded = await loadTensorFlow();
});

test('federated averaging reaches 95 %, as pooled training does', async () => {
  const compared = comparison(hospitalData(1), 1);
  const before = loaded.tf.memory().numTensors;
  const federated = await federatedAveraging(loaded, compared);
  const pooled = await pooledTraining(loaded, compared);
  const alone = await largestAlone(loaded, compared);
  expect(federated.accuracy).toBeGreaterThanOrEqual(0.95);
  expect(Math.abs(federated.accuracy - pooled.accuracy)).toBeLessThan(0.03);
  expect(alone.accuracy).toBeGreaterThan(0.85);
  expect(federated.history).toHaveLength(10);
  expect(await federatedAveraging(loaded, compared)).toEqual(federated);
  expect(loaded.tf.memory().numTensors).toBe(before);
});

test('rounding every weight to 16 bits, as a secure sum does, changes next to nothing', async () => {
  const compared = comparison(hospitalData(1), 1);
  const step = 8 / 2 ** 16;
  const rounded = (vectors: ModelVector[][], weights: number[]): ModelVector[] =>
    weightedMean(
      vectors.map((own) =>
        own.map((v) => ({ ...v, values: v.values.map((x) => Math.round(x / step) * step) })),
      ),
      weights,
    );
  const [plain, secure] = [
    await federatedAveraging(loaded, compared),
    await federatedAveraging(loaded, compared, rounded),
  ];
  expect(Math.abs(plain.accuracy - secure.accuracy)).toBeLessThan(0.01);
  expect(Math.abs(plain.loss - secure.loss)).toBeLessThan(0.001);
});

test('pooled statistics are those of all hospitals together', () => {
  const { hospitals } = hospitalData(1);
  const { mean, std } = pooledStatistics(hospitals);
  const { hospitals: standardised } = comparison(
    { hospitals, test: hospitals[0] ?? { features: [], labels: [] } },
    1,
  );
  const first = standardised.flatMap(({ features }) => features.map((row) => row[0] ?? NaN));
  expect(mean[0]).toBeCloseTo(14.1, 0);
  expect(std[0]).toBeCloseTo(3.5, 0);
  expect(first.reduce((sum, x) => sum + x, 0) / first.length).toBeCloseTo(0, 9);
  expect(first.reduce((sum, x) => sum + x * x, 0) / first.length).toBeCloseTo(1, 9);
});

test('the weighted mean counts patients, not hospitals', () => {
  const vector = (...values: number[]): ModelVector[] => [
    { name: 'w', shape: [2], values: Float32Array.from(values) },
  ];
  expect(weightedMean([vector(1, 0), vector(4, 3)], [2, 1])).toEqual(vector(2, 1));
});
