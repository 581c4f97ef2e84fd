/**
 * How a vector is cut into chunks, each sent whole: the same for who encrypts and who opens, so that chunk j of a vector
 * is the same coordinates, and the same `a`, for all.
 */
import { capacity, chunkCount, type Encoding } from './parameters.js';
import type { Ring } from './ring.js';

export interface Chunk {
  readonly chunk: number;
  /** Coordinates from…to − 1. */
  readonly from: number;
  readonly to: number;
}

export function chunksOf(ring: Ring, { kind }: Encoding, length: number): Chunk[] {
  const size = capacity(ring, kind);
  return Array.from({ length: chunkCount(ring, kind, length) }, (_, chunk) => {
    const [from, to] = [size * chunk, Math.min(length, size * (chunk + 1))];
    return { chunk, from, to };
  });
}
