/** The aggregate on the wire (PROTOCOL §4.7): packed like an upload, one SHA-256 per vector in the signed result. */
import { concatBytes, equalBytes } from '../../crypto/bytes.js';
import { sha256 } from '../../crypto/hash.js';
import { packBits, unpackBits } from '../../crypto/masked-vector.js';
import { refuse } from './errors.js';
import { packedBytes, type VectorLayout } from './parameters.js';

export function packAggregate(
  layout: readonly VectorLayout[],
  sums: readonly Uint32Array[],
): { packed: Uint8Array; digests: Uint8Array[] } {
  const parts = layout.map(({ bits }, index) => packBits(sums[index] as Uint32Array, bits));
  return { packed: concatBytes(...parts), digests: parts.map((part) => sha256(part)) };
}

/** @throws BlindsumError AGGREGATE_MISMATCH (fault peer) */
export function unpackAggregate(
  layout: readonly VectorLayout[],
  packed: Uint8Array,
  digests: readonly Uint8Array[],
): Uint32Array[] {
  if (packed.length !== packedBytes(layout) || digests.length !== layout.length) {
    refuse('AGGREGATE_MISMATCH', 'peer', 'the aggregate does not have the size that the task gives');
  } // check: A15
  let from = 0;
  return layout.map(({ name, bits, length, byteLength }, index) => {
    const part = packed.subarray(from, (from += byteLength));
    if (!equalBytes(sha256(part), digests[index] as Uint8Array)) {
      refuse(
        'AGGREGATE_MISMATCH',
        'peer',
        `vector ${name} of the aggregate does not have the digest in the result`,
      );
    } // check: A15
    try {
      return unpackBits(part, bits, length);
    } catch (cause) {
      // The length fits; so bits beyond the last coordinate are set.
      refuse('AGGREGATE_MISMATCH', 'peer', `vector ${name} of the aggregate is not packed as it has to be`, {
        cause,
      });
    }
  });
}
