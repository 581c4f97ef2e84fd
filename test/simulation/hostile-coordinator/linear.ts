/**
 * Exact linear algebra modulo one prime below 2^26, so that products are exact in doubles.
 *
 * Why a prime is good enough: entries are 0 and ±1, and as long as each mask is used by at most two uploads, with
 * opposite signs, the matrix is that of a network, all of whose minors are 0 or ±1. Then its rank and its null space are
 * the same over the rationals, modulo every prime and modulo 2^bits, where the masks live. Where a mask is used more often
 * (only a broken variant does) the minors of such small matrices stay far below the prime, and were one a multiple of it,
 * the rank would come out too low: more would look derivable, never less.
 */
const PRIME = 67_108_859;

export type Row = Float64Array;

const reduce = (value: number): number => ((value % PRIME) + PRIME) % PRIME;
/** The number of least magnitude with this residue. */
export const signedValue = (residue: number): number => (residue > PRIME / 2 ? residue - PRIME : residue);

const inverse = (value: number): number => power(value, PRIME - 2);

function power(base: number, exponent: number): number {
  let result = 1;
  for (let square = base, rest = exponent; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = (result * square) % PRIME;
    square = (square * square) % PRIME;
  }
  return result;
}

/** `row` −= factor · `other`, from column `from` on. */
function eliminate(row: Row, other: Row, factor: number, from: number): void {
  for (let column = from; column < row.length; column += 1)
    row[column] = reduce((row[column] as number) - factor * (other[column] as number));
}

/**
 * Gaussian elimination on the first `columns` columns, in place.
 * @returns the rows in which those columns have become zero
 */
export function eliminated(rows: readonly Row[], columns: number): Row[] {
  let left = [...rows];
  for (let column = 0; column < columns; column += 1) {
    const pivot = left.find((row) => row[column] !== 0);
    if (pivot === undefined) continue;
    const scale = inverse(pivot[column] as number);
    left = left.filter((row) => row !== pivot);
    for (const row of left) {
      const value = row[column] as number;
      if (value !== 0) eliminate(row, pivot, (value * scale) % PRIME, column);
    }
  }
  return left;
}

/** The reduced rows of the space that `rows` span: every one has a leading 1 where all others have 0. */
export function basis(rows: readonly Row[]): Row[] {
  const found: Row[] = [];
  for (const row of rows.map((given) => Float64Array.from(given, reduce))) {
    for (const known of found) {
      const value = row[leading(known)] as number;
      if (value !== 0) eliminate(row, known, value, 0);
    }
    const lead = leading(row);
    if (lead < 0) continue;
    const scale = inverse(row[lead] as number);
    row.forEach((value, column) => (row[column] = (value * scale) % PRIME));
    for (const known of found) {
      const value = known[lead] as number;
      if (value !== 0) eliminate(known, row, value, 0);
    }
    found.push(row);
  }
  return found;
}

const leading = (row: Row): number => row.findIndex((value) => value !== 0);

/** Whether `row` is a combination of the rows of a `basis`. */
export function isSpanned(row: Row, by: readonly Row[]): boolean {
  const rest = Float64Array.from(row, reduce);
  for (const known of by) {
    const value = rest[leading(known)] as number;
    if (value !== 0) eliminate(rest, known, value, 0);
  }
  return leading(rest) < 0;
}

/** Column numbers for names as they come. */
export function createColumns(): { of(name: string): number; readonly size: number } {
  const numbers = new Map<string, number>();
  return {
    of(name) {
      const known = numbers.get(name) ?? numbers.size;
      numbers.set(name, known);
      return known;
    },
    get size() {
      return numbers.size;
    },
  };
}

/** A row from coefficients per column. */
export function rowOf(width: number, entries: Iterable<readonly [number, number]>): Row {
  const row = new Float64Array(width);
  for (const [column, value] of entries) row[column] = reduce((row[column] as number) + value);
  return row;
}
