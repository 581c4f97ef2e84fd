/**
 * The participant's token: a JWT (RFC 7519, EdDSA) signed with its identity, for one coordinator, for five minutes.
 *
 * Security: it proves who calls, nothing more; whoever holds it can call as the participant until it expires, but cannot
 * sign a protocol message. What is signed here begins with 'eyJ', a CBOR text string; protocol messages are CBOR arrays:
 * neither parses as the other, so a coordinator cannot get a protocol signature out of a client by way of a token.
 * The coordinator's key is in the audience: a token shown to one coordinator is worth nothing at another.
 */
import type { Signer } from '../protocol/signed.js';

export const TOKEN_TYPE = 'blindsum-token+jwt';
/** exp − iat at most. */
export const TOKEN_LIFETIME_SECONDS = 300;
/** Difference of two clocks that is forgiven. */
export const TOKEN_SKEW_SECONDS = 30;

export const AUTHORIZATION = 'authorization';
/** CBOR [payload, signature] of the caller's certificate. */
export const CERTIFICATE = 'blindsum-certificate-bin';

/** 64 hexadecimal digits: the key of the coordinator that an operator means. Its token, being random, names none. */
export const COORDINATOR = 'blindsum-coordinator';

export const tokenAudience = (coordinatorKey: Uint8Array): string =>
  `blindsum/v1/coordinator/${hex(coordinatorKey)}`;

export interface TokenRequest {
  readonly sign: Signer['sign'];
  /** Ed25519 public key of the caller, 32 bytes. */
  readonly identity: Uint8Array;
  /** Ed25519 public key of the coordinator, 32 bytes. */
  readonly coordinatorKey: Uint8Array;
  readonly nowMs: number;
  /** Unique id of the token. */
  readonly jti?: string;
}

export function createToken({ sign, identity, coordinatorKey, nowMs, jti }: TokenRequest): string {
  const iat = Math.floor(nowMs / 1000);
  const header = { alg: 'EdDSA', typ: TOKEN_TYPE };
  const claims = {
    iss: hex(identity),
    aud: tokenAudience(coordinatorKey),
    iat,
    exp: iat + TOKEN_LIFETIME_SECONDS,
    jti: jti ?? globalThis.crypto.randomUUID(),
  };
  const signed = `${base64url(utf8(JSON.stringify(header)))}.${base64url(utf8(JSON.stringify(claims)))}`;
  return `${signed}.${base64url(sign(utf8(signed)))}`;
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

export function base64url(bytes: Uint8Array): string {
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
