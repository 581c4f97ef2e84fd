/**
 * The primitives from node:crypto (OpenSSL). Chosen by the "node" condition of '#crypto-backend'.
 *
 * Security: constant time as far as OpenSSL is. Keys are imported as JWK because that is three times faster
 * than DER; the private part then exists for a moment as an immutable string that cannot be wiped.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  hash,
  randomFillSync,
  sign,
  timingSafeEqual,
  verify,
  type KeyObject,
} from 'node:crypto';
import type { CryptoBackend } from './types.js';

type Curve = 'X25519' | 'Ed25519';

const TAG_BYTES = 16;

/** A Buffer may be a window on a shared pool: results must own their memory and be plain. */
function plain(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer);
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64url');
}

export function publicKeyObject(crv: Curve, publicKey: Uint8Array): KeyObject {
  return createPublicKey({ key: { kty: 'OKP', crv, x: base64url(publicKey) }, format: 'jwk' });
}

/** OpenSSL derives the public part from `d`; `x` has to be there but is not used. */
const UNUSED_X = base64url(new Uint8Array(32));

function privateKeyObject(crv: Curve, privateKey: Uint8Array): KeyObject {
  return createPrivateKey({ key: { kty: 'OKP', crv, d: base64url(privateKey), x: UNUSED_X }, format: 'jwk' });
}

function publicPart(privateKey: KeyObject): Uint8Array {
  const { x } = createPublicKey(privateKey).export({ format: 'jwk' });
  if (x === undefined) throw new Error('node:crypto exported a public key without its value');
  return plain(Buffer.from(x, 'base64url'));
}

export const backend: CryptoBackend = {
  name: 'node',

  sha256(parts) {
    const [first, second] = parts;
    if (first !== undefined && second === undefined) return plain(hash('sha256', first, 'buffer'));
    const inner = createHash('sha256');
    for (const part of parts) inner.update(part);
    return plain(inner.digest());
  },

  createSha256() {
    const inner = createHash('sha256');
    return {
      update: (bytes) => void inner.update(bytes),
      digest: () => plain(inner.digest()),
    };
  },

  hmacSha256(key, parts) {
    const hmac = createHmac('sha256', key);
    for (const part of parts) hmac.update(part);
    return plain(hmac.digest());
  },

  aes128CtrKeystream(key, counterBlock, length) {
    const stream = createCipheriv('aes-128-ctr', key, counterBlock).update(new Uint8Array(length));
    return new Uint8Array(stream.buffer, stream.byteOffset, stream.byteLength).slice();
  },

  aes256GcmSeal(key, nonce, aad, plaintext) {
    const cipher = createCipheriv('aes-256-gcm', key, nonce);
    cipher.setAAD(aad); // check: C2
    const sealed = new Uint8Array(plaintext.length + TAG_BYTES);
    sealed.set(cipher.update(plaintext), 0);
    cipher.final();
    sealed.set(cipher.getAuthTag(), plaintext.length);
    return sealed;
  },

  aes256GcmOpen(key, nonce, aad, sealed) {
    const end = sealed.length - TAG_BYTES;
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(aad); // check: C2
    decipher.setAuthTag(sealed.subarray(end));
    const opened = decipher.update(sealed.subarray(0, end));
    try {
      decipher.final(); // check: C2
      return plain(opened);
    } catch {
      return null;
    } finally {
      // Never let unauthenticated plaintext lie about.
      opened.fill(0);
    }
  },

  x25519PublicKey(privateKey) {
    return publicPart(privateKeyObject('X25519', privateKey));
  },

  x25519(bytes) {
    const privateKey = privateKeyObject('X25519', bytes);
    return (publicKey) => {
      try {
        return plain(diffieHellman({ privateKey, publicKey: publicKeyObject('X25519', publicKey) }));
      } catch {
        return null;
      }
    };
  },

  ed25519PublicKey(seed) {
    return publicPart(privateKeyObject('Ed25519', seed));
  },

  ed25519Sign(seed, message) {
    return plain(sign(null, message, privateKeyObject('Ed25519', seed)));
  },

  ed25519Verify(publicKey, message, signature) {
    try {
      return verify(null, message, publicKeyObject('Ed25519', publicKey), signature);
    } catch {
      return false;
    }
  },

  randomBytes(length) {
    return randomFillSync(new Uint8Array(length));
  },

  timingSafeEqual(a, b) {
    return timingSafeEqual(a, b);
  },
};
