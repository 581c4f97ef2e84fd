/**
 * A public random order (PROTOCOL §5.2): Fisher–Yates with the words of an AES-128-CTR stream, by rejection, so that every
 * order is as likely as any other. Whoever has the stream computes the same order.
 *
 * Security: nothing here is secret. Who can choose the stream's key can choose the order.
 */
import { requireInteger } from './bytes.js';
import { hashTuple } from './hash.js';
import type { Label } from './labels.js';
import { fillKeystream, STREAM_KEY_BYTES, STREAM_NONCE_BYTES } from './prg.js';

/** 2^16 − 1 elements need some 2^16 words. */
const PIECE_WORDS = 4096;
const WORDS = 2 ** 32;

/**
 * The numbers from 0 to count − 1 in the order that `seed` gives. Key and nonce are the first 28 bytes of H(label, seed).
 * @param count integer, 1 to 2^24
 */
export function shuffled(label: Label, seed: Uint8Array, count: number): Uint32Array {
  requireInteger(count, 'count', 1, 2 ** 24);
  const hash = hashTuple(label, seed);
  const next = wordSource(hash);
  const order = Uint32Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last -= 1) {
    const chosen = below(last + 1, next);
    const moved = order[last] as number;
    order[last] = order[chosen] as number;
    order[chosen] = moved;
  }
  return order;
}

/** Uniform in 0 … bound − 1: words in the last, incomplete run of `bound` are left out. */
function below(bound: number, next: () => number): number {
  const usable = WORDS - (WORDS % bound);
  for (;;) {
    const word = next();
    if (word < usable) return word % bound;
  }
}

function wordSource(hash: Uint8Array): () => number {
  const key = hash.subarray(0, STREAM_KEY_BYTES);
  const nonce = hash.subarray(STREAM_KEY_BYTES, STREAM_KEY_BYTES + STREAM_NONCE_BYTES);
  const piece = new Uint32Array(PIECE_WORDS);
  let from = 0;
  let used = PIECE_WORDS;
  return () => {
    if (used === PIECE_WORDS) {
      fillKeystream({ key, nonce, from, out: piece });
      from += PIECE_WORDS;
      used = 0;
    }
    const word = piece[used] as number;
    used += 1;
    return word;
  };
}
