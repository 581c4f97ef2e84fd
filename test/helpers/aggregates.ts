/** Aggregates of the masking suites, as a coordinator packs them and as whoever gets them reads them. */
import { concatBytes } from '../../crypto/bytes.js';
import { sha256 } from '../../crypto/hash.js';
import { splitAggregate } from '../../src/protocol/aggregate.js';
import type { Task } from '../../src/protocol/documents.js';
import { packSums, unpackSums } from '../../src/protocol/packed-vectors.js';
import { layoutOf } from '../../src/protocol/parameters.js';
import { maskingComplete } from '../../src/protocol/suites/masking-complete/index.js';

export function packAggregate(task: Task, sums: readonly Uint32Array[]) {
  const parts = packSums(layoutOf(task), sums);
  return { packed: concatBytes(...parts), digests: parts.map((part) => sha256(part)) };
}

export const unpackAggregate = (task: Task, packed: Uint8Array, digests: readonly Uint8Array[]) =>
  unpackSums(layoutOf(task), splitAggregate(maskingComplete, task, packed, digests));
