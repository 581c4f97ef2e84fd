/**
 * Everything that can be lost: for small electorates every pattern of who falls silent in which round. The sum is exactly
 * that of U3, or the session aborts with the right code before anything was revealed.
 */
import { describe, expect, test } from '@jest/globals';
import { quorum } from '../../src/protocol/parameters.js';
import type { ErrorCode } from '../../src/protocol/errors.js';
import {
  type Aborted,
  closeR0,
  closeR1,
  closeR2,
  closeR3,
  closeR4,
  expectedSums,
  participants,
  setUp,
  vectorOf,
} from '../helpers/protocol.js';

function subsets(of: readonly number[]): number[][] {
  return of.reduce<number[][]>((all, item) => [...all, ...all.map((some) => [...some, item])], [[]]);
}

interface Tally {
  patterns: number;
  sums: number;
}

interface Case {
  readonly n: number;
  readonly colluders: number;
  readonly minSurvivors: number;
  readonly suite: string;
}

/**
 * Walks the tree of who still speaks. A pattern is a path U1 ⊇ U2 ⊇ U3 ⊇ signers ⊇ helpers; when a session ends early
 * the patterns below that node differ only in messages that nobody waits for: `patternsBelow` of them.
 */
function everyPattern({ n, colluders, minSurvivors, suite }: Case): Tally {
  const tally: Tally = { patterns: 0, sums: 0 };
  const q = quorum(n, colluders);
  const needed = Math.max(q, minSurvivors);
  const t = suite === 'test/plain' ? 0 : q;
  const setup = setUp(participants(n), {
    seed: `every ${n} ${colluders} ${suite}`,
    task: {
      suite,
      maxColluders: colluders,
      minSurvivors,
      maxWeight: 9,
      vectors: [vectorOf({ length: 3 }), vectorOf({ name: 'b', bits: 32, length: 2, weighted: true })],
    },
  });

  const stop = (at: Aborted, code: ErrorCode, round: string, left: number, rounds: number): void => {
    expect(at.abort).toMatchObject({ code, round, blamed: [] });
    // Whoever is left may fall silent in any of the rounds to come, or never.
    tally.patterns += (rounds + 1) ** left;
  };

  for (const u1 of subsets([...Array(n).keys()])) {
    const r1 = closeR0(setup, u1);
    expect(r1.round).toBe(u1.length >= needed ? 'r1' : 'aborted');
    if (r1.round === 'aborted') {
      stop(r1, 'TOO_FEW_PARTICIPANTS', 'r0', u1.length, 4);
      continue;
    }
    for (const u2 of subsets([...u1.keys()])) {
      const r2 = closeR1(r1, u2);
      expect(r2.round).toBe(u2.length >= needed ? 'r2' : 'aborted');
      if (r2.round === 'aborted') {
        stop(r2, 'TOO_FEW_SURVIVORS', 'r1', u2.length, 3);
        continue;
      }
      for (const u3 of subsets(u2)) {
        const r3 = closeR2(r2, u3);
        expect(r3.round).toBe(u3.length >= needed ? 'r3' : 'aborted');
        if (r3.round === 'aborted') {
          stop(r3, 'TOO_FEW_SURVIVORS', 'r2', u3.length, 2);
          continue;
        }
        const expected = expectedSums(
          setup,
          r3.members.map(({ index }) => index),
        );
        for (const signers of subsets(u3)) {
          const r4 = closeR3(r3, signers);
          expect(r4.round).toBe(signers.length >= q ? 'r4' : 'aborted');
          if (r4.round === 'aborted') {
            stop(r4, 'NO_QUORUM', 'r3', signers.length, 1);
            continue;
          }
          for (const helpers of subsets(signers)) {
            const end = closeR4(r4, helpers);
            if (helpers.length < t) {
              if (end.round !== 'aborted') throw new Error('a sum from too few shares');
              stop(end, 'TOO_FEW_SHARES', 'r4', 0, 0);
              continue;
            }
            if (end.round !== 'closed') throw new Error(`aborted with ${end.abort.code}`);
            expect(end.sums).toEqual(expected);
            tally.patterns += 1;
            tally.sums += 1;
          }
        }
      }
    }
  }
  return tally;
}

const binomial = (n: number, k: number): number => (k === 0 ? 1 : (binomial(n, k - 1) * (n - k + 1)) / k);

/** How many patterns give a sum, counted without running anything. */
function patternsWithSum({ n, colluders, minSurvivors, suite }: Case): number {
  const q = quorum(n, colluders);
  const needed = Math.max(q, minSurvivors);
  const chain = (left: number, thresholds: readonly number[]): number => {
    const [least, ...rest] = thresholds;
    if (least === undefined) return 1;
    let total = 0;
    for (let kept = least; kept <= left; kept += 1) total += binomial(left, kept) * chain(kept, rest);
    return total;
  };
  return chain(n, [needed, needed, needed, q, suite === 'test/plain' ? 0 : q]);
}

const SUITES = ['masking/complete', 'test/plain'];
const CASES: Case[] = SUITES.flatMap((suite) => [
  { n: 3, colluders: 0, minSurvivors: 2, suite },
  { n: 3, colluders: 1, minSurvivors: 2, suite },
  { n: 4, colluders: 1, minSurvivors: 2, suite },
  { n: 4, colluders: 0, minSurvivors: 4, suite },
  { n: 5, colluders: 0, minSurvivors: 2, suite },
  { n: 5, colluders: 2, minSurvivors: 4, suite },
  { n: 6, colluders: 1, minSurvivors: 2, suite },
  { n: 6, colluders: 2, minSurvivors: 5, suite },
]);

describe('every pattern of dropouts', () => {
  test.each(CASES)('$suite, n = $n, n_C = $colluders, minSurvivors = $minSurvivors', (given) => {
    const tally = everyPattern(given);
    expect(tally.patterns).toBe(6 ** given.n);
    expect(tally.sums).toBe(patternsWithSum(given));
  });
});
