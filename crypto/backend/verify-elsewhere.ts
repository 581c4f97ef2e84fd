/**
 * Signature checks on the threads that Node keeps for such work: for many at once, which would block the event loop.
 *
 * Security: decides exactly as `verifySignature` does.
 */
import { verify } from 'node:crypto';
import { requireBytes } from '../bytes.js';
import { isStrict } from '../signature.js';
import { publicKeyObject } from './node.js';

/** @throws TypeError (as a rejection) for a message that is not bytes; false for anything else that is wrong */
export async function verifyElsewhere(
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  requireBytes(message, 'message');
  if (!isStrict(publicKey, signature)) return false;
  return new Promise((resolve) => {
    try {
      verify(null, message, publicKeyObject('Ed25519', publicKey), signature, (error, valid) => {
        resolve(error === null && valid);
      });
    } catch {
      resolve(false);
    }
  });
}
