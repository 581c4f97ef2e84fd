/**
 * SHA-256 (FIPS 180-4), HKDF-SHA256 (RFC 5869) and the one way the protocol hashes several values
 * (PROTOCOL §3: a CBOR array that begins with a label, never bytes put end to end).
 *
 * Security: two different tuples have different encodings, so a collision of `hashTuple` is one of SHA-256.
 */
import { backend } from '#crypto-backend';
import { requireBytes, requireInteger, wipe } from './bytes.js';
import { type CborValue, withCanonical } from './canonical.js';

const HASH_BYTES = 32;
const NOTHING = new Uint8Array(0);

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
  return withHkdf({ ikm, salt }, (expand) => expand(info, length));
}

/** @param length output bytes, 1 to 8160 */
export type HkdfExpand = (info: Uint8Array, length: number) => Uint8Array;

/** HKDF-SHA256 for several `info` of one secret: extracts once. `expand` serves only while `work` runs. */
export function withHkdf<T>(
  { ikm, salt }: Pick<HkdfInput, 'ikm' | 'salt'>,
  work: (expand: HkdfExpand) => T,
): T {
  requireBytes(ikm, 'ikm');
  requireBytes(salt, 'salt');
  const pseudorandomKey = backend.hmacSha256(salt, [ikm]);
  try {
    return work((info, length) => expandFrom(pseudorandomKey, info, length));
  } finally {
    wipe(pseudorandomKey); // check: C13
  }
}

function expandFrom(pseudorandomKey: Uint8Array, info: Uint8Array, length: number): Uint8Array {
  requireBytes(info, 'info');
  requireInteger(length, 'length', 1, 255 * HASH_BYTES);
  const output = new Uint8Array(length);
  const counter = new Uint8Array(1);
  let block: Uint8Array = NOTHING;
  try {
    for (let offset = 0; offset < length; offset += HASH_BYTES) {
      counter[0] = offset / HASH_BYTES + 1;
      const next = backend.hmacSha256(pseudorandomKey, [block, info, counter]);
      wipe(block); // check: C13
      block = next;
      output.set(block.subarray(0, length - offset), offset);
    }
    return output;
  } finally {
    wipe(block); // check: C13
  }
}

/** SHA-256(CBOR [label, ...items]): 32 bytes. @param label one of `LABEL`. */
export function hashTuple(label: string, ...items: readonly CborValue[]): Uint8Array {
  const tuple = [
    label, // check: C11
    ...items, // check: C11
  ];
  return withCanonical(tuple, hashed);
}

const hashed = (bytes: Uint8Array): Uint8Array => backend.sha256([bytes]);
