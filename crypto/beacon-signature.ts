/**
 * Values of a drand beacon, scheme `bls-unchained-g1-rfc9380`: the signature of round r is one over SHA-256(r), eight
 * bytes big-endian, on the curve BLS12-381 with signatures in G1; the value is SHA-256 of the signature.
 *
 * Security: everything here is public. A value that verifies is the one that the beacon's operators published, whoever
 * handed it over; before they did, nobody knew it, unless a threshold of them worked together.
 */
import { bls12_381 } from '@noble/curves/bls12-381.js';
import { requireBytes, requireInteger } from './bytes.js';
import { sha256 } from './hash.js';

/** Bytes of a public key (G2, compressed) and of a signature (G1, compressed). */
export const BEACON_KEY_BYTES = 96;
export const BEACON_SIGNATURE_BYTES = 48;

const DOMAIN = 'BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_';

interface BeaconSignature {
  /** 96 bytes. */
  readonly publicKey: Uint8Array;
  /** From 1. */
  readonly round: number;
  readonly signature: Uint8Array;
}

/** Whether it is a point of G2 other than the neutral one, as it is published: on the curve, in the subgroup, compressed. */
export function isBeaconKey(publicKey: Uint8Array): boolean {
  if (publicKey.length !== BEACON_KEY_BYTES) return false;
  try {
    const point = bls12_381.G2.Point.fromBytes(publicKey);
    point.assertValidity();
    return !point.is0();
  } catch {
    // No point of the curve, or of another subgroup.
    return false;
  }
}

/** False for any signature that is not that of the round, whatever is wrong with it. Takes some 20 ms, 200 the first time. */
export function verifyBeaconSignature({ publicKey, round, signature }: BeaconSignature): boolean {
  requireBytes(publicKey, 'publicKey', BEACON_KEY_BYTES);
  requireInteger(round, 'round', 1, Number.MAX_SAFE_INTEGER);
  if (signature.length !== BEACON_SIGNATURE_BYTES) return false;
  const message = new DataView(new ArrayBuffer(8));
  message.setUint32(0, Math.floor(round / 2 ** 32));
  message.setUint32(4, round % 2 ** 32);
  const scheme = bls12_381.shortSignatures;
  try {
    const point = scheme.hash(sha256(new Uint8Array(message.buffer)), DOMAIN);
    return scheme.verify(signature, point, publicKey);
  } catch {
    // No point of the curve.
    return false;
  }
}

/** The value of a round, 32 bytes. */
export const beaconRandomness = (signature: Uint8Array): Uint8Array => sha256(signature);
