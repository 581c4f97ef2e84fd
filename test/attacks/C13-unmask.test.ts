// Attack C13 in r4: what the coordinator reconstructs is known to it for as long as it needs it, and no longer.
import { expect, test } from '@jest/globals';
import { toHex } from '../../crypto/bytes.js';
import { maskKeyPair } from '../../crypto/key-agreement.js';
import { planUnmask } from '../../src/protocol/coordinator/r4-unmask.js';
import { allSteps } from '../../src/protocol/steps.js';
import { at, coordinatorDeps, participants, playRounds, setUp } from '../helpers/protocol.js';
import { wipedBy } from '../helpers/wiped.js';

const setup = setUp(participants(5));
// The last of them drops.
const { r1, r4 } = playRounds(setup, [0, 1, 2, 3]);

test.each([
  ['of reconstructing', 2, [0, 1], 0],
  ['of deriving', 5 + 2, [0, 1, 2, 3], 2],
])('C13 given up half-way %s, unmasking wipes what it has by then', (_when, begun, owners, keys) => {
  const records = r4.members.map(({ record }) => record);
  const steps = planUnmask(r4.frozen, records, r4.dealers, r4.sum, false, coordinatorDeps);
  const wiped = wipedBy(() => {
    // Records, dealers, answers, the shares in them, then the secrets of five, then their masks.
    const before = records.length + r4.dealers.length + 2 * records.length;
    for (let step = 0; step < before + begun + 1; step += 1) steps.next();
    steps.return(undefined as never);
  });
  const seedsOf = (positions: readonly number[]): string[] =>
    positions.map((position) => toHex(at(r1.members, position).state.suiteSeed));
  expect(wiped).toEqual(expect.arrayContaining(seedsOf(owners)));
  // No step did the work of several.
  for (const later of seedsOf([0, 1, 2, 3].slice(owners.length))) expect(wiped).not.toContain(later);
  // Keys of masks have 16 bytes each.
  expect(wiped.filter((hex) => hex.length === 32).length).toBeGreaterThanOrEqual(keys);
});

test('C13 unmasking wipes the secrets that it reconstructs, and what it computes from them', () => {
  const records = r4.members.map(({ record }) => record);
  const wiped = wipedBy(() =>
    allSteps(planUnmask(r4.frozen, records, r4.dealers, r4.sum, false, coordinatorDeps)),
  );
  const { maskSeed } = at(setup.members, 4).state;
  const { agreed } = at(r1.members, 4).state;
  const secrets = [
    ...[0, 1, 2, 3].map((position) => at(r1.members, position).state.suiteSeed),
    maskSeed,
    maskKeyPair(maskSeed).privateKey,
    ...agreed.values(),
  ];
  expect(secrets).toHaveLength(10);
  expect(wiped).toEqual(expect.arrayContaining(secrets.map(toHex)));
});
