/**
 * The same search where an upload is longer than one chunk. Slices of the vectors stand for the whole: windows of all of
 * them would not fit into memory, and what shows a vector shows its slices.
 */
import { expect, test } from '@jest/globals';
import { type Recorded, recordSession } from './recorded-session.js';
import { numberForms, vectorForms } from './representations.js';
import { WindowIndex } from './window-index.js';

const SIZE = { participants: 5, length: 400_000, bits: 24, seed: 'chunks', dropout: { r2: 1 } };
const SLICES = 12;
const SLICE = 128;

function sliceIndex({ vectors, values }: Recorded): WindowIndex {
  const index = new WindowIndex();
  vectors.forEach((vector, participant) => {
    for (let slice = 0; slice < SLICES; slice += 1) {
      const from = Math.floor((slice * (vector.length - SLICE)) / (SLICES - 1));
      const forms = [
        ...vectorForms(vector.subarray(from, from + SLICE), SIZE.bits),
        ...numberForms((values[participant] as Float32Array).subarray(from, from + SLICE)),
      ];
      for (const { bytes } of forms) index.add(`${participant}/${slice}`, bytes);
    }
  });
  return index;
}

test('masking/complete: no slice of any vector reaches the coordinator', async () => {
  const session = await recordSession({ suite: 'masking/complete', ...SIZE });
  expect(session.report).toMatchObject({ exact: true, survivors: 4 });
  expect(session.received.length).toBeGreaterThan(4 * 1_200_000);
  expect(sliceIndex(session).find(session.received)).toEqual([]);
});

test('control: in the clear all slices of all survivors are found', async () => {
  const session = await recordSession({ suite: 'test/plain', ...SIZE });
  expect(session.report).toMatchObject({ exact: true, survivors: 4 });
  expect(sliceIndex(session).find(session.received)).toHaveLength(4 * SLICES);
});
