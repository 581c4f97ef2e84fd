/**
 * Sums of masks modulo 2^32, and their packed form modulo 2^bits: the hot loops of the masking suites. This is
 * AssemblyScript, not TypeScript: scripts/build-kernel.mjs compiles it to the bytes in ../kernel-binary.ts, and a test
 * compiles it again and compares. ../kernel.ts is the only caller: it lays out the memory and checks all arguments.
 *
 * Security: no branch and no address depends on the value of a coordinate.
 */

/** sums += words, 32 bits each. @param bytes a multiple of 64 */
export function add(sums: usize, words: usize, bytes: usize): void {
  for (const end = sums + bytes; sums < end; sums += 64, words += 64) {
    v128.store(sums, i32x4.add(v128.load(sums), v128.load(words)));
    v128.store(sums, i32x4.add(v128.load(sums, 16), v128.load(words, 16)), 16);
    v128.store(sums, i32x4.add(v128.load(sums, 32), v128.load(words, 32)), 32);
    v128.store(sums, i32x4.add(v128.load(sums, 48), v128.load(words, 48)), 48);
  }
}

/** sums −= words, 32 bits each. @param bytes a multiple of 64 */
export function subtract(sums: usize, words: usize, bytes: usize): void {
  for (const end = sums + bytes; sums < end; sums += 64, words += 64) {
    v128.store(sums, i32x4.sub(v128.load(sums), v128.load(words)));
    v128.store(sums, i32x4.sub(v128.load(sums, 16), v128.load(words, 16)), 16);
    v128.store(sums, i32x4.sub(v128.load(sums, 32), v128.load(words, 32)), 32);
    v128.store(sums, i32x4.sub(v128.load(sums, 48), v128.load(words, 48)), 48);
  }
}

/** Every sum modulo 2^bits. @param bytes a multiple of 16 */
export function reduce(sums: usize, bytes: usize, bits: u32): void {
  const low = i32x4.splat(<u32>0xffffffff >> (32 - bits));
  for (const end = sums + bytes; sums < end; sums += 16) {
    v128.store(sums, v128.and(v128.load(sums), low));
  }
}

/**
 * Sums modulo 2^bits end to end, in place: the first begins in bit 0 of the first byte. Whole words are written, the last
 * one with zeros above.
 */
export function pack(sums: usize, count: u32, bits: u32): void {
  const low = <u32>0xffffffff >> (32 - bits);
  let to = sums;
  let word: u64 = 0;
  let filled: u32 = 0; // bits of `word` in use, 0…31
  for (const end = sums + (<usize>count << 2); sums < end; sums += 4) {
    word |= <u64>(load<u32>(sums) & low) << filled;
    filled += bits;
    if (filled >= 32) {
      // Never ahead of what was read: `bits` is at most 32.
      store<u32>(to, <u32>word);
      to += 4;
      word >>= 32;
      filled -= 32;
    }
  }
  if (filled > 0) store<u32>(to, <u32>word);
}
