/**
 * Each signature is checked once for all participants of a process. For simulations only: a participant trusts nobody
 * else's checks.
 */
import { toHex } from '../../../crypto/bytes.js';
import { encodeCanonical } from '../../../crypto/canonical.js';
import { sha256 } from '../../../crypto/hash.js';
import type { Verify } from '../../protocol/signed.js';

export function rememberingVerifier(inner: Verify): Verify {
  const known = new Map<string, boolean>();
  /** Of signatures that came as the same object as before: which need no hash to be known again. */
  const seen = new WeakMap<Uint8Array, { key: Uint8Array; message: Uint8Array; valid: boolean }>();
  return (publicKey, message, signature) => {
    const before = seen.get(signature);
    if (before?.key === publicKey && before.message === message) return before.valid;
    const name = toHex(sha256(encodeCanonical([publicKey, message, signature])));
    const valid = known.get(name) ?? inner(publicKey, message, signature);
    known.set(name, valid);
    seen.set(signature, { key: publicKey, message, valid });
    return valid;
  };
}
