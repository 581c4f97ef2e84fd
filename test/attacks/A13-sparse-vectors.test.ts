/**
 * A13, sparse vectors: a coordinate that only one participant fills is that participant's value. Not met by any check;
 * who is about to send such a vector is told, before anything of the session is sent.
 */
import { readFileSync } from 'node:fs';
import { afterEach, expect, test } from '@jest/globals';
import type { ProgressEvent } from '../../src/client/index.js';
import { sparseVectors } from '../../src/client/sparse.js';
import { recording, type Sent } from '../client/helpers/transports.js';
import { makeWorld, type World } from '../client/helpers/world.js';
import { participants, taskOf, vectorOf } from '../helpers/protocol.js';

const LENGTH = 200;
const vectors = [vectorOf({ length: LENGTH, bits: 20, clip: 1000 })];
const filled = (count: number) => Array.from({ length: LENGTH }, (_, at) => (at < count ? 7 : 0));
const worlds: World[] = [];
afterEach(async () => {
  for (const made of worlds.splice(0)) await made.stop();
});

test.each([
  [0, false],
  [1, true],
  [20, true],
  [21, false],
  [200, false],
])('A13 a vector of 200 coordinates with %i values is sparse: %s', (count, isSparse) => {
  const found = sparseVectors(taskOf(participants(3), { vectors }), [Uint32Array.from(filled(count))]);
  expect(found).toEqual(isSparse ? [{ vector: 'counts', nonZero: count, length: LENGTH }] : []);
});

test('A13 a short vector is not called sparse', () => {
  const task = taskOf(participants(3), { vectors: [vectorOf({ length: 31 }), vectorOf({ length: 32 })] });
  const found = sparseVectors(task, [
    Uint32Array.of(1, ...Array<number>(30).fill(0)),
    new Uint32Array(32).fill(0, 0, 31),
  ]);
  expect(found).toEqual([]);
});

test('A13 its sender is told before r0 leaves, and the sum then shows the value', async () => {
  const made = await makeWorld({ task: { vectors } });
  worlds.push(made);
  const told: { readonly event: ProgressEvent; readonly sent: number }[] = [];
  const sent: Sent[] = [];
  const contribute = (index: number, count: number) =>
    made.client(index, index === 0 ? { transport: recording(made.api(0), sent) } : {}).contribute({
      task: made.taskId,
      vectors: { counts: filled(count) },
      onProgress: (event) => {
        if (index === 0) told.push({ event, sent: sent.length });
      },
    });
  const all = [contribute(0, 3), contribute(1, 0), contribute(2, 0)];
  await made.open();
  const [result] = await Promise.all(all);
  const warning = told.find(({ event }) => event.type === 'sparse');
  expect(warning).toMatchObject({ event: { vector: 'counts', nonZero: 3, length: LENGTH }, sent: 0 });
  expect([...(result?.sum.counts as Float64Array)]).toEqual(filled(3));
});

test('A13 SECURITY says so', () => {
  const text = readFileSync(new URL('../../SECURITY.md', import.meta.url), 'utf8').replaceAll(/\s+/g, ' ');
  expect(text).toMatch(
    /Sparse vectors.*a coordinate that only one participant fills is that participant's value/,
  );
});
