/** The aggregate on the wire (PROTOCOL §4.7): the parts of all vectors end to end, one SHA-256 per part in the signed result. */
import { equalBytes } from '../../crypto/bytes.js';
import { sha256 } from '../../crypto/hash.js';
import type { Task } from './documents.js';
import { refuse } from './errors.js';
import type { Suite } from './suite.js';

/** @throws BlindsumError AGGREGATE_MISMATCH (fault peer) */
export function splitAggregate(
  suite: Suite,
  task: Task,
  aggregate: Uint8Array,
  digests: readonly Uint8Array[],
): Uint8Array[] {
  const lengths = suite.aggregateLengths(task);
  const total = lengths.reduce((sum, length) => sum + length, 0);
  if (aggregate.length !== total || digests.length !== lengths.length) {
    refuse('AGGREGATE_MISMATCH', 'peer', 'the aggregate does not have the size that the task gives');
  } // check: A15
  const layout = suite.layout(task);
  let from = 0;
  return lengths.map((length, index) => {
    const part = aggregate.subarray(from, (from += length));
    if (!equalBytes(sha256(part), digests[index] as Uint8Array)) {
      refuse(
        'AGGREGATE_MISMATCH',
        'peer',
        `vector ${layout[index]?.name} of the aggregate does not have the digest in the result`,
      );
    } // check: A15
    return part;
  });
}
