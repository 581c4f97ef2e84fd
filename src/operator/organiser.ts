/** What the organiser signs besides tasks (PROTOCOL §2): certificates, revocations, grants. Its key never lies on the coordinator. */
import { compareBytes } from '../../crypto/bytes.js';
import { certificateCodec, grantCodec, revocationCodec } from '../protocol/documents.js';
import { refuse } from '../protocol/errors.js';
import { type Signed, type Signer, signBody } from '../protocol/signed.js';

export interface CertificateRequest {
  /** Ed25519 public key, 32 bytes. */
  readonly identity: Uint8Array;
  readonly name: string;
  readonly notBeforeMs: number;
  readonly expiresMs: number;
}

export function issueCertificate(request: CertificateRequest, organiser: Signer): Signed {
  if (request.expiresMs <= request.notBeforeMs)
    refuse('BAD_CONFIG', 'caller', 'a certificate must expire after it begins');
  return signBody(certificateCodec, { ...request }, organiser);
}

export const issueRevocation = (identity: Uint8Array, revokedMs: number, organiser: Signer): Signed =>
  signBody(revocationCodec, { identity, revokedMs }, organiser);

/** The difference of the sums over `from` and `to` becomes computable: sign only when that reveals nobody. */
export function issueGrant(
  scope: Uint8Array,
  from: readonly Uint8Array[],
  to: readonly Uint8Array[],
  organiser: Signer,
): Signed {
  return signBody(
    grantCodec,
    { scope, from: [...from].sort(compareBytes), to: [...to].sort(compareBytes) },
    organiser,
  );
}
