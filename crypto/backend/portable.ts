/**
 * The primitives from the @noble libraries: pure JavaScript, for browsers and as a second opinion in tests.
 * Chosen by the default condition of '#crypto-backend'.
 *
 * Security: the same results as node.ts. JavaScript engines promise no constant time, so a party who can
 * measure this process closely may learn something about its keys.
 */
import { ctr, gcm } from '@noble/ciphers/aes.js';
import { ed25519, x25519 } from '@noble/curves/ed25519.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256, sha512 } from '@noble/hashes/sha2.js';
import { sameBytes } from './same-bytes.js';
import type { CryptoBackend, HashInProgress } from './types.js';

const { Point } = ed25519;

/** getRandomValues refuses more than this at once. */
const RANDOM_PIECE_BYTES = 65536;

function littleEndianNumber(bytes: Uint8Array): bigint {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i -= 1) value = (value << 8n) | BigInt(bytes[i] as number);
  return value;
}

export const backend: CryptoBackend = {
  name: 'portable',

  sha256(parts) {
    const hash = sha256.create();
    for (const part of parts) hash.update(part);
    return hash.digest();
  },

  createSha256(): HashInProgress {
    const hash = sha256.create();
    return {
      update: (bytes) => void hash.update(bytes),
      digest: () => hash.digest(),
    };
  },

  hmacSha256(key, parts) {
    const mac = hmac.create(sha256, key);
    for (const part of parts) mac.update(part);
    return mac.digest();
  },

  aes128CtrKeystream(key, counterBlock, length) {
    return ctr(key, counterBlock).encrypt(new Uint8Array(length));
  },

  aes256GcmSeal(key, nonce, aad, plaintext) {
    return gcm(key, nonce, aad).encrypt(plaintext);
  },

  aes256GcmOpen(key, nonce, aad, sealed) {
    try {
      return gcm(key, nonce, aad).decrypt(sealed);
    } catch {
      return null;
    }
  },

  x25519PublicKey(privateKey) {
    return x25519.getPublicKey(privateKey);
  },

  x25519: (bytes) => {
    const privateKey = bytes.slice();
    return (publicKey) => {
      try {
        return x25519.getSharedSecret(privateKey, publicKey);
      } catch {
        return null;
      }
    };
  },

  ed25519PublicKey(seed) {
    return ed25519.getPublicKey(seed);
  },

  ed25519Sign(seed, message) {
    return ed25519.sign(message, seed);
  },

  /** Not noble's own verify: that one multiplies by the cofactor and would accept what OpenSSL refuses. */
  ed25519Verify(publicKey, message, signature) {
    const encodedR = signature.subarray(0, 32);
    const scalar = littleEndianNumber(signature.subarray(32));
    if (scalar >= Point.Fn.ORDER) return false;
    let point;
    try {
      point = Point.fromBytes(publicKey, false);
    } catch {
      return false; // not on the curve, or not canonical
    }
    const hash = sha512.create().update(encodedR).update(publicKey).update(message).digest();
    const challenge = littleEndianNumber(hash) % Point.Fn.ORDER;
    const expected = Point.BASE.multiplyUnsafe(scalar).subtract(point.multiplyUnsafe(challenge));
    return sameBytes(expected.toBytes(), encodedR);
  },

  randomBytes(length) {
    const bytes = new Uint8Array(length);
    for (let offset = 0; offset < length; offset += RANDOM_PIECE_BYTES) {
      globalThis.crypto.getRandomValues(bytes.subarray(offset, offset + RANDOM_PIECE_BYTES));
    }
    return bytes;
  },

  timingSafeEqual: sameBytes,
};
