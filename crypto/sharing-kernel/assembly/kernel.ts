/**
 * Linear combinations of shares over GF(2^16): what reconstructing secrets spends its time on. This is AssemblyScript, not
 * TypeScript: scripts/build-kernel.mjs compiles it to the bytes in ../kernel-binary.ts, and a test compiles it again and
 * compares. ../combine.ts is the only caller: it lays out the memory and checks all arguments.
 *
 * Security: weights are public and decide which shares are added where; no branch and no address depends on a share.
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
