/** Linear combinations of one set of shares at a time. */
import { START, withKernel, writeElements } from './kernel.js';

const SHARE_BYTES = 32;
const SUMS_BYTES = 512;
/** The result, the sums, the shares, the weights. */
const OUT = START;
const SUMS = OUT + SHARE_BYTES;
const SHARES = SUMS + SUMS_BYTES;

/** Σ weight_i · share_i over GF(2^16), 32 bytes. @param weights public, one for each share */
export type Combine = (weights: Uint16Array) => Uint8Array;

/** @param shares of 32 bytes each. Calls do not nest. */
export function withShares<T>(shares: readonly Uint8Array[], work: (combine: Combine) => T): T {
  const weightsAt = SHARES + SHARE_BYTES * shares.length;
  return withKernel(weightsAt + 2 * shares.length, (kernel, memory) => {
    shares.forEach((share, i) => memory.set(share, SHARES + SHARE_BYTES * i));
    return work((weights) => {
      writeElements(memory, weightsAt, weights);
      kernel.combine(OUT, SHARES, weightsAt, shares.length, SUMS);
      return memory.slice(OUT, SUMS);
    });
  });
}
