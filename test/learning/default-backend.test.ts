/** Who uses the library without choosing a backend gets the default, from whatever function comes first. */
import { encode, rfc8949EncodeOptions } from 'cborg';

import { importTensorFlow } from '../../src/learning/backend.js';
import { decodeModel } from '../../src/learning/model-file.js';

const architecture = JSON.stringify({
  class_name: 'Sequential',
  config: {
    layers: [
      {
        class_name: 'Dense',
        config: { batch_input_shape: [null, 1], dtype: 'float32', name: 'd', units: 1, use_bias: false },
      },
    ],
    name: 'm',
  },
});

test('decoding a model is all that was called', async () => {
  const vectors = [{ name: 'd/kernel', shape: [1, 1], values: new Uint8Array(4) }];
  const bytes = encode({ v: 1, meta: {}, architecture, vectors }, rfc8949EncodeOptions);
  const { model } = await decodeModel(bytes);
  expect(model.weights).toHaveLength(1);
  model.dispose();
  expect((await importTensorFlow()).tf.getBackend()).toBe('wasm');
});
