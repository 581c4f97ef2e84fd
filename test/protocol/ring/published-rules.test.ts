/** Published rules give the published numbers: the 105 rows that federated-compute tests its own code with. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import {
  publishedFailure,
  publishedNumbers,
  type PublishedRule,
} from '../../../src/protocol/suites/masking-ring/published-rules.js';
import { ringLoad } from '../../../src/protocol/suites/masking-ring/tails.js';

// Google's rules for nobody who looks are those for one who does.
const RULES: Readonly<Record<string, PublishedRule>> = {
  NONE: 'curious',
  CURIOUS_SERVER: 'curious',
  SEMI_MALICIOUS_SERVER: 'semi-malicious',
};

const rows = readFileSync(new URL('harary_params.csv', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => {
    const [n, gamma, delta, adversary = '', k, t] = line.split(',');
    return {
      ...{ n: Number(n), gamma: Number(gamma), delta: Number(delta) },
      ...{ rule: RULES[adversary] as PublishedRule, k: Number(k), t: Number(t) },
    };
  });

/** 0, 0 where there is no ring, or what is asked makes no sense. */
function numbersOf(rule: PublishedRule, n: number, gamma: number, delta: number): { k: number; t: number } {
  if (n === 0 || !(delta >= 0 && delta < 1)) {
    if (n > 0) expect(() => ringLoad(n, gamma, delta)).toThrow(RangeError);
    return { k: 0, t: 0 };
  }
  return publishedNumbers(rule, ringLoad(n, gamma, delta)) ?? { k: 0, t: 0 };
}

test('there are 105 rows, of which 7 are to be refused', () => {
  expect(rows.length).toBe(105);
  expect(rows.filter(({ k }) => k === 0).length).toBe(7);
});

test.each(rows)('$rule, $n participants, $gamma collude, $delta drop out: k $k, t $t', (row) => {
  expect(numbersOf(row.rule, row.n, row.gamma, row.delta)).toEqual({ k: row.k, t: row.t });
});

const COLUMNS: readonly (readonly [PublishedRule, number, number])[] = [
  ['curious', 0.1, 0.1],
  ['semi-malicious', 0.1, 0.1],
  ['curious', 0.2, 0.1],
  ['semi-malicious', 0.2, 0.1],
  ['curious', 0.2, 0.2],
  ['curious', 0.1, 0.3],
  ['curious', 1 / 3, 0.1],
  ['semi-malicious', 1 / 3, 0.1],
];

/** k and t of each column, from another implementation. */
const TABLE: readonly (readonly [number, string])[] = [
  [50, '12 6, 16 11, 16 11, 22 17, 22 11, 22 6, 22 17, 28 23'],
  [100, '22 11, 32 22, 32 21, 42 32, 40 21, 34 11, 42 32, 54 44'],
  [200, '34 19, 56 39, 46 30, 76 57, 62 34, 54 21, 66 47, 98 78'],
  [500, '42 24, 82 57, 60 39, 116 86, 88 48, 76 31, 90 64, 170 134'],
  [1000, '48 27, 96 67, 68 44, 140 104, 98 54, 88 36, 102 72, 218 171'],
  [10_000, '54 31, 122 85, 80 51, 184 136, 122 67, 108 44, 126 88, 314 245'],
  [100_000, '58 33, 134 93, 88 55, 204 150, 134 73, 122 49, 138 96, 354 276'],
  [1_000_000, '64 36, 146 101, 92 58, 222 163, 144 78, 130 52, 150 104, 384 299'],
];

test.each(TABLE)('%i participants with more colluders than published tests have', (n, expected) => {
  const found = COLUMNS.map(([rule, gamma, delta]) => {
    const { k, t } = numbersOf(rule, n, gamma, delta);
    return `${k} ${t}`;
  });
  expect(found.join(', ')).toBe(expected);
});

describe('what the numbers are worth', () => {
  test.each(rows.filter(({ k }) => k > 0))('$rule, $n, $gamma, $delta: 40 and 20 bits', (row) => {
    const load = ringLoad(row.n, row.gamma, row.delta);
    const { privacy, correctness } = publishedFailure(row.rule, load, row);
    expect(privacy).toBeLessThan(-40 * Math.LN2);
    // At t = 2 the rule raises what one share would do for, and does not ask whether two survive.
    if (row.n === 10 && row.delta === 0.33 && row.t === 2)
      expect(correctness).toBeCloseTo(Math.log(1 / 3), 9);
    else expect(correctness).toBeLessThan(-20 * Math.LN2);
  });

  test('with one share less somebody may leak', () => {
    const load = ringLoad(1000, 0.1, 0.1);
    for (const rule of ['curious', 'semi-malicious'] as const) {
      const { k, t } = publishedNumbers(rule, load) ?? { k: 0, t: 0 };
      expect(publishedFailure(rule, load, { k, t: t - 1 }).privacy).toBeGreaterThan(-41 * Math.LN2);
    }
  });
});
