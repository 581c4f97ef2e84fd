/**
 * What a participant signs (PROTOCOL §4): the five round messages and the answer to a complaint. Bulk data (ciphertexts,
 * uploads, revealed shares) travels beside the signed payload and is bound to it by digest, so that the log of signed
 * messages can be published without it.
 */
import { z } from 'zod';
import { LABEL } from '../../crypto/labels.js';
import { bytes, bytes32, codec, list } from './codec.js';
import { MAX_PARTICIPANTS, MAX_VECTORS } from './documents.js';

/** r0 */
export const advertiseKeysCodec = codec(LABEL.advertiseKeys, {
  sender: bytes32,
  opening: bytes32,
  /** X25519: seals shares (paper: c^PK). */
  shareKey: bytes32,
  /** X25519: agrees on pairwise masks (paper: s^PK). */
  maskKey: bytes32,
  nonce: bytes32,
});
export type AdvertiseKeys = ReturnType<typeof advertiseKeysCodec.decode>;

/** r1 */
export const shareKeysCodec = codec(LABEL.shareKeys, {
  sender: bytes32,
  ctx: bytes32,
  rosterRoot: bytes32,
  /** Suite-defined; masking suites: com_b, 32 bytes. */
  commitment: bytes(),
  /** RFC 9162 root over one entry per recipient. */
  shareRoot: bytes32,
});
export type ShareKeys = ReturnType<typeof shareKeysCodec.decode>;

const complaintSchema = z.strictObject({ dealer: bytes32, ciphertext: bytes32 });
/** Dealer and SHA-256 of the ciphertext that does not decrypt to what its leaves say. */
export type Complaint = z.infer<typeof complaintSchema>;

/** r2 header; the upload follows it. */
export const maskedInputCodec = codec(LABEL.maskedInput, {
  sender: bytes32,
  ctx: bytes32,
  u1: bytes32,
  u2: bytes32,
  /** SHA-256 of each packed vector, in task order. */
  digests: list(bytes32, MAX_VECTORS + 1, 1),
  complaints: list(complaintSchema, MAX_PARTICIPANTS),
});
export type MaskedInput = ReturnType<typeof maskedInputCodec.decode>;

/** A dealer's answer to one complaint; the holder's shares travel beside it. */
export const answerCodec = codec(LABEL.answer, {
  sender: bytes32,
  ctx: bytes32,
  holder: bytes32,
  /** SHA-256 of the shares, concatenated in the suite's order of kinds. */
  shares: bytes32,
});
export type Answer = ReturnType<typeof answerCodec.decode>;

/** r3 */
export const consistencyCodec = codec(LABEL.consistency, {
  sender: bytes32,
  ctx: bytes32,
  u1: bytes32,
  u2: bytes32,
  u3: bytes32,
  /** RFC 9162 root over the upload digests of U3. */
  uploads: bytes32,
});
export type Consistency = ReturnType<typeof consistencyCodec.decode>;

/** r4 */
export const unmaskCodec = codec(LABEL.unmask, {
  sender: bytes32,
  ctx: bytes32,
  u1: bytes32,
  u2: bytes32,
  u3: bytes32,
  /** Suite-defined, one byte per neighbour: which share is revealed, or why none. */
  kinds: bytes(),
  /** SHA-256 of the revealed shares, which travel beside the message. */
  shares: bytes32,
});
export type Unmask = ReturnType<typeof unmaskCodec.decode>;
