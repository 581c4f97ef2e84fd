/**
 * Sharing over GF(2^16): values of polynomials, which dealing spends its time on, and linear combinations of shares, which
 * reconstructing does. This is AssemblyScript, not TypeScript: scripts/build-kernel.mjs compiles it to the bytes in
 * ../kernel-binary.ts, and a test compiles it again and compares. ../evaluate.ts and ../combine.ts are the only callers:
 * they lay out the memory and check all arguments.
 *
 * Security: points and weights are public and decide what is added where; no branch and no address depends on a share, a
 * coefficient or a secret.
 */

/** Eight elements of GF(2^16) times X: X^16 is X^12 + X^3 + X + 1. */
// @ts-ignore: decorator
@inline
function timesX(elements: v128): v128 {
  const overflow = i16x8.shr_s(elements, 15);
  return v128.xor(i16x8.shl(elements, 1), v128.and(overflow, i16x8.splat(0x100b)));
}

/**
 * out = Σ weight_i · share_i; shares of 16 elements, 32 bytes. @param sums 512 bytes: the sum of those shares whose weight
 * has bit b, for each b, so that there is one multiplication for each bit and not for each share
 */
export function combine(out: usize, shares: usize, weights: usize, count: u32, sums: usize): void {
  memory.fill(sums, 0, 512);
  for (const end = shares + (<usize>count << 5); shares < end; shares += 32, weights += 2) {
    const first = v128.load(shares);
    const second = v128.load(shares, 16);
    let sum = sums;
    for (let rest = <u32>load<u16>(weights); rest != 0; rest >>= 1, sum += 32) {
      if ((rest & 1) == 0) continue;
      v128.store(sum, v128.xor(v128.load(sum), first));
      v128.store(sum, v128.xor(v128.load(sum, 16), second), 16);
    }
  }
  let first = i16x8.splat(0);
  let second = i16x8.splat(0);
  for (let sum = sums + 512; sum > sums; ) {
    sum -= 32;
    first = v128.xor(timesX(first), v128.load(sum));
    second = v128.xor(timesX(second), v128.load(sum, 16));
  }
  v128.store(out, first);
  v128.store(out, second, 16);
}

/**
 * shares_i = Σ coefficient_j · point_i^j by Horner's rule; coefficients and shares of 16 elements, 32 bytes.
 * @param count of coefficients, at least 1
 */
export function evaluate(
  shares: usize,
  coefficients: usize,
  count: u32,
  points: usize,
  pointCount: u32,
): void {
  const last = coefficients + (<usize>(count - 1) << 5);
  for (const end = points + (<usize>pointCount << 1); points < end; points += 2, shares += 32) {
    const point = <u32>load<u16>(points);
    const highest = 31 - clz(point);
    let first = v128.load(last);
    let second = v128.load(last, 16);
    for (let at = last; at > coefficients; ) {
      at -= 32;
      // Times the point, bit by bit from its highest.
      let firstProduct = first;
      let secondProduct = second;
      for (let bit = highest - 1; bit >= 0; bit -= 1) {
        firstProduct = timesX(firstProduct);
        secondProduct = timesX(secondProduct);
        if (((point >> bit) & 1) == 0) continue;
        firstProduct = v128.xor(firstProduct, first);
        secondProduct = v128.xor(secondProduct, second);
      }
      first = v128.xor(firstProduct, v128.load(at));
      second = v128.xor(secondProduct, v128.load(at, 16));
    }
    v128.store(shares, first);
    v128.store(shares, second, 16);
  }
}
