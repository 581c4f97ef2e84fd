/** Exact linear algebra over the field of shares, of 54 or 60 bits. Slow, and only for small matrices. */
import { inverse, mod } from '../../crypto/ckks/oracle.js';

export type FieldRow = readonly bigint[];
export interface Pivoted {
  readonly row: FieldRow;
  /** Where it has a 1 and all the others have 0. */
  readonly column: number;
}

/** Gaussian elimination on the columns [from, to). `left` are the rows in which all of them have become zero. */
export function eliminate(
  given: readonly FieldRow[],
  [from, to]: readonly [number, number],
  modulus: bigint,
): { readonly pivoted: readonly Pivoted[]; readonly left: readonly FieldRow[] } {
  let pivoted: Pivoted[] = [];
  let left = [...given];
  for (let column = from; column < to; column += 1) {
    const found = left.find((row) => row[column] !== 0n);
    if (found === undefined) continue;
    const scale = inverse(found[column] as bigint, modulus);
    const pivot = { row: found.map((value) => (value * scale) % modulus), column };
    left = left.filter((row) => row !== found).map((row) => without(row, pivot, modulus));
    pivoted = [...pivoted.map((one) => ({ ...one, row: without(one.row, pivot, modulus) })), pivot];
  }
  return { pivoted, left };
}

/** What is left of a row when all pivots are taken out. */
export const remainder = (row: FieldRow, pivots: readonly Pivoted[], modulus: bigint): FieldRow =>
  pivots.reduce<FieldRow>((rest, pivot) => without(rest, pivot, modulus), row);

function without(row: FieldRow, { row: pivot, column }: Pivoted, modulus: bigint): FieldRow {
  const factor = row[column] as bigint;
  return factor === 0n ? row : row.map((value, at) => mod(value - factor * (pivot[at] as bigint), modulus));
}
