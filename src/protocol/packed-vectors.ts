/** Packed vectors of the masking suites: uploads, and sums as they are published (PROTOCOL §4.3, §4.7). */
import { packBits, unpackBits } from '../../crypto/masked-vector.js';
import { refuse } from './errors.js';
import type { VectorLayout } from './parameters.js';

/** Folding refuses them too; here the sender gets the answer, not the batch. @throws BlindsumError MALFORMED */
export function checkSpareBits({ length, bits, name }: VectorLayout, part: Uint8Array): void {
  const used = (length * bits) % 8;
  if (used !== 0 && (part[part.length - 1] as number) >> used !== 0) {
    refuse('MALFORMED', 'peer', `the upload of vector ${name} has bits beyond its last coordinate`);
  } // check: B2
}

export const packSums = (layout: readonly VectorLayout[], sums: readonly Uint32Array[]): Uint8Array[] =>
  layout.map(({ bits }, index) => packBits(sums[index] as Uint32Array, bits));

/** @param parts of the lengths that the layout gives. @throws BlindsumError AGGREGATE_MISMATCH (fault peer) */
export function unpackSums(layout: readonly VectorLayout[], parts: readonly Uint8Array[]): Uint32Array[] {
  return layout.map(({ name, bits, length }, index) => {
    try {
      return unpackBits(parts[index] as Uint8Array, bits, length);
    } catch (cause) {
      // The length fits; so bits beyond the last coordinate are set.
      refuse('AGGREGATE_MISMATCH', 'peer', `vector ${name} of the aggregate is not packed as it has to be`, {
        cause,
      });
    }
  });
}
