/**
 * The hypergeometric distribution in logarithms: how many of the marked are among those that a random order puts into
 * so many places (PROTOCOL §5.2). All numbers of the ring rest on these tails, down to 2^−200 and for up to 10^6
 * participants, where neither a probability nor 1 − it is a usable double.
 */

/** `drawn` of `population`, of whom `marked` are marked; all three are counts. */
export interface Draw {
  readonly population: number;
  readonly marked: number;
  readonly drawn: number;
}

/** ln Pr[X ≥ count]: 0 when it is certain, −Infinity when it cannot be. Relative error of the probability below 10^−7. */
export function logAtLeast(draw: Draw, count: number): number {
  const { population, marked, drawn } = draw;
  if (count <= Math.max(0, marked + drawn - population)) return 0;
  if (count > Math.min(marked, drawn)) return -Infinity;
  const mode = Math.floor(((marked + 1) * (drawn + 1)) / (population + 2));
  if (count > mode) return logMass(draw, count) + logSum(draw, count);
  // Likely: one less what is unlikely, which is small enough to be precise.
  const unmarked = { population, marked: population - marked, drawn };
  const below = drawn - count + 1;
  return Math.log1p(-Math.exp(logMass(unmarked, below) + logSum(unmarked, below)));
}

/** ln Pr[X < count]: of what is not marked there are then more than drawn − count. */
export const logBelow = ({ population, marked, drawn }: Draw, count: number): number =>
  logAtLeast({ population, marked: population - marked, drawn }, drawn - count + 1);

/** ln(a + b) of ln a, ln b, … */
export function logAdd(...terms: readonly number[]): number {
  const largest = Math.max(...terms);
  if (largest === -Infinity) return largest;
  return largest + Math.log(terms.reduce((sum, term) => sum + Math.exp(term - largest), 0));
}

/** What adds no digit to a sum of one. */
const NEGLIGIBLE = 2 ** -53;

/** ln of Pr[X ≥ count] / Pr[X = count] for a count at or above the mode, from where every term is smaller than the last. */
function logSum({ population, marked, drawn }: Draw, count: number): number {
  let term = 1;
  let sum = 1;
  for (let at = count; term > sum * NEGLIGIBLE; at += 1) {
    term *= ((marked - at) / (at + 1)) * ((drawn - at) / (population - marked - drawn + at + 1));
    sum += term;
  }
  return Math.log(sum);
}

/** ln Pr[X = count] */
const logMass = ({ population, marked, drawn }: Draw, count: number): number =>
  logBinomial(marked, count) +
  logBinomial(population - marked, drawn - count) -
  logBinomial(population, drawn);

const logBinomial = (n: number, k: number): number => logFactorial(n) - logFactorial(k) - logFactorial(n - k);

const SMALL_FACTORIALS = [1];
for (let n = 1; n < 18; n += 1) SMALL_FACTORIALS.push(n * (SMALL_FACTORIALS[n - 1] as number));

/** ln n!: exact products up to 17!, then Stirling's series, whose first term left out is below 10^−14. */
export function logFactorial(n: number): number {
  const small = SMALL_FACTORIALS[n];
  if (small !== undefined) return Math.log(small);
  const inverse = 1 / n;
  const square = inverse * inverse;
  const series = inverse * (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square / 1680)));
  return (n + 0.5) * Math.log(n) - n + 0.5 * Math.log(2 * Math.PI) + series;
}
