/**
 * X25519 (RFC 7748) for the two key pairs that a participant announces in r0: the mask key s and the
 * share-encryption key c (PROTOCOL §3 "Keys per session", §4).
 *
 * Security: the private key of either kind comes from a 32-byte seed under its own label, so one seed used for
 * both would still give unrelated keys. Public keys are attacker-controlled: a low-order one would make the
 * agreed secret a constant that everybody knows, a non-canonical one a second name for the same key.
 */
import { backend } from '#crypto-backend';
import type { ImportedKeys } from './backend/types.js';
import { compareBytes, equalBytes, fromHex, requireBytes, wipe } from './bytes.js';
import { encodeCanonical } from './canonical.js';
import { hkdfSha256 } from './hash.js';
import { LABEL } from './labels.js';
import { redacted } from './redacted.js';

/** Bytes of seeds, private keys, public keys and agreed secrets. */
export const KEY_BYTES = 32;

export interface KeyPair {
  /** 32 bytes. Secret. */
  readonly privateKey: Uint8Array;
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
}

/** The peer's public key cannot give a secret. The fault is the peer's, or of whoever passed the key on. */
export class KeyAgreementError extends Error {
  constructor() {
    super('the peer’s X25519 public key is not acceptable');
    this.name = 'KeyAgreementError';
  }
}

/** The mask key pair (s). @param seed 32 secret bytes: this is what is shared among the neighbours. */
export const maskKeyPair = (seed: Uint8Array): KeyPair => keyPair(maskPrivateKey(seed));

/** The share-encryption key pair (c). @param seed 32 secret bytes. */
export const shareKeyPair = (seed: Uint8Array): KeyPair => keyPair(sharePrivateKey(seed));

/** Of the pair alone the private key, 32 bytes, for who needs no more: the public one costs as much as an agreement. */
export const maskPrivateKey = (seed: Uint8Array): Uint8Array => derived(seed, LABEL.maskKeySeed);
export const sharePrivateKey = (seed: Uint8Array): Uint8Array => derived(seed, LABEL.shareKeySeed);

function derived(seed: Uint8Array, label: string): Uint8Array {
  requireBytes(seed, 'seed', KEY_BYTES);
  const salt = new Uint8Array(0);
  return hkdfSha256({
    ikm: seed,
    salt,
    info: encodeCanonical([label]), // check: C4
    length: KEY_BYTES,
  });
}

const keyPair = (privateKey: Uint8Array): KeyPair =>
  redacted({ privateKey, publicKey: publicKeyOf(privateKey) });

/** The public key of a private one, 32 bytes. */
export function publicKeyOf(privateKey: Uint8Array): Uint8Array {
  requireBytes(privateKey, 'privateKey', KEY_BYTES);
  return backend.x25519PublicKey(privateKey);
}

/**
 * The 32-byte secret that both ends compute. Never use it directly: derive keys from it.
 * @throws KeyAgreementError for a public key that `isAcceptablePublicKey` refuses, or an all-zero result.
 */
export function agree(privateKey: Uint8Array, publicKey: Uint8Array): Uint8Array {
  return agreement(privateKey)(publicKey);
}

export type { ImportedKeys };

/** `agree` with many: the private key is imported once. Secret, as long as something refers to it. */
export type Agreement = (publicKey: Uint8Array) => Uint8Array;

/** Of one private key. @param imported public keys that others of the same caller meet too; default: none is kept */
export function agreement(privateKey: Uint8Array, imported?: ImportedKeys): Agreement {
  requireBytes(privateKey, 'privateKey', KEY_BYTES);
  const compute = backend.x25519(privateKey, imported);
  return (publicKey) => {
    requireBytes(publicKey, 'publicKey', KEY_BYTES);
    if (!isAcceptablePublicKey(publicKey)) throw new KeyAgreementError(); // check: C3
    const agreed = compute(publicKey);
    if (agreed === null) throw new KeyAgreementError(); // check: C3
    // Both backends refuse it themselves; a third one may not.
    if (equalBytes(agreed, ZERO)) {
      wipe(agreed);
      throw new KeyAgreementError();
    } // check: C3
    return agreed;
  };
}

const ZERO = new Uint8Array(KEY_BYTES);

/** p = 2^255 − 19, little-endian. */
const PRIME = fromHex('edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f');

/** The canonical u-coordinates of order dividing 8, on the curve or on its twist; little-endian. */
const LOW_ORDER = [
  // order 2
  '0000000000000000000000000000000000000000000000000000000000000000', // check: C3
  // order 4, on the curve and on the twist
  '0100000000000000000000000000000000000000000000000000000000000000', // check: C3
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f', // check: C3
  // order 8
  'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800', // check: C3
  '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157', // check: C3
].map(fromHex);

/** 32 bytes, bit 255 clear, below p and not of low order. Never throws: keys come from the network. */
export function isAcceptablePublicKey(publicKey: Uint8Array): boolean {
  if (!(publicKey instanceof Uint8Array) || publicKey.length !== KEY_BYTES) return false;
  // bit 255 set also makes the number ≥ p
  if (!isBelowPrime(publicKey)) return false; // check: C3
  return LOW_ORDER.every((point) => compareBytes(publicKey, point) !== 0);
}

function isBelowPrime(littleEndian: Uint8Array): boolean {
  for (let i = KEY_BYTES - 1; i >= 0; i -= 1) {
    const difference = (littleEndian[i] as number) - (PRIME[i] as number);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
