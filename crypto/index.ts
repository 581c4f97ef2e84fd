/**
 * "blindsum/crypto": the primitives of the protocol, without any idea of sessions. Pure and synchronous apart
 * from the mask engine; no node: import (the fast engine for Node lies in mask-engine/node.ts).
 *
 * Security: these are building blocks. What may be combined with what, and how often, PROTOCOL.md decides.
 */
export {
  compareBytes,
  concatBytes,
  equalBytes,
  fromHex,
  isBytes,
  toHex,
  uint32be,
  utf8,
  wipe,
} from './bytes.js';
export { CanonicalError, decodeCanonical, encodeCanonical, type CborValue } from './canonical.js';
export { createSha256, hashTuple, hkdfSha256, sha256, type HkdfInput, type Sha256 } from './hash.js';
export {
  agree,
  agreement,
  type Agreement,
  isAcceptablePublicKey,
  KeyAgreementError,
  maskKeyPair,
  shareKeyPair,
  type KeyPair,
} from './key-agreement.js';
export { LABEL, type Label } from './labels.js';
export {
  derivePairwiseMaskKey,
  deriveSelfMaskKey,
  type MaskParty,
  type PairwiseMaskInput,
  type SelfMaskInput,
} from './mask-keys.js';
export { addInto, packBits, packedLength, reduceBits, subtractInto, unpackBits } from './masked-vector.js';
export {
  consistencyProof,
  inclusionProof,
  merkleRoot,
  merkleTree,
  verifyConsistency,
  verifyInclusion,
  type ConsistencyClaim,
  type InclusionClaim,
  type MerkleTree,
} from './merkle.js';
export { fillKeystream, STREAM_COORDINATES, type StreamKey } from './prg.js';
export { deterministicRandom, systemRandom, type Random } from './random.js';
export {
  reconstructSecret,
  ShareMismatchError,
  splitSecret,
  type ReconstructInput,
  type Share,
  type SplitInput,
} from './secret-sharing.js';
export {
  deriveShareKey,
  deriveShareKeys,
  openShares,
  sealShares,
  type ShareKey,
  type ShareKeyInput,
} from './share-encryption.js';
export {
  identityFromSeed,
  isAcceptableIdentity,
  signMessage,
  verifySignature,
  type Identity,
} from './signature.js';
export { createReferenceEngine } from './mask-engine/reference.js';
export type {
  MaskEngine,
  MaskJob,
  MaskJobVector,
  MaskResult,
  MaskRunOptions,
  MaskStream,
} from './mask-engine/types.js';
