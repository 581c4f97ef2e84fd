// Long computations in steps.
import { expect, test } from '@jest/globals';
import { allSteps, mapSteps, type Steps } from '../../src/protocol/steps.js';
import { rosterEntries } from '../../src/protocol/coordinator/r0-advertise-keys.js';
import type { AcceptedRecord } from '../../src/protocol/coordinator/state.js';
import { toHex } from '../../crypto/bytes.js';
import { sha256 } from '../../crypto/hash.js';

function countSteps(steps: Steps<unknown>): number {
  let count = 1;
  while (steps.next().done !== true) count += 1;
  return count;
}

test.each([0, 1, 100, 101, 450])('a list of %d is mapped as by map, a hundred items at a time', (length) => {
  const list = Array.from({ length }, (_, index) => index);
  let mapped = 0;
  const double = (value: number): number => {
    mapped += 1;
    return 2 * value;
  };
  const steps = mapSteps(list, double);
  for (let seen = 0; steps.next().done !== true; seen = mapped) expect(mapped - seen).toBe(100);
  expect(mapped).toBe(length);
  expect(countSteps(mapSteps(list, double))).toBe(Math.floor(length / 100) + 1);
  expect(allSteps(mapSteps(list, double))).toEqual(list.map((value) => 2 * value));
});

test('a long roster is put together in steps, in the order of its identities', () => {
  const records = Array.from({ length: 350 }, (_, index): AcceptedRecord => {
    const sender = sha256(Uint8Array.of(index % 256, index >> 8));
    const signed = { payload: sender, signature: new Uint8Array(64) };
    return { kind: 'r0', sender: toHex(sender), subject: '', signed, attachment: null };
  });
  expect(countSteps(rosterEntries(records))).toBe(4);
  const identities = allSteps(rosterEntries(records)).map(({ identity }) => toHex(identity));
  expect(identities).toEqual(records.map(({ sender }) => sender).sort());
});
