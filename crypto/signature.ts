/**
 * Ed25519 (RFC 8032), verified strictly (PROTOCOL §3), for participants, organiser and coordinator.
 *
 * Security: a signature that verifies for one honest party verifies for all, whatever backend they run: the
 * checks that libraries disagree about (encodings that are not canonical, small-order keys) are made here, and
 * the equation is the one without the cofactor. Keys and signatures are attacker-controlled.
 */
import { backend } from '#crypto-backend';
import { compareBytes, fromHex, isBytes, requireBytes } from './bytes.js';
import { redacted } from './redacted.js';

/** Bytes of a seed and of an identity (public key). */
const IDENTITY_BYTES = 32;
const SIGNATURE_BYTES = 64;

export interface Identity {
  /** 32 bytes. Secret; the file that `keygen` writes. */
  readonly seed: Uint8Array;
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
}

/** @param seed 32 secret bytes, copied. */
export function identityFromSeed(seed: Uint8Array): Identity {
  requireBytes(seed, 'seed', IDENTITY_BYTES);
  return redacted({ seed: seed.slice(), publicKey: backend.ed25519PublicKey(seed) });
}

/** 64 bytes, the same every time for the same seed and message. */
export function signMessage(seed: Uint8Array, message: Uint8Array): Uint8Array {
  requireBytes(seed, 'seed', IDENTITY_BYTES);
  requireBytes(message, 'message');
  return backend.ed25519Sign(seed, message);
}

/** p = 2^255 − 19 and the group order L, most significant byte first, for comparing. */
const PRIME = fromHex('7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed');
const ORDER = fromHex('1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed');

/** The y-coordinates of the eight points whose order divides 8; little-endian, the sign bit clear. */
const SMALL_ORDER = [
  '0100000000000000000000000000000000000000000000000000000000000000', // order 1
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f', // order 2
  '0000000000000000000000000000000000000000000000000000000000000000', // order 4
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05', // order 8
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a', // order 8
].map(fromHex);

function withoutSign(encoded: Uint8Array): Uint8Array {
  const y = encoded.slice();
  y[31] = (y[31] as number) & 0x7f;
  return y;
}

function isBelow(littleEndian: Uint8Array, limit: Uint8Array): boolean {
  return compareBytes(littleEndian.slice().reverse(), limit) < 0;
}

/**
 * 32 bytes, canonical (y < p) and not of small order. That the point lies on the curve is not checked: no
 * signature verifies under one that does not. Never throws.
 */
export function isAcceptableIdentity(publicKey: Uint8Array): boolean {
  if (!isBytes(publicKey, IDENTITY_BYTES)) return false;
  const y = withoutSign(publicKey);
  return (
    isBelow(y, PRIME) && // check: A5, C14
    SMALL_ORDER.every((point) => compareBytes(y, point) !== 0) // check: A5, C3
  );
}

/** True only for a strictly valid signature. False, never an exception, for any other bytes of any length. */
export function verifySignature(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  requireBytes(message, 'message');
  return isStrict(publicKey, signature) && backend.ed25519Verify(publicKey, message, signature);
}

/** What makes a check strict, all but the equation. */
export function isStrict(publicKey: Uint8Array, signature: Uint8Array): boolean {
  if (!isAcceptableIdentity(publicKey)) return false; // check: C3, C14
  if (!isBytes(signature, SIGNATURE_BYTES)) return false;
  if (!isBelow(withoutSign(signature.subarray(0, 32)), PRIME)) return false;
  return isBelow(signature.subarray(32), ORDER);
}
