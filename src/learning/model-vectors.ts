/** A model's weights as named vectors, which is what a session sums, and back. */
import type { LayersModel } from '@tensorflow/tfjs-layers';

import { importTensorFlow } from './backend.js';

export interface VectorSpec {
  /** Unique within the model: `layer/weight`, the same in every process that has the same model. */
  name: string;
  shape: number[];
}

export interface ModelVector extends VectorSpec {
  values: Float32Array;
}

/**
 * Names and shapes in the order of `model.weights`. The names TensorFlow.js shows carry a counter when a model is
 * loaded twice in one process; these do not.
 * @throws TypeError when a weight is not float32
 */
export function vectorSpecs(model: LayersModel): VectorSpec[] {
  const seen = new Map<string, number>();
  return model.weights.map((weight) => {
    if (weight.dtype !== 'float32')
      throw new TypeError(`weight ${weight.originalName} is ${weight.dtype}, not float32`);
    const times = seen.get(weight.originalName) ?? 0;
    seen.set(weight.originalName, times + 1);
    const shape = weight.shape.map((dimension) => dimension ?? 0);
    // Layers of nested models may share a name; a colon cannot be part of one.
    return { name: times === 0 ? weight.originalName : `${weight.originalName}:${times}`, shape };
  });
}

/** Copies of the weights. */
export function modelVectors(model: LayersModel): ModelVector[] {
  return vectorSpecs(model).map((spec, i) => {
    const values = model.weights[i]?.read().dataSync() as Float32Array;
    return { ...spec, values: Float32Array.from(values) };
  });
}

/**
 * Replaces all weights. Checks everything before it changes anything.
 * @param vectors one per weight, in any order
 * @throws TypeError when a vector is missing, unknown, twice there, or of another shape
 */
export async function setModelVectors(
  model: LayersModel,
  vectors: readonly { name: string; shape: readonly number[]; values: ArrayLike<number> }[],
): Promise<void> {
  const specs = vectorSpecs(model);
  const byName = new Map(vectors.map((vector) => [vector.name, vector]));
  if (byName.size !== vectors.length || vectors.length !== specs.length) {
    throw new TypeError(
      `the model has ${specs.length} weights, got ${vectors.length} vectors (${byName.size} names)`,
    );
  }
  const ordered = specs.map(({ name, shape }) => {
    const vector = byName.get(name);
    if (vector === undefined) throw new TypeError(`no vector for weight ${name}`);
    const count = shape.reduce((product, dimension) => product * dimension, 1);
    if (vector.shape.join() !== shape.join() || vector.values.length !== count) {
      const got = `[${vector.shape.join(', ')}] with ${vector.values.length} values`;
      throw new TypeError(`weight ${name} has shape [${shape.join(', ')}], got ${got}`);
    }
    return { shape, values: Float32Array.from(vector.values) };
  });
  const { tf } = await importTensorFlow();
  const tensors = ordered.map(({ shape, values }) => tf.tensor(values, shape, 'float32'));
  try {
    model.setWeights(tensors);
  } finally {
    tf.dispose(tensors);
  }
}
