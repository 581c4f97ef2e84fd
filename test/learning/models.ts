/** Small models for the tests. */
import type { LayersModel } from '@tensorflow/tfjs-layers';

import type { TensorFlow } from '../../src/learning/backend.js';
import type { Examples } from '../../src/learning/train.js';
import { seededRandom } from '../../src/learning/seeded-random.js';

/** Two inputs, one output. */
export function smallModel({ layers }: TensorFlow, seed = 1): LayersModel {
  const kernelInitializer = layers.initializers.glorotUniform({ seed });
  return layers.sequential({
    name: 'small',
    layers: [
      layers.layers.dense({
        name: 'hidden',
        units: 4,
        activation: 'tanh',
        inputShape: [2],
        kernelInitializer,
      }),
      layers.layers.dense({ name: 'output', units: 1, activation: 'sigmoid', kernelInitializer }),
    ],
  });
}

/** Points right (1) or left (0) of a slanted line. */
export function points(count: number, seed: number): Examples {
  const random = seededRandom(seed);
  const features = Array.from({ length: count }, () => [random() * 2 - 1, random() * 2 - 1]);
  return { features, labels: features.map(([x = 0, y = 0]) => Number(x + y / 2 > 0)) };
}
