/** The task that a model's training needs: one weighted vector per weight of the model. */
import type { LayersModel } from '@tensorflow/tfjs-layers';

import type { TaskSpecInput } from '../operator/index.js';
import { vectorSpecs } from './model-vectors.js';

export interface LearningTask extends Omit<TaskSpecInput, 'vectors' | 'scope' | 'maxWeight'> {
  /** Largest change of a single weight in one step; what exceeds it is refused or cut, see `clipping` of the client. */
  readonly clip: number;
  /** Most records of any participant: a public bound agreed on beforehand. It costs precision, log2 of it in bits. */
  readonly maxWeight: number;
}

/**
 * Spec for `signTask`. Scope: evolving, so participants' policies must accept `evolving`. With the
 * finest steps that cannot wrap; masking suites: of 32 bits per coordinate.
 * @throws TypeError when a weight of the model is not float32
 */
export function learningTaskSpec(
  model: LayersModel,
  { clip, maxWeight, ...more }: LearningTask,
): TaskSpecInput {
  const vectors = vectorSpecs(model).map(({ name, shape }) => ({
    name,
    length: shape.reduce((product, dimension) => product * dimension, 1),
    clip,
    weighted: true,
  }));
  return { ...more, maxWeight, scope: { kind: 'evolving' }, vectors };
}
