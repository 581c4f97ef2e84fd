/**
 * The field GF(2^16) with the polynomial X^16 + X^12 + X^3 + X + 1 (0x1100B), PROTOCOL §4 "Sharing".
 * An element is an integer in [0, 65536): bit i is the coefficient of X^i.
 *
 * Security: no table is indexed by, and no branch depends on, the value of an element.
 */

/** What X^16 reduces to: X^12 + X^3 + X + 1. */
const REDUCTION = 0x100b;

function requireElements(a: number, b: number): void {
  if ((a | b) >>> 16 !== 0) throw new RangeError('field element: expected an integer from 0 to 65535');
}

/** Sum, and also difference. */
export function add(a: number, b: number): number {
  requireElements(a, b);
  return a ^ b;
}

export function multiply(a: number, b: number): number {
  requireElements(a, b);
  let shifted = a;
  let product = 0;
  for (let bit = 0; bit < 16; bit += 1) {
    product ^= shifted & -((b >>> bit) & 1);
    shifted = ((shifted << 1) & 0xffff) ^ (REDUCTION & -(shifted >>> 15));
  }
  return product;
}

/** a^exponent. The exponent is public. @param exponent integer ≥ 0; a^0 = 1. */
export function power(a: number, exponent: number): number {
  if (!Number.isSafeInteger(exponent) || exponent < 0)
    throw new RangeError('exponent: expected an integer ≥ 0');
  let result = 1;
  let square = a;
  for (let rest = exponent; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = multiply(result, square);
    square = multiply(square, square);
  }
  return result;
}

/** The b with a·b = 1, as a^(2^16 − 2). @throws RangeError for 0. */
export function invert(a: number): number {
  requireElements(a, 0);
  if (a === 0) throw new RangeError('a: zero has no inverse');
  return power(a, 0xfffe);
}
