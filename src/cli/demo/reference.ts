/**
 * What the demo compares secure aggregation with: federated averaging in the clear, training on all patients in one
 * place, and the largest hospital on its own. The same network, seeds and number of passes for all of them.
 */
import type { LayersModel } from '@tensorflow/tfjs-layers';

import type { TensorFlow } from '../../learning/backend.js';
import { type ModelVector, modelVectors, setModelVectors } from '../../learning/model-vectors.js';
import { evaluate, type Examples, trainLocally } from '../../learning/train.js';
import { FEATURE_COUNT, type Hospital, type Patients, standardise } from './hospitals.js';

/** Sessions of the demo, and what a hospital does in each before it joins. */
export const DEMO_TRAINING = { sessions: 10, epochs: 5, batchSize: 16, learningRate: 0.1 } as const;

/** A small dense network: 30 measurements → 16 → the probability of a benign finding. Deterministic with the seed. */
export function demoModel({ layers }: TensorFlow, seed: number): LayersModel {
  const { dense } = layers.layers;
  const start = (offset: number) => layers.initializers.glorotUniform({ seed: seed * 2 + offset });
  return layers.sequential({
    name: 'demo',
    layers: [
      dense({
        name: 'hidden',
        units: 16,
        activation: 'relu',
        inputShape: [FEATURE_COUNT],
        kernelInitializer: start(0),
      }),
      dense({ name: 'output', units: 1, activation: 'sigmoid', kernelInitializer: start(1) }),
    ],
  });
}

/** The order in which one hospital goes through its patients in one session; all variants use it. */
export const trainingSeed = (seed: number, session: number, hospital: number): number =>
  (seed * 1000 + session) * 100 + hospital;

/** Mean and standard deviation of each measurement over all hospitals: what the secure statistics should yield. */
export function pooledStatistics(hospitals: readonly Patients[]): { mean: Float64Array; std: Float64Array } {
  const rows = hospitals.flatMap(({ features }) => features);
  const mean = new Float64Array(FEATURE_COUNT);
  const std = new Float64Array(FEATURE_COUNT);
  for (let j = 0; j < FEATURE_COUNT; j++) {
    const values = rows.map((row) => row[j] ?? NaN);
    const average = values.reduce((sum, value) => sum + value, 0) / values.length;
    mean[j] = average;
    std[j] = Math.sqrt(values.reduce((sum, value) => sum + (value - average) ** 2, 0) / values.length);
  }
  return { mean, std };
}

export interface Variant {
  accuracy: number;
  loss: number;
  /** Accuracy after each session. */
  history: number[];
}

export interface Comparison {
  seed: number;
  sessions: number;
  /** Standardised records. */
  hospitals: readonly Examples[];
  test: Examples;
}

/** Standardises all records by the given statistics. */
export function comparison(
  { hospitals, test }: { hospitals: readonly Hospital[]; test: Patients },
  seed: number,
  { mean, std }: { mean: ArrayLike<number>; std: ArrayLike<number> } = pooledStatistics(hospitals),
  sessions: number = DEMO_TRAINING.sessions,
): Comparison {
  const examples = ({ features, labels }: Patients): Examples => ({
    features: standardise(features, mean, std),
    labels,
  });
  return { seed, sessions, hospitals: hospitals.map(examples), test: examples(test) };
}

/** Federated averaging (McMahan et al. 2017): each session the mean of all hospitals' weights, by patients. */
export async function federatedAveraging(
  loaded: TensorFlow,
  { seed, sessions, hospitals, test }: Comparison,
  average: (vectors: ModelVector[][], weights: number[]) => ModelVector[] = weightedMean,
): Promise<Variant> {
  const model = demoModel(loaded, seed);
  let shared = modelVectors(model);
  const variant = await overSessions(model, test, sessions, async (session) => {
    const trained: ModelVector[][] = [];
    for (const [i, hospital] of hospitals.entries()) {
      await setModelVectors(model, shared);
      await trainLocally(model, hospital, { ...DEMO_TRAINING, seed: trainingSeed(seed, session, i) });
      trained.push(modelVectors(model));
    }
    const patients = hospitals.map(({ labels }) => labels.length);
    shared = average(trained, patients);
    await setModelVectors(model, shared);
  });
  return variant;
}

/** All patients in one place, which is what nobody may do. */
export function pooledTraining(
  loaded: TensorFlow,
  { seed, sessions, hospitals, test }: Comparison,
): Promise<Variant> {
  const features = hospitals.flatMap((hospital) => hospital.features);
  const labels = hospitals.flatMap((hospital) => Array.from(hospital.labels));
  return trainAlone(loaded, { features, labels }, test, { seed, sessions });
}

/** The hospital with the most patients, on its own. */
export function largestAlone(
  loaded: TensorFlow,
  { seed, sessions, hospitals, test }: Comparison,
): Promise<Variant> {
  const largest = hospitals.reduce((a, b) => (b.labels.length > a.labels.length ? b : a));
  return trainAlone(loaded, largest, test, { seed, sessions });
}

async function trainAlone(
  loaded: TensorFlow,
  data: Examples,
  test: Examples,
  { seed, sessions }: Pick<Comparison, 'seed' | 'sessions'>,
): Promise<Variant> {
  const model = demoModel(loaded, seed);
  return overSessions(model, test, sessions, (session) =>
    trainLocally(model, data, { ...DEMO_TRAINING, seed: trainingSeed(seed, session, 0) }),
  );
}

/** Runs all sessions and disposes of the model. */
async function overSessions(
  model: LayersModel,
  test: Examples,
  sessions: number,
  run: (session: number) => Promise<void>,
): Promise<Variant> {
  try {
    const history: number[] = [];
    for (let session = 0; session < sessions; session++) {
      await run(session);
      history.push((await evaluate(model, test)).accuracy);
    }
    return { ...(await evaluate(model, test)), history };
  } finally {
    model.dispose();
  }
}

/** The mean of each weight over the hospitals, weighted by patients, computed in the clear. */
export function weightedMean(vectors: readonly ModelVector[][], weights: readonly number[]): ModelVector[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const [first = []] = vectors;
  return first.map(({ name, shape, values }, v) => ({
    name,
    shape,
    values: values.map((_, i) => {
      const sum = vectors.reduce((part, own, k) => part + (weights[k] ?? 0) * (own[v]?.values[i] ?? NaN), 0);
      return sum / total;
    }),
  }));
}
