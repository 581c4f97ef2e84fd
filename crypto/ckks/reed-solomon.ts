/**
 * Where the errors of a generalised Reed–Solomon word are, over Z_q: syndromes, Berlekamp–Massey (Massey 1969), roots
 * of the locator among the points. Numbers are bigints: it runs once per opening, over at most 1000 words.
 *
 * Security: input comes from participants who may have chosen it. The answer is right whenever at most
 * ⌊(values − dimension) / 2⌋ values are wrong; with more it is null or, rarely, wrong: the caller verifies.
 */
export interface ReceivedWord {
  /** Distinct, not 0, below q. */
  readonly points: readonly bigint[];
  /** What should be the values of one polynomial at the points, below q. */
  readonly values: readonly bigint[];
  /** Its degree is below this. */
  readonly dimension: number;
}

/** Indices of the wrong values, increasing; null when too many are wrong to say. */
export function locateErrors(q: bigint, { points, values, dimension }: ReceivedWord): number[] | null {
  const redundancy = points.length - dimension;
  const syndromes = syndromesOf(q, points, values, redundancy);
  if (syndromes.every((syndrome) => syndrome === 0n)) return [];
  const locator = shortestRecurrence(q, syndromes);
  const errors = locator.length - 1;
  if (2 * errors > redundancy) return null;
  // The locator is Π (1 − x_i·X) over the wrong i: at 1/x_i it is 0, and so is its reverse at x_i.
  const reverse = [...locator].reverse();
  const located = points.flatMap((point, i) => (evaluate(q, reverse, point) === 0n ? [i] : []));
  return located.length === errors ? located : null;
}

/** S_k = Σ_i v_i·y_i·x_i^k with v_i = 1/Π_{j≠i} (x_i − x_j): all 0 exactly for words without an error. */
function syndromesOf(
  q: bigint,
  points: readonly bigint[],
  values: readonly bigint[],
  count: number,
): bigint[] {
  const syndromes = new Array<bigint>(count).fill(0n);
  points.forEach((point, i) => {
    let denominator = 1n;
    for (const other of points) if (other !== point) denominator = modulo(denominator * (point - other), q);
    let term = ((values[i] as bigint) * inverse(denominator, q)) % q;
    for (let k = 0; k < count; k += 1) {
      syndromes[k] = ((syndromes[k] as bigint) + term) % q;
      term = (term * point) % q;
    }
  });
  return syndromes;
}

/** Coefficients, lowest first, of the shortest C with C_0 = 1 and Σ_j C_j·S_{k−j} = 0 for all k ≥ length − 1. */
function shortestRecurrence(q: bigint, sequence: readonly bigint[]): bigint[] {
  let current = [1n];
  let previous = [1n];
  let length = 0;
  let gap = 1;
  let previousDiscrepancy = 1n;
  for (let k = 0; k < sequence.length; k += 1) {
    let discrepancy = 0n;
    for (let j = 0; j <= length; j += 1) {
      discrepancy += (current[j] ?? 0n) * (sequence[k - j] as bigint);
    }
    discrepancy %= q;
    if (discrepancy === 0n) {
      gap += 1;
      continue;
    }
    const factor = (discrepancy * inverse(previousDiscrepancy, q)) % q;
    const next = current.slice();
    previous.forEach((coefficient, j) => {
      next[j + gap] = modulo((next[j + gap] ?? 0n) - factor * coefficient, q);
    });
    for (let j = 0; j < next.length; j += 1) next[j] ??= 0n;
    if (2 * length <= k) {
      length = k + 1 - length;
      previous = current;
      previousDiscrepancy = discrepancy;
      gap = 1;
    } else {
      gap += 1;
    }
    current = next;
  }
  while (current.length <= length) current.push(0n);
  return current.slice(0, length + 1);
}

function evaluate(q: bigint, coefficients: readonly bigint[], x: bigint): bigint {
  let value = 0n;
  for (let j = coefficients.length - 1; j >= 0; j -= 1) {
    value = (value * x + (coefficients[j] as bigint)) % q;
  }
  return value;
}

const modulo = (value: bigint, q: bigint): bigint => ((value % q) + q) % q;

/** Extended Euclid. @param value not 0 modulo q */
function inverse(value: bigint, q: bigint): bigint {
  let [a, b] = [modulo(value, q), q];
  let [x, y] = [1n, 0n];
  while (b !== 0n) {
    const quotient = a / b;
    [a, b] = [b, a - quotient * b];
    [x, y] = [y, x - quotient * y];
  }
  return modulo(x, q);
}
