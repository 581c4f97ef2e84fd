/** What a plan says of a session's bytes, against sessions that were counted. */
import { expect, test } from '@jest/globals';
import { chooseInputs, plannedNumbers } from '../../src/cli/simulate/choose-inputs.js';
import { parseDropout } from '../../src/cli/simulate/dropout.js';
import { runSimulation } from '../../src/cli/simulate/run.js';
import { setUp } from '../../src/cli/simulate/setup.js';
import { suiteById } from '../../src/protocol/suites/index.js';
import { trafficOf } from '../../src/protocol/traffic.js';

test.each([
  ['masking/complete', 3, 10],
  ['masking/complete', 12, 1000],
  ['masking/ring', 60, 10],
  ['ckks/sumkey', 3, 10],
  ['ckks/sumkey', 12, 5000],
])('%s among %i', async (id, participants, length) => {
  const dropout = parseDropout('0', participants);
  const options = { suite: id, participants, length, dropout, transport: 'memory', seed: '1' } as const;
  const counted = await runSimulation(options);
  const suite = suiteById(id);
  const { task } = setUp(suite, participants, chooseInputs(options), '1', plannedNumbers(options)).task;
  const traffic = trafficOf(suite, task, participants);
  expect(traffic.inputBytes).toBe(counted.uploadBytesPerCoordinate * length);
  const up = counted.uploadBytesPerParticipant / traffic.uploadBytes;
  if (id !== 'ckks/sumkey') expect(up).toBe(1);
  // Headers are sent again while complaints are waited for.
  expect(up).toBeGreaterThanOrEqual(1);
  expect(up).toBeLessThan(1.05);
  const down = counted.protocolBytes.down / participants / traffic.downloadBytes;
  expect(Math.abs(down - 1)).toBeLessThan(0.01);
});
