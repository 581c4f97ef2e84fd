/**
 * Checks a participant's token (src/rpc/token.ts): who signed it, for whom, until when.
 *
 * Security: the token is attacker-controlled. The key is the one that the token itself names as issuer, so a token proves
 * possession of that identity and nothing else; whether the identity may do anything is decided later. The algorithm is
 * fixed here, never taken from the token, and a token type of its own keeps other JWTs of the same key out.
 */
import { decodeJwt, errors, type JWTPayload, jwtVerify } from 'jose';
import { fromHex } from '../../../crypto/bytes.js';
import { isAcceptableIdentity } from '../../../crypto/signature.js';
import { BlindsumError } from '../../protocol/errors.js';
import {
  base64url,
  TOKEN_LIFETIME_SECONDS,
  TOKEN_SKEW_SECONDS,
  TOKEN_TYPE,
  tokenAudience,
} from '../../rpc/token.js';

const MAX_TOKEN_LENGTH = 2048;

export interface TokenCheck {
  /** Ed25519 public key of this coordinator. */
  readonly coordinatorKey: Uint8Array;
  readonly nowMs: number;
}

export interface VerifiedToken {
  /** Who signed it, 32 bytes. */
  readonly identity: Uint8Array;
  /** Since 1970. */
  readonly fromSeconds: number;
  readonly untilSeconds: number;
}

/** @throws BlindsumError UNAUTHENTICATED, WRONG_COORDINATOR */
export async function verifyToken(
  token: string,
  { coordinatorKey, nowMs }: TokenCheck,
): Promise<VerifiedToken> {
  if (token.length > MAX_TOKEN_LENGTH) throw unauthenticated('the token is too long');
  const issuer = claimedIssuer(token);
  const identity = fromHex(issuer);
  const audience = tokenAudience(coordinatorKey);
  let claims: JWTPayload;
  try {
    const key = { kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', x: base64url(identity) };
    ({ payload: claims } = await jwtVerify(token, key, {
      algorithms: ['EdDSA'],
      typ: TOKEN_TYPE,
      issuer,
      audience,
      requiredClaims: ['iat', 'exp', 'jti'],
      clockTolerance: TOKEN_SKEW_SECONDS,
      currentDate: new Date(nowMs),
    }));
  } catch (error) {
    if (isForAnother(error)) {
      throw new BlindsumError(
        'WRONG_COORDINATOR',
        'peer',
        'the caller expects a coordinator with another key: check `coordinator` in the trust file',
        { cause: error },
      );
    }
    throw unauthenticated(reason(error), error);
  }
  const { iat, exp } = checkTimes(claims, nowMs);
  // A list of audiences would make one token good for several coordinators.
  if (claims.aud !== audience) throw unauthenticated('the token names more than one audience');
  return { identity, fromSeconds: Math.max(iat, claims.nbf ?? iat), untilSeconds: exp };
}

function claimedIssuer(token: string): string {
  let issuer: unknown;
  try {
    issuer = decodeJwt(token).iss;
  } catch (cause) {
    throw unauthenticated('the token is not a JWT', cause);
  }
  if (
    typeof issuer !== 'string' ||
    !/^[0-9a-f]{64}$/.test(issuer) ||
    !isAcceptableIdentity(fromHex(issuer))
  ) {
    throw unauthenticated('the token does not name an identity');
  }
  return issuer;
}

function checkTimes({ iat, exp }: JWTPayload, nowMs: number): { iat: number; exp: number } {
  if (typeof iat !== 'number' || typeof exp !== 'number') throw unauthenticated('the token has no times');
  if (exp - iat > TOKEN_LIFETIME_SECONDS) {
    throw unauthenticated(`the token is valid for longer than ${TOKEN_LIFETIME_SECONDS} s`);
  }
  if (iat > nowMs / 1000 + TOKEN_SKEW_SECONDS) {
    throw unauthenticated("the token is from the future: compare the two machines' clocks");
  }
  return { iat, exp };
}

/** A well-signed token whose audience is not this coordinator; jose looks at the signature first. */
const isForAnother = (error: unknown): boolean =>
  error instanceof errors.JWTClaimValidationFailed &&
  error.claim === 'aud' &&
  error.reason === 'check_failed';

function reason(error: unknown): string {
  if (error instanceof errors.JWTExpired) return "the token has expired: compare the two machines' clocks";
  if (error instanceof errors.JOSEAlgNotAllowed) return 'the token is not signed with EdDSA';
  if (error instanceof errors.JWSSignatureVerificationFailed)
    return 'the signature of the token does not verify';
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === 'typ') return `the token is not a ${TOKEN_TYPE}`;
    return `the token has no valid ${error.claim}`;
  }
  return 'the token is malformed';
}

function unauthenticated(message: string, cause?: unknown): BlindsumError {
  return new BlindsumError('UNAUTHENTICATED', 'peer', message, { cause });
}
