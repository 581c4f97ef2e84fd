/** The rank test against all combinations with small factors, on every kind of small family of sets. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Identities } from '../../src/audit/identities.js';
import { combinationsOf } from '../../src/audit/rank.js';

const identities = new Identities();
const names = Array.from({ length: 6 }, (_, index) => `p${index}`);
identities.setOf(names);
const setsOf = (sets: readonly (readonly number[])[]) =>
  sets.map((set) => identities.setOf(set.map((index) => names[index] as string)));

test.each<[string, number[][], { rank: number; alone: number[]; smallest: number | null }]>([
  ['no sums', [], { rank: 0, alone: [], smallest: null }],
  ['one sum', [[0, 1, 2]], { rank: 1, alone: [], smallest: 3 }],
  ['the same sum twice', [[0, 1, 2], [0, 1, 2]], { rank: 1, alone: [], smallest: 3 }], // prettier-ignore
  ['one more', [[0, 1, 2], [0, 1, 2, 3]], { rank: 2, alone: [3], smallest: 1 }], // prettier-ignore
  ['one exchanged for another', [[0, 1, 2], [0, 1, 3]], { rank: 2, alone: [], smallest: 2 }], // prettier-ignore
  ['pairs of three', [[0, 1], [1, 2], [0, 2]], { rank: 3, alone: [0, 1, 2], smallest: 1 }], // prettier-ignore
])('%s', (_what, sets, expected) => {
  expect(combinationsOf(setsOf(sets))).toEqual(expected);
});

/** Solves A^T c = e_u over the rationals by elimination on fractions of bigints. */
function isAlone(sets: readonly (readonly number[])[], target: number): boolean {
  // One equation per participant, one unknown per sum.
  const rows = names.map((_, who) => [
    ...sets.map((set) => BigInt(set.includes(who) ? 1 : 0)),
    BigInt(who === target ? 1 : 0),
  ]);
  let row = 0;
  for (let column = 0; column < sets.length && row < rows.length; column += 1) {
    const pivot = rows.findIndex((candidate, index) => index >= row && candidate[column] !== 0n);
    if (pivot < 0) continue;
    [rows[row], rows[pivot]] = [rows[pivot] as bigint[], rows[row] as bigint[]];
    const lead = rows[row] as bigint[];
    rows.forEach((other, index) => {
      const factor = other[column] as bigint;
      if (index === row || factor === 0n) return;
      rows[index] = other.map(
        (value, at) => value * (lead[column] as bigint) - (lead[at] as bigint) * factor,
      );
    });
    row += 1;
  }
  return rows.slice(row).every((rest) => rest[sets.length] === 0n);
}

test('who has a combination for itself: as over the rationals', () => {
  const family = fc.array(fc.uniqueArray(fc.nat(5), { minLength: 1, maxLength: 6 }), { maxLength: 6 });
  fc.assert(
    fc.property(family, (sets) => {
      const expected = names.map((_, who) => who).filter((who) => isAlone(sets, who));
      expect(combinationsOf(setsOf(sets))?.alone).toEqual(sets.length === 0 ? [] : expected);
    }),
    { numRuns: 500 },
  );
});

test('too many to compute', () => {
  const many = Array.from({ length: 5000 }, (_, index) => `q${index}`);
  const big = identities.setOf(many);
  expect(combinationsOf(Array.from({ length: 4000 }, () => big))).toBeNull();
});
