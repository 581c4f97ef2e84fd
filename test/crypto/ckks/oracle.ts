/** The arithmetic of crypto/ckks/ once more, slow and with BigInt, straight from the definitions. */
import { bytesOfWords, wordFrom, type Ring } from '../../../crypto/ckks/ring.js';

export const mod = (value: bigint, q: bigint): bigint => ((value % q) + q) % q;

export function power(base: bigint, exponent: bigint, q: bigint): bigint {
  let result = 1n;
  let factor = mod(base, q);
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * factor) % q;
    factor = (factor * factor) % q;
  }
  return result;
}

export const inverse = (value: bigint, q: bigint): bigint => power(value, q - 2n, q);

export const wordsOf = (bytes: Uint8Array): bigint[] =>
  Array.from({ length: bytes.length / 8 }, (_, i) => wordFrom(bytes, i));

/** Numbers in (−q/2, q/2]. */
export const centred = (bytes: Uint8Array, q: bigint): bigint[] =>
  wordsOf(bytes).map((word) => (word > q / 2n ? word - q : word));

export { bytesOfWords };

export const reversed = (index: number, size: number): number => {
  let result = 0;
  for (let bit = 1, rest = index; bit < size; bit <<= 1, rest >>= 1) result = (result << 1) | (rest & 1);
  return result;
};

/** Word `index` of the transform of a polynomial: its value at root^(2·reversed(index) + 1). */
export function transformedWord(ring: Ring, coefficients: readonly bigint[], index: number): bigint {
  const x = power(ring.root, BigInt(2 * reversed(index, ring.degree) + 1), ring.modulus);
  let value = 0n;
  for (let i = coefficients.length - 1; i >= 0; i -= 1) {
    value = (value * x + (coefficients[i] as bigint)) % ring.modulus;
  }
  return value;
}

/** a·b modulo X^N + 1 and q. */
export function product(ring: Ring, a: readonly bigint[], b: readonly bigint[]): bigint[] {
  const result = new Array<bigint>(ring.degree).fill(0n);
  a.forEach((x, i) => {
    if (x === 0n) return;
    b.forEach((y, j) => {
      const at = (i + j) % ring.degree;
      result[at] = (result[at] as bigint) + (i + j < ring.degree ? x * y : -x * y);
    });
  });
  return result.map((value) => mod(value, ring.modulus));
}

/** P(target) through the points, from Lagrange's formula. */
export function interpolate(
  q: bigint,
  points: readonly (readonly [bigint, bigint])[],
  target: bigint,
): bigint {
  let value = 0n;
  for (const [x, y] of points) {
    let term = y;
    for (const [other] of points) {
      if (other !== x) term = mod(term * mod(target - other, q) * inverse(mod(x - other, q), q), q);
    }
    value = (value + term) % q;
  }
  return value;
}

/** Rings so small that every case can be seen: 17 and 97 are 1 mod 16. */
export const TOY_RINGS: readonly Ring[] = [
  { degree: 8, modulusBits: 5, modulus: 17n, root: 3n },
  { degree: 8, modulusBits: 7, modulus: 97n, root: 8n },
];
