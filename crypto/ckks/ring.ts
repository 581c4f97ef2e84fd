/**
 * The rings R_q = Z_q[X]/(X^N + 1) of ckks/sumkey, and how their elements are written: N words of 64 bits,
 * little-endian, each below q.
 *
 * Security: q is one prime ≡ 1 mod 2N, the one that SEAL's CoeffModulus.Create gives for its length. SEAL's own check
 * (the homomorphic-encryption standard, 128 bits, ternary keys; ours are uniform) allows 54 bits for N = 2048, which is
 * at the line, and 109 for N = 4096, which 60 keep far below.
 */
import { requireInteger } from '../bytes.js';

export interface Ring {
  /** N, a power of two. */
  readonly degree: number;
  /** Bits of q. */
  readonly modulusBits: number;
  /** q. */
  readonly modulus: bigint;
  /** The smallest primitive 2N-th root of one: with it the transform is SEAL's, word for word. */
  readonly root: bigint;
}

export const WORD_BYTES = 8;

/** By preference. */
export const RINGS: readonly Ring[] = [
  { degree: 4096, modulusBits: 60, modulus: 1152921504606830593n, root: 116777451583545n },
  { degree: 2048, modulusBits: 54, modulus: 18014398509404161n, root: 2604308523238n },
];

/** @throws RangeError for any degree but 4096 and 2048 */
export function ringOfDegree(degree: number): Ring {
  const ring = RINGS.find((known) => known.degree === degree);
  if (ring === undefined) throw new RangeError('degree: expected 4096 or 2048');
  return ring;
}

/** Bytes of one element. */
export const elementBytes = (ring: Ring): number => WORD_BYTES * ring.degree;

/** Bytes of so many words packed without gaps, `modulusBits` each. */
export function packedBytes(ring: Ring, words: number): number {
  requireInteger(words, 'words', 0, 2 ** 32);
  return Math.ceil((words * ring.modulusBits) / 8);
}

/** A public word: for points, factors and challenges. */
export function wordFrom(bytes: Uint8Array, index: number): bigint {
  requireInteger(index, 'index', 0, bytes.length / WORD_BYTES - 1);
  return new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(WORD_BYTES * index, true);
}

/** Numbers in [0, q) as words. */
export function bytesOfWords(words: readonly bigint[]): Uint8Array {
  const bytes = new Uint8Array(WORD_BYTES * words.length);
  const view = new DataView(bytes.buffer);
  words.forEach((word, i) => view.setBigUint64(WORD_BYTES * i, word, true));
  return bytes;
}
