/**
 * Where all participants are in one process, each signature is checked once for all of them, not once by each. For
 * simulations only: a participant trusts nobody else's checks.
 */
import { toHex } from '../../../crypto/bytes.js';
import { encodeCanonical } from '../../../crypto/canonical.js';
import { sha256 } from '../../../crypto/hash.js';
import type { Verify } from '../../protocol/signed.js';

export function rememberingVerifier(inner: Verify): Verify {
  const known = new Map<string, boolean>();
  return (publicKey, message, signature) => {
    const key = toHex(sha256(encodeCanonical([publicKey, message, signature])));
    const valid = known.get(key) ?? inner(publicKey, message, signature);
    known.set(key, valid);
    return valid;
  };
}
