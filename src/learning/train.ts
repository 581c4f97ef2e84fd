/** Training and evaluating one participant's classifier on its own records, repeatably. */
import type { Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';

import { importTensorFlow, type TensorFlow } from './backend.js';
import { seededRandom, shuffled } from './seeded-random.js';

export interface Examples {
  /** One row per record, as many numbers as the model's input takes. */
  features: readonly ArrayLike<number>[];
  /** The class of each record: 0 or 1 for a model with one output, 0 … outputs − 1 otherwise. */
  labels: ArrayLike<number>;
}

export interface TrainingOptions {
  epochs: number;
  batchSize: number;
  learningRate: number;
  /** Decides the order of the records. The same seed, model and records give the same weights. */
  seed: number;
}

/**
 * Stochastic gradient descent on the model itself. Leaves no tensor behind and no optimiser state: every session
 * starts afresh, as federated averaging wants it. Layers that draw random numbers (dropout) need their own seed to
 * be repeatable.
 * @throws RangeError when there are no records, or they do not fit the model
 */
export async function trainLocally(
  model: LayersModel,
  examples: Examples,
  { epochs, batchSize, learningRate, seed }: TrainingOptions,
): Promise<void> {
  const { tf } = await importTensorFlow();
  const data = toTensors(tf, model, examples);
  const optimizer = tf.train.sgd(learningRate);
  try {
    model.compile({ optimizer, loss: lossOf(model) });
    const random = seededRandom(seed);
    let order = Array.from(examples.labels, (_, i) => i);
    for (let epoch = 0; epoch < epochs; epoch++) {
      order = shuffled(order, random);
      for (let start = 0; start < order.length; start += batchSize) {
        await trainOn(tf, model, data, order.slice(start, start + batchSize));
      }
    }
  } finally {
    tf.dispose([data.inputs, data.labels]);
    optimizer.dispose();
  }
}

/** Share of records classified correctly, and mean loss. @throws RangeError as {@link trainLocally} */
export async function evaluate(
  model: LayersModel,
  examples: Examples,
): Promise<{ accuracy: number; loss: number }> {
  const { tf } = await importTensorFlow();
  const data = toTensors(tf, model, examples);
  const output = model.predict(data.inputs, { batchSize: examples.features.length }) as Tensor;
  try {
    return score(await output.data(), data.classes, examples.labels);
  } finally {
    tf.dispose([data.inputs, data.labels, output]);
  }
}

interface Data {
  inputs: Tensor;
  labels: Tensor;
  /** Outputs of the model. */
  classes: number;
}

async function trainOn(tf: TensorFlow['tf'], model: LayersModel, data: Data, rows: number[]): Promise<void> {
  const index = tf.tensor1d(rows, 'int32');
  const [inputs, labels] = [tf.gather(data.inputs, index), tf.gather(data.labels, index)];
  try {
    await model.trainOnBatch(inputs, labels);
  } finally {
    tf.dispose([index, inputs, labels]);
  }
}

function toTensors(tf: TensorFlow['tf'], model: LayersModel, { features, labels }: Examples): Data {
  const shape = (model.inputs[0]?.shape ?? []).slice(1).map((dimension) => dimension ?? 0);
  const width = shape.reduce((product, dimension) => product * dimension, 1);
  const classes = outputsOf(model);
  if (features.length === 0 || features.length !== labels.length) {
    throw new RangeError(
      `features and labels must be as many, and not none: ${features.length}, ${labels.length}`,
    );
  }
  const flat = new Float32Array(features.length * width);
  features.forEach((row, i) => {
    if (row.length !== width)
      throw new RangeError(`features: row ${i} has ${row.length} values, the model takes ${width}`);
    flat.set(row, i * width);
  });
  const targets = Float32Array.from(labels);
  const fits = (label: number): boolean =>
    Number.isInteger(label) && label >= 0 && label < Math.max(classes, 2);
  if (!targets.every(fits)) throw new RangeError('labels: not all of them are classes of the model');
  const inputs = tf.tensor(flat, [features.length, ...shape]);
  return { inputs, labels: tf.tensor(targets, [targets.length, 1]), classes };
}

const outputsOf = (model: LayersModel): number => model.outputs[0]?.shape.at(-1) ?? 0;

const lossOf = (model: LayersModel): string =>
  outputsOf(model) === 1 ? 'binaryCrossentropy' : 'sparseCategoricalCrossentropy';

/** In plain numbers, so that it does not depend on a backend's rounding. */
function score(
  output: ArrayLike<number>,
  classes: number,
  labels: ArrayLike<number>,
): { accuracy: number; loss: number } {
  let correct = 0;
  let loss = 0;
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i] ?? 0;
    const row = Array.from({ length: classes }, (_, j) => output[i * classes + j] ?? NaN);
    const probabilities = classes === 1 ? [1 - (row[0] ?? NaN), row[0] ?? NaN] : row;
    const predicted = classes === 1 ? Number((row[0] ?? 0) >= 0.5) : row.indexOf(Math.max(...row));
    if (predicted === label) correct += 1;
    loss -= Math.log(Math.max(probabilities[label] ?? NaN, 1e-7));
  }
  return { accuracy: correct / labels.length, loss: loss / labels.length };
}
