/**
 * The primitives from node:crypto (OpenSSL). Chosen by the "node" condition of '#crypto-backend'.
 *
 * Security: constant time as far as OpenSSL is. HMAC of short messages, by which keys are derived, is a kernel of this
 * repository (../hmac-kernel) without a secret branch or address. Keys are imported as JWK because that is three times
 * faster than DER; the private part then exists for a moment as an immutable string that cannot be wiped.
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
import { MAX_KEY_BYTES, MAX_MESSAGE_BYTES, shortHmac } from '../hmac-kernel/hmac.js';
import { sameBytes } from './same-bytes.js';
import type { CryptoBackend, ImportedKeys } from './types.js';

type Curve = 'X25519' | 'Ed25519';

const TAG_BYTES = 16;
const DIGEST_BYTES = 32;
const KEY_BYTES = 32;

/**
 * Arrays of no more bytes lie on JavaScript's heap, until something written in C looks at them: then each gets memory of its
 * own elsewhere, which costs many times what is done with it. What is below copies them or looks at them itself.
 */
const SHORT_BYTES = 64;

/** Results are plain and own their memory. A Buffer may be a window on a shared pool; one that is not needs no copy. */
function plain(buffer: Buffer): Uint8Array {
  const { buffer: memory, byteLength } = buffer;
  return memory.byteLength === byteLength ? new Uint8Array(memory) : new Uint8Array(buffer);
}

/** As text, which nobody can overwrite, it comes at half the cost: for hashes that may be known, also those of secrets. */
function hashOf(bytes: Uint8Array): Uint8Array {
  const text = hash('sha256', bytes, 'binary');
  const digest = new Uint8Array(DIGEST_BYTES);
  for (let i = 0; i < DIGEST_BYTES; i += 1) digest[i] = text.charCodeAt(i);
  return digest;
}

/** Short parts are joined here and hashed at once: an object for each hash costs more than the hash. */
const joined = new Uint8Array(4096);

function lengthOf(parts: readonly Uint8Array[]): number {
  let length = 0;
  for (const part of parts) length += part.length;
  return length;
}

/** @param read gets the parts, put end to end. They may be secret. */
function withJoined<T>(parts: readonly Uint8Array[], read: (bytes: Uint8Array) => T): T {
  let end = 0;
  for (const part of parts) {
    joined.set(part, end);
    end += part.length;
  }
  try {
    return read(joined.subarray(0, end));
  } finally {
    joined.fill(0, 0, end); // check: C13
  }
}

const keyBytes = Buffer.alloc(KEY_BYTES);

function base64url(key: Uint8Array): string {
  if (key.length !== KEY_BYTES) throw new RangeError(`key: expected ${KEY_BYTES} bytes`);
  keyBytes.set(key);
  try {
    return keyBytes.toString('base64url');
  } finally {
    keyBytes.fill(0);
  }
}

export function publicKeyObject(crv: Curve, publicKey: Uint8Array): KeyObject {
  return createPublicKey({ key: { kty: 'OKP', crv, x: base64url(publicKey) }, format: 'jwk' });
}

function importedKey(publicKey: Uint8Array, imported: ImportedKeys | undefined): KeyObject {
  if (imported === undefined) return publicKeyObject('X25519', publicKey);
  const name = base64url(publicKey);
  const known = imported.get(name) as KeyObject | undefined;
  if (known !== undefined) return known;
  const key = publicKeyObject('X25519', publicKey);
  imported.set(name, key);
  return key;
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
    if (first !== undefined && second === undefined && first.length > SHORT_BYTES) return hashOf(first);
    if (lengthOf(parts) <= joined.length) return withJoined(parts, hashOf);
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
    if (key.length <= MAX_KEY_BYTES && lengthOf(parts) <= MAX_MESSAGE_BYTES) return shortHmac(key, parts);
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
    } catch {
      // Never let unauthenticated plaintext lie about.
      opened.fill(0);
      return null;
    }
    return plain(opened);
  },

  x25519PublicKey(privateKey) {
    return publicPart(privateKeyObject('X25519', privateKey));
  },

  x25519(bytes, imported) {
    const privateKey = privateKeyObject('X25519', bytes);
    return (publicKey) => {
      try {
        return plain(diffieHellman({ privateKey, publicKey: importedKey(publicKey, imported) }));
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
    return a.length > SHORT_BYTES ? timingSafeEqual(a, b) : sameBytes(a, b);
  },
};
