/** Root over the upload digests of U3 (PROTOCOL §4.5): r3 signs what was uploaded, not only by whom. */
import { hashTuple } from '../../crypto/hash.js';
import { LABEL } from '../../crypto/labels.js';
import { merkleRoot } from '../../crypto/merkle.js';

/** Both in roster order; RFC 9162 root, 32 bytes. */
export function uploadRoot(
  identities: readonly Uint8Array[],
  digests: readonly (readonly Uint8Array[])[],
): Uint8Array {
  return merkleRoot(
    identities.map((identity, index) =>
      hashTuple(LABEL.uploadLeaf, identity, [...(digests[index] as readonly Uint8Array[])]),
    ),
  );
}
