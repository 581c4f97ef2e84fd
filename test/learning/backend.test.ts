/** Loading TensorFlow.js: offline, quiet, and clear about what is missing. */
import { jest } from '@jest/globals';

import { loadTensorFlow, MissingPackageError } from '../../src/learning/backend.js';

test.each(['wasm', 'cpu'] as const)(
  '%s starts, computes, prints nothing and leaves the process alone',
  async (backend) => {
    const said = [jest.spyOn(console, 'warn'), jest.spyOn(console, 'log'), jest.spyOn(console, 'error')];
    const handlers = (): number =>
      process.listenerCount('uncaughtException') + process.listenerCount('unhandledRejection');
    const before = handlers();
    const { tf } = await loadTensorFlow({ backend });
    expect(tf.getBackend()).toBe(backend);
    expect([...tf.tidy(() => tf.matMul([[1, 2]], [[3], [4]]).dataSync())]).toEqual([11]);
    expect(handlers()).toBe(before);
    for (const spy of said) expect(spy).not.toHaveBeenCalled();
  },
);

test('a second call returns the same library', async () => {
  const [first, second] = [await loadTensorFlow(), await loadTensorFlow()];
  expect(second.tf).toBe(first.tf);
});

test('a missing package is named, with the command that installs it', async () => {
  const failure = loadTensorFlow({ backend: 'node' });
  await expect(failure).rejects.toThrow(MissingPackageError);
  await expect(failure).rejects.toMatchObject({
    code: 'MISSING_PACKAGE',
    message:
      '@tensorflow/tfjs-node is not installed; run: npm install @tensorflow/tfjs-core@4.22.0 ' +
      '@tensorflow/tfjs-layers@4.22.0 @tensorflow/tfjs-node@4.22.0',
  });
});
