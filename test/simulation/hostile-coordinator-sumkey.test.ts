/**
 * The hostile coordinator of hostile-coordinator.test.ts against `ckks/sumkey`: of the honest keys it learns the words of
 * their sum over one U3 that a quorum signed, and of no other combination. Every combination of uploads that it can then
 * open is opened, as numbers.
 */
import { describe, expect, test } from '@jest/globals';
import { ringOfDegree } from '../../crypto/ckks/ring.js';
import { sharingOf } from '../../crypto/ckks/sharing.js';
import { sumKeyPlays } from './hostile-coordinator/arbitrary.js';
import { expectConfirmed, nothingIsFound, played } from './hostile-coordinator/checks.js';
import { playOf } from './hostile-coordinator/decisions.js';
import { keySpace } from './hostile-coordinator/key-shares.js';
import type { Finding } from './hostile-coordinator/oracle.js';
import { scenarios } from './hostile-coordinator/scenarios/index.js';
import { variants, weakened } from './hostile-coordinator/variants.js';

const SLOW_MS = 300_000;

test('an honest session: the sum over all survivors, and nothing else', async () => {
  const one = await played(playOf({ size: 5, suite: 'ckks/sumkey' }));
  expect(one.judgement).toMatchObject({ findings: [], dimension: 1 });
  expect(one.judgement.opened).toHaveLength(1);
  expect(one.judgement.combinations[0]).toHaveLength(4);
  expectConfirmed(one);
});

test(
  'generated adversaries learn nothing but sums that a quorum signed',
  async () => {
    // Too few to say how many of them have to come to a sum; hostile-coordinator.long.test.ts plays thousands.
    expect((await nothingIsFound(sumKeyPlays, 8)).plays).toBe(8);
  },
  SLOW_MS,
);

/** Where leaving out a rule is a leak in this suite, too: an edge that is skipped is no share, so there is no answer. */
const leaks: readonly (readonly [keyof typeof variants, scenario: string, Finding])[] = [
  ['noConsistencyRound', 'everybody is shown another U3', 'key words'],
  ['noVote', 'two sessions of one scope, with and without one participant', 'overlap'],
  ['noLatch', 'killed participants are shown another U3', 'overlap'],
  ['listsInRequest', 'r4 lists everybody as survivor and as dropped', 'key words'],
  ['quorumOfThoseWhoCame', 'two small rosters that overlap', 'derivable'],
  ['quorumWithoutColluders', 'two halves with the colluders in both', 'derivable'],
];

describe.each(leaks)('%s: %s', (variant, name, finding) => {
  const scenario = scenarios.find((one) => one.name === name);
  if (scenario === undefined) throw new Error(`no scenario ${name}`);
  const play = { ...scenario.play, suite: 'ckks/sumkey' as const };

  test('the sound protocol stands it', async () => {
    const one = await played(play);
    expect(one.judgement.findings).toEqual([]);
    expectConfirmed(one);
  });

  test(`a leak when ${variants[variant].name}`, async () => {
    const one = await played(play, await weakened(variants[variant]));
    expect(one.judgement.findings).toContain(finding);
    expectConfirmed(one);
  });
});

test('the algebra: what shares of single keys and of sums tell', () => {
  const ring = ringOfDegree(2048);
  // t = 4: three words of a key and one random one on each polynomial.
  const sharing = sharingOf(ring, { threshold: 4, colluders: 1, holders: 6 });
  const all = [0, 1, 2];
  const words = new Array<bigint>(sharing.polynomials).fill(0n);
  const of = (dealers: readonly number[], ...holders: number[]) =>
    holders.map((holder) => ({ holder, dealers, words }));
  const space = (...sums: ReturnType<typeof of>[]) => keySpace(ring, sharing, all, sums.flat());
  // One share of everybody: nothing. A second one of somebody: something of its key, and of no sum.
  const one = all.map((dealer) => of([dealer], 5));
  expect(space(...one).isWithin([])).toBe(true);
  expect(space(...one, of([1], 2)).isWithin([all])).toBe(false);
  expect(space(...one, of([1], 2)).combinationsOf(all)).toEqual([]);
  // Sums of too few holders tell something of the sum, and do not give it.
  const few = space(...one, of(all, 0, 1));
  expect([few.isWithin([]), few.isWithin([all])]).toEqual([false, true]);
  expect(few.combinationsOf(all)).toEqual([]);
  // Of enough, the one of the colluder among them, they give it and nothing else.
  const whole = space(...one, of(all, 0, 1, 2));
  expect(whole.combinationsOf(all)).toEqual([[1n, 1n, 1n]]);
  expect([whole.isWithin([all]), whole.isWithin([[0, 1]])]).toEqual([true, false]);
  // Over two sets: also the difference. Fewer of the second are enough for a part of it.
  const both = space(...one, of(all, 0, 1, 2), of([0, 1], 0, 1, 2));
  expect(both.combinationsOf(all)).toEqual([
    [1n, 1n, 0n],
    [0n, 0n, 1n],
  ]);
  expect(space(...one, of(all, 0, 1, 2), of([0, 1], 0)).isWithin([all])).toBe(false);
});
