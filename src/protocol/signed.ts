/**
 * Signed bytes (PROTOCOL §3): a payload is signed once and then travels, is stored and is proven byte for byte; nothing
 * is ever re-encoded, so there is no second parser to disagree with the first (attack C14).
 */
import { equalBytes } from '../../crypto/bytes.js';
import { hashTuple } from '../../crypto/hash.js';
import { LABEL } from '../../crypto/labels.js';
import { encodeCanonical } from '../../crypto/canonical.js';
import { signMessage, verifySignature } from '../../crypto/signature.js';
import type { Codec } from './codec.js';
import { type ErrorCode, refuse } from './errors.js';

export interface Signed {
  readonly payload: Uint8Array;
  /** Ed25519, 64 bytes, over `payload`. */
  readonly signature: Uint8Array;
}

/** Injected so that many participants in one process may share checks already made; production uses `verifySignature`. */
export type Verify = (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean;

export interface Signer {
  /** Ed25519 public key, 32 bytes. */
  readonly publicKey: Uint8Array;
  sign(message: Uint8Array): Uint8Array;
}

export function signerFromSeed(seed: Uint8Array, publicKey: Uint8Array): Signer {
  return { publicKey, sign: (message) => signMessage(seed, message) };
}

export function signBody<T>(codec: Codec<T>, body: T, signer: Signer): Signed {
  const payload = codec.encode(body);
  return { payload, signature: signer.sign(payload) };
}

/**
 * Checks the signature, then decodes.
 * @throws BlindsumError `code` (default BAD_SIGNATURE), MALFORMED
 */
export function openSigned<T>(
  codec: Codec<T>,
  signed: Signed,
  publicKey: Uint8Array,
  verify: Verify = verifySignature,
  code: ErrorCode = 'BAD_SIGNATURE',
): T {
  if (
    signed.signature.length !== 64 ||
    !verify(publicKey, signed.payload, signed.signature) // check: A3b, A4, A5, A6, A7, C14
  ) {
    refuse(code, 'peer', whyNot(codec.label, code));
  }
  return codec.decode(signed.payload);
}

function whyNot(label: string, code: ErrorCode): string {
  const what = (label.split('/').at(-1) as string).replaceAll('-', ' ');
  switch (code) {
    case 'WRONG_ORGANISER':
      return `the ${what} was not signed by the organiser that the trust file (or the coordinator's configuration) names`;
    case 'WRONG_COORDINATOR':
      return `the ${what} was not signed by the pinned coordinator key`;
    case 'CERTIFICATE_UNKNOWN':
      return `the ${what} was not signed by the organiser`;
    default:
      return `${label}: the signature does not verify`;
  }
}

/** The identical message: payload and signature. */
export const sameSigned = (a: Signed, b: Signed): boolean =>
  equalBytes(a.payload, b.payload) && equalBytes(a.signature, b.signature);

/** H(Signed), 32 bytes: what a roster leaf or a journal names a signed message by. */
export function signedHash(signed: Signed): Uint8Array {
  return hashTuple(LABEL.signed, signed.payload, signed.signature);
}

/** A leaf of the session tree. */
export function signedLeaf(signed: Signed): Uint8Array {
  return encodeCanonical([signed.payload, signed.signature]);
}
