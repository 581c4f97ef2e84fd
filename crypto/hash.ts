/**
 * SHA-256 (FIPS 180-4), HKDF-SHA256 (RFC 5869) and the one way the protocol hashes several values
 * (PROTOCOL §3: a CBOR array that begins with a label, never bytes put end to end).
 *
 * Security: two different tuples have different encodings, so a collision of `hashTuple` is one of SHA-256.
 */
import { backend } from '#crypto-backend';
import { requireBytes, requireInteger, wipe } from './bytes.js';
import { encodeCanonical, type CborValue } from './canonical.js';

const HASH_BYTES = 32;

/** SHA-256 of the parts as if they were one message. 32 bytes. For tuples use `hashTuple`. */
export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  for (const part of parts) requireBytes(part, 'parts');
  return backend.sha256(parts);
}

/** A hash in progress, for what does not fit into memory at once. `digest` ends it: no call may follow. */
export interface Sha256 {
  update(bytes: Uint8Array): this;
  /** @throws Error when called twice. */
  digest(): Uint8Array;
}

export function createSha256(): Sha256 {
  const inner = backend.createSha256();
  let open = true;
  const requireOpen = (): void => {
    if (!open) throw new Error('SHA-256: digest() was called already');
  };
  return {
    update(bytes) {
      requireBytes(bytes, 'bytes');
      requireOpen();
      inner.update(bytes);
      return this;
    },
    digest() {
      requireOpen();
      open = false;
      return inner.digest();
    },
  };
}

export interface HkdfInput {
  readonly ikm: Uint8Array;
  /** May be empty. */
  readonly salt: Uint8Array;
  readonly info: Uint8Array;
  /** Output bytes, 1 to 8160. */
  readonly length: number;
}

/** HKDF-SHA256, extract and expand. Written on HMAC because node's own one limits `info` to 1024 bytes. */
export function hkdfSha256({ ikm, salt, info, length }: HkdfInput): Uint8Array {
  requireBytes(ikm, 'ikm');
  requireBytes(salt, 'salt');
  requireBytes(info, 'info');
  requireInteger(length, 'length', 1, 255 * HASH_BYTES);

  const output = new Uint8Array(length);
  const pseudorandomKey = backend.hmacSha256(salt, [ikm]);
  let block: Uint8Array = new Uint8Array(0);
  try {
    for (let offset = 0, counter = 1; offset < length; offset += HASH_BYTES, counter += 1) {
      const next = backend.hmacSha256(pseudorandomKey, [block, info, Uint8Array.of(counter)]);
      wipe(block); // check: C13
      block = next;
      output.set(block.subarray(0, Math.min(HASH_BYTES, length - offset)), offset);
    }
    return output;
  } finally {
    wipe(pseudorandomKey, block); // check: C13
  }
}

/** SHA-256(CBOR [label, ...items]): 32 bytes. @param label one of `LABEL`. */
export function hashTuple(label: string, ...items: readonly CborValue[]): Uint8Array {
  const tuple = encodeCanonical([
    label, // check: C11
    ...items, // check: C11
  ]);
  return backend.sha256([tuple]);
}
