/** Root over the upload digests of U3 (PROTOCOL §4.5): r3 signs what was uploaded, not only by whom. */
import { hashTuple } from '../../crypto/hash.js';
import { LABEL } from '../../crypto/labels.js';
import { merkleRoot } from '../../crypto/merkle.js';
import type { Signed } from './signed.js';

export const uploadEntry = (identity: Uint8Array, digests: readonly Uint8Array[]): Uint8Array =>
  hashTuple(LABEL.uploadLeaf, identity, [...digests]);

/** Both in roster order; RFC 9162 root, 32 bytes. */
export const uploadRoot = (
  identities: readonly Uint8Array[],
  digests: readonly (readonly Uint8Array[])[],
): Uint8Array =>
  merkleRoot(
    identities.map((identity, index) => uploadEntry(identity, digests[index] as readonly Uint8Array[])),
  );

/** Headers of U3 as a survivor is shown them, in roster order. */
export interface ShownHeaders {
  /** Of all of U3; on a sparse graph of the neighbours in it and oneself. */
  readonly headers: readonly Signed[];
  /** Sparse graphs only: from the headers that are not shown nobody could compute the root. */
  readonly uploads: UploadPaths | null;
}

export interface UploadPaths {
  readonly root: Uint8Array;
  /** Inclusion path for each of the headers: its entry is at its sender's rank in U3. */
  readonly paths: readonly (readonly Uint8Array[])[];
}
