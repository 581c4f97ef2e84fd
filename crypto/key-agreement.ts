/**
 * X25519 (RFC 7748) for the two key pairs that a participant announces in r0: the mask key s and the
 * share-encryption key c (PROTOCOL §3 "Keys per session", §4).
 *
 * Security: the private key of either kind comes from a 32-byte seed under its own label, so one seed used for
 * both would still give unrelated keys. Public keys are attacker-controlled: a low-order one would make the
 * agreed secret a constant that everybody knows, a non-canonical one a second name for the same key.
 */
import { backend } from '#crypto-backend';
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
export function maskKeyPair(seed: Uint8Array): KeyPair {
  return keyPair(seed, LABEL.maskKeySeed);
}

/** The share-encryption key pair (c). @param seed 32 secret bytes. */
export function shareKeyPair(seed: Uint8Array): KeyPair {
  return keyPair(seed, LABEL.shareKeySeed);
}

function keyPair(seed: Uint8Array, label: string): KeyPair {
  requireBytes(seed, 'seed', KEY_BYTES);
  const salt = new Uint8Array(0);
  const privateKey = hkdfSha256({
    ikm: seed,
    salt,
    info: encodeCanonical([label]), // check: C4
    length: KEY_BYTES,
  });
  return redacted({ privateKey, publicKey: backend.x25519PublicKey(privateKey) });
}

/**
 * The 32-byte secret that both ends compute. Never use it directly: derive keys from it.
 * @throws KeyAgreementError for a public key that `isAcceptablePublicKey` refuses, or an all-zero result.
 */
export function agree(privateKey: Uint8Array, publicKey: Uint8Array): Uint8Array {
  return agreement(privateKey)(publicKey);
}

/** `agree` with many: the private key is imported once. Secret, as long as something refers to it. */
export type Agreement = (publicKey: Uint8Array) => Uint8Array;

export function agreement(privateKey: Uint8Array): Agreement {
  requireBytes(privateKey, 'privateKey', KEY_BYTES);
  const compute = backend.x25519(privateKey);
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

/** p = 2^255 − 19, most significant byte first, for comparing. */
const PRIME = fromHex('7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed');

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
  if (compareBytes(publicKey.slice().reverse(), PRIME) >= 0) return false; // check: C3
  return LOW_ORDER.every((point) => compareBytes(publicKey, point) !== 0);
}
