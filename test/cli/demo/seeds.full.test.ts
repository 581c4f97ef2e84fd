/** No seed that a visitor may choose makes the demo look broken. */
import { hospitalData } from '../../../src/cli/demo/hospitals.js';
import { comparison, federatedAveraging } from '../../../src/cli/demo/reference.js';
import { loadTensorFlow } from '../../../src/learning/backend.js';

test('federated averaging reaches 93 % for every seed from 1 to 20', async () => {
  const loaded = await loadTensorFlow();
  const accuracies: [number, number][] = [];
  for (let seed = 1; seed <= 20; seed++) {
    accuracies.push([
      seed,
      (await federatedAveraging(loaded, comparison(hospitalData(seed), seed))).accuracy,
    ]);
  }
  expect(accuracies.filter(([, accuracy]) => accuracy < 0.93)).toEqual([]);
  expect(accuracies).toHaveLength(20);
}, 240_000);
