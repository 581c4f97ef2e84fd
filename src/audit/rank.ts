/**
 * The rank test (attack A11): whether sums of several sessions can be combined, with any factors, so that few participants
 * remain. Matters where somebody's updates are nearly the same each time, which the one-vote rule does not cover.
 *
 * Exact modulo one prime below 2^26, so that products are exact in doubles: what can be combined over the rationals can be
 * modulo a prime; the other way round it could only be reported too much, and for less than one prime in millions.
 */
import type { IdentitySet } from './identities.js';

const PRIME = 67_108_859;
/** Numbers in the matrix; beyond it the test is not made. */
const MOST_CELLS = 2 ** 24;

export interface Combinations {
  readonly rank: number;
  /** Indices of those whom a combination has for itself. */
  readonly alone: readonly number[];
  /** Members of the smallest group for which a combination was found; null: there are no sums. */
  readonly smallest: number | null;
}

/** Null: too many to compute. @param sums who is in each */
export function combinationsOf(sums: readonly IdentitySet[]): Combinations | null {
  const columns = [...new Set(sums.flatMap((sum) => sum.indices()))].sort((a, b) => a - b);
  if (sums.length * columns.length > MOST_CELLS) return null;
  const rows = reduced(sums.map((sum) => Float64Array.from(columns, (index) => Number(sum.has(index)))));
  const supports = rows.map((row) => columns.filter((_, at) => row[at] !== 0));
  // Every combination that has one participant alone is one of these rows; of larger groups they are those found easily.
  const sizes = [...supports, ...differences(sums)].map(({ length }) => length).filter((size) => size > 0);
  return {
    rank: rows.length,
    alone: supports.flatMap((support) => (support.length === 1 ? support : [])).sort((a, b) => a - b),
    smallest: sizes.length === 0 ? null : sizes.reduce((a, b) => Math.min(a, b)),
  };
}

/** Who is in one of two sums only; of each with the one before it, which is where few have changed. */
function differences(sums: readonly IdentitySet[]): number[][] {
  return sums.slice(1).map((sum, at) => {
    const before = sums[at] as IdentitySet;
    const only = (a: IdentitySet, b: IdentitySet): number[] => a.indices().filter((index) => !b.has(index));
    return [...only(sum, before), ...only(before, sum)];
  });
}

/** The rows of the reduced echelon form. @param rows changed */
function reduced(rows: readonly Float64Array[]): Float64Array[] {
  const basis: { readonly row: Float64Array; readonly pivot: number }[] = [];
  for (const row of rows) {
    for (const { row: other, pivot } of basis) subtract(row, other, row[pivot] as number);
    const pivot = row.findIndex((value) => value !== 0);
    if (pivot < 0) continue;
    scale(row, inverse(row[pivot] as number));
    for (const { row: other } of basis) subtract(other, row, other[pivot] as number);
    basis.push({ row, pivot });
  }
  return basis.map(({ row }) => row);
}

/** row −= factor · other */
function subtract(row: Float64Array, other: Float64Array, factor: number): void {
  if (factor === 0) return;
  const opposite = PRIME - factor;
  for (let at = 0; at < row.length; at += 1) {
    const value = other[at] as number;
    if (value !== 0) row[at] = ((row[at] as number) + opposite * value) % PRIME;
  }
}

function scale(row: Float64Array, factor: number): void {
  for (let at = 0; at < row.length; at += 1) row[at] = ((row[at] as number) * factor) % PRIME;
}

/** By Fermat. @param value not 0 */
function inverse(value: number): number {
  let [result, base, exponent] = [1, value, PRIME - 2];
  while (exponent > 0) {
    if (exponent % 2 === 1) result = (result * base) % PRIME;
    base = (base * base) % PRIME;
    exponent = Math.floor(exponent / 2);
  }
  return result;
}
