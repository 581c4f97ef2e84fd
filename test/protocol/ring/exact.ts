/** Hypergeometric tails as fractions of whole numbers: slow, and exact. */
import type { Draw } from '../../../src/protocol/suites/masking-ring/hypergeometric.js';

/** C(n, k) */
export function binomial(n: number, k: number): bigint {
  if (k < 0 || k > n) return 0n;
  let product = 1n;
  for (let i = 1; i <= k; i += 1) product = (product * BigInt(n - k + i)) / BigInt(i);
  return product;
}

/** Pr[X ≥ count], as numerator and denominator. */
export function exactAtLeast({ population, marked, drawn }: Draw, count: number): [bigint, bigint] {
  let ways = 0n;
  for (let x = Math.max(0, count); x <= Math.min(marked, drawn); x += 1)
    ways += binomial(marked, x) * binomial(population - marked, drawn - x);
  return [ways, binomial(population, drawn)];
}

/** ln of a fraction between 0 and 1, however small. */
export function logOf([numerator, denominator]: [bigint, bigint]): number {
  if (numerator === 0n) return -Infinity;
  if (2n * numerator > denominator) {
    // Near 1 what is missing has the digits.
    const missing = denominator - numerator;
    return missing === 0n ? 0 : Math.log1p(-Math.exp(logOf([missing, denominator])));
  }
  const shift = denominator.toString(2).length - numerator.toString(2).length + 60;
  return Math.log(Number((numerator << BigInt(shift)) / denominator)) - shift * Math.LN2;
}
