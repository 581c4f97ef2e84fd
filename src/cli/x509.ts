/** What TLS certificates say about themselves. The one place outside crypto/ that asks node:crypto, and it asks for no secret. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { refuse } from '../protocol/errors.js';

export type { X509Certificate };

/** The first certificate of a chain. @throws BlindsumError BAD_CONFIG */
export function certificateOf(pem: string, path: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    return refuse('BAD_CONFIG', 'caller', `${path}: is not a PEM certificate`, { cause });
  }
}

/** When it ends, in milliseconds since 1970. */
export const expiresMs = (certificate: X509Certificate): number => Date.parse(certificate.validTo);

/** Whether the two belong together; what is no key belongs to nothing. */
export function keyMatches(certificate: X509Certificate, keyPem: string): boolean {
  try {
    return certificate.checkPrivateKey(createPrivateKey(keyPem));
  } catch {
    return false;
  }
}
