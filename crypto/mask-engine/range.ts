/**
 * One range of a vector's coordinates, from base to result: OpenSSL's AES-CTR in pieces that stay in the cache, added up
 * in the kernel's memory. A range needs nothing from its neighbours, so each thread of an engine can compute another.
 *
 * Security: keystream is overwritten as soon as it was added, the sums when the range is done or given up.
 */
import { createCipheriv } from 'node:crypto';
import { counterBlock } from '../prg.js';
import { discard } from './discard.js';
import { RANGE_COORDINATES, TILE_COORDINATES, type MaskKernel } from './kernel.js';
import type { MaskJob, MaskStream } from './types.js';

export interface MaskRange {
  /** Index among the vectors of the job. */
  readonly vector: number;
  readonly bits: number;
  /** First coordinate, a multiple of 32. */
  readonly from: number;
  /** Coordinates, at most RANGE_COORDINATES. */
  readonly count: number;
}

/** Packed ranges begin in whole bytes, and in whole blocks of the cipher. */
const STEP = 32;

/** The ranges of a job, about as long as each other: as many for each thread where that costs nothing. */
export function cutRanges(job: Pick<MaskJob, 'vectors'>, threads: number): MaskRange[] {
  return job.vectors.flatMap(({ bits, length }, vector) => {
    const parts = Math.ceil(length / RANGE_COORDINATES / threads) * threads;
    const step = Math.ceil(length / parts / STEP) * STEP;
    const ranges: MaskRange[] = [];
    for (let from = 0; from < length; from += step) {
      ranges.push({ vector, bits, from, count: Math.min(step, length - from) });
    }
    return ranges;
  });
}

const ZEROS = new Uint8Array(4 * TILE_COORDINATES);

/**
 * (base + Σ ±stream) mod 2^bits for the coordinates of `range`, integers or packed. Yields after each piece how many
 * coordinates of a stream that were, so that its caller can do something else, or stop with `return`.
 * @param base of the range, `count` coordinates, or null for zeros
 */
export function* sumRange(
  kernel: MaskKernel,
  { bits, from, count }: MaskRange,
  base: Uint32Array | null,
  streams: Iterable<MaskStream>,
  output: MaskJob['output'],
): Generator<number, Uint8Array | Uint32Array> {
  try {
    kernel.begin(base, count);
    for (const { key, nonce, sign } of streams) {
      const cipher = createCipheriv('aes-128-ctr', key, counterBlock(nonce, from));
      for (let at = 0; at < count; at += TILE_COORDINATES) {
        const coordinates = Math.min(TILE_COORDINATES, count - at);
        const keystream = cipher.update(ZEROS.subarray(0, 4 * coordinates));
        kernel.add(at, keystream, sign);
        discard(keystream);
        yield coordinates;
      }
    }
    return output === 'packed' ? kernel.packed(count, bits) : kernel.integers(count, bits);
  } finally {
    kernel.wipe();
  }
}
