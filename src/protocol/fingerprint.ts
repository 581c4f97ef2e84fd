/** A short form of an identity for people to compare: 64 bits of a hash, enough to notice a mistake. */
import { toHex } from '../../crypto/bytes.js';
import { hashTuple } from '../../crypto/hash.js';
import { LABEL } from '../../crypto/labels.js';

/** @param identity Ed25519 public key, 32 bytes. @returns for example 3f2a-90bc-11d4-e07f */
export function fingerprint(identity: Uint8Array): string {
  const digits = toHex(hashTuple(LABEL.fingerprint, identity)).slice(0, 16);
  return (digits.match(/.{4}/g) as string[]).join('-');
}
