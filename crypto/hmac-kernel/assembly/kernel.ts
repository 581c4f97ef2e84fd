/**
 * HMAC-SHA256 (RFC 2104, FIPS 180-4) of short messages. This is AssemblyScript, not TypeScript: scripts/build-kernel.mjs
 * compiles it to the bytes in ../kernel-binary.ts, and a test compiles it again and compares. ../hmac.ts is the only caller:
 * it lays out the memory and checks all arguments.
 *
 * Security: no branch and no address depends on a key or a message; lengths are public.
 */

const ROUND_CONSTANTS = memory.data<u32>([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
]);

/** out = HMAC of `length` bytes under a key of at most 64. */
export function hmac(
  /** 32 bytes. */
  out: usize,
  key: usize,
  keyLength: u32,
  /** With 64 bytes before it and 72 behind it that are overwritten. */
  message: usize,
  length: u32,
  /** 128 bytes that are overwritten. */
  outer: usize,
  /** 256 bytes that are overwritten. */
  schedule: usize,
): void {
  pad(message - 64, key, keyLength, 0x36);
  sha256(outer + 64, message - 64, 64 + length, schedule);
  pad(outer, key, keyLength, 0x5c);
  sha256(out, outer, 96, schedule);
}

function pad(block: usize, key: usize, keyLength: u32, byte: u8): void {
  for (let i: u32 = 0; i < keyLength; i += 1) store<u8>(block + i, load<u8>(key + i) ^ byte);
  memory.fill(block + keyLength, byte, 64 - keyLength);
}

/** Of `length` bytes, with room for as many as the last block lacks. */
function sha256(out: usize, from: usize, length: u32, schedule: usize): void {
  const padded = (length + 72) & ~63;
  store<u8>(from + length, 0x80);
  memory.fill(from + length + 1, 0, padded - length - 9);
  store<u64>(from + padded - 8, bswap<u64>(<u64>length << 3));
  let h0: u32 = 0x6a09e667;
  let h1: u32 = 0xbb67ae85;
  let h2: u32 = 0x3c6ef372;
  let h3: u32 = 0xa54ff53a;
  let h4: u32 = 0x510e527f;
  let h5: u32 = 0x9b05688c;
  let h6: u32 = 0x1f83d9ab;
  let h7: u32 = 0x5be0cd19;
  for (const end = from + padded; from < end; from += 64) {
    for (let i: usize = 0; i < 64; i += 4) store<u32>(schedule + i, bswap<u32>(load<u32>(from + i)));
    for (let i: usize = 64; i < 256; i += 4) {
      const word = schedule + i;
      const w15 = load<u32>(word - 60);
      const w2 = load<u32>(word - 8);
      const s0 = rotr<u32>(w15, 7) ^ rotr<u32>(w15, 18) ^ (w15 >> 3);
      const s1 = rotr<u32>(w2, 17) ^ rotr<u32>(w2, 19) ^ (w2 >> 10);
      store<u32>(word, load<u32>(word - 64) + s0 + load<u32>(word - 28) + s1);
    }
    let a = h0;
    let b = h1;
    let c = h2;
    let d = h3;
    let e = h4;
    let f = h5;
    let g = h6;
    let h = h7;
    for (let i: usize = 0; i < 256; i += 4) {
      const s1 = rotr<u32>(e, 6) ^ rotr<u32>(e, 11) ^ rotr<u32>(e, 25);
      const choice = g ^ (e & (f ^ g));
      const first = h + s1 + choice + load<u32>(ROUND_CONSTANTS + i) + load<u32>(schedule + i);
      const s0 = rotr<u32>(a, 2) ^ rotr<u32>(a, 13) ^ rotr<u32>(a, 22);
      const majority = (a & b) | (c & (a | b));
      h = g;
      g = f;
      f = e;
      e = d + first;
      d = c;
      c = b;
      b = a;
      a = first + s0 + majority;
    }
    h0 += a;
    h1 += b;
    h2 += c;
    h3 += d;
    h4 += e;
    h5 += f;
    h6 += g;
    h7 += h;
  }
  store<u32>(out, bswap<u32>(h0));
  store<u32>(out, bswap<u32>(h1), 4);
  store<u32>(out, bswap<u32>(h2), 8);
  store<u32>(out, bswap<u32>(h3), 12);
  store<u32>(out, bswap<u32>(h4), 16);
  store<u32>(out, bswap<u32>(h5), 20);
  store<u32>(out, bswap<u32>(h6), 24);
  store<u32>(out, bswap<u32>(h7), 28);
}
