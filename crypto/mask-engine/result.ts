/** The result of a job, put together from its ranges in whatever order they come. */
import { packedLength } from '../masked-vector.js';
import type { MaskRange } from './range.js';
import type { MaskJob, MaskResult } from './types.js';

export interface ResultParts {
  /** @throws RangeError for a part of another length than its range has */
  put(range: MaskRange, part: Uint8Array | Uint32Array): void;
  /** Once all ranges are there. */
  result(): MaskResult;
}

export function resultParts({ output, vectors }: MaskJob): ResultParts {
  if (output === 'integers') {
    const sums = vectors.map(({ name, length }) => ({ name, values: new Uint32Array(length) }));
    return {
      put({ vector, from, count }, part) {
        requireLength(part, count);
        sums[vector]?.values.set(part, from);
      },
      result: () => ({ kind: 'integers', vectors: sums }),
    };
  }
  const uploads = vectors.map(({ name, length, bits }) => ({
    name,
    bytes: new Uint8Array(packedLength(length, bits)),
  }));
  return {
    put({ vector, bits, from, count }, part) {
      requireLength(part, packedLength(count, bits));
      uploads[vector]?.bytes.set(part, (from / 8) * bits);
    },
    result: () => ({ kind: 'packed', vectors: uploads }),
  };
}

function requireLength(part: Uint8Array | Uint32Array, length: number): void {
  if (part.length !== length) throw new RangeError(`part: expected ${length} elements, got ${part.length}`);
}
