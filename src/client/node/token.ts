/** Keeps one token for the calls to one coordinator and signs a new one before it expires. */
import { createToken, TOKEN_LIFETIME_SECONDS } from '../../rpc/token.js';
import type { Signer } from '../../protocol/signed.js';

export interface TokenSourceOptions {
  /** The participant's identity. */
  readonly signer: Signer;
  /** Ed25519 public key of the coordinator, pinned by the trust file. */
  readonly coordinatorKey: Uint8Array;
  readonly nowMs?: () => number;
}

/** Renewed after half of its life, so that a call never starts with a token about to expire. */
const RENEW_AFTER_MS = (TOKEN_LIFETIME_SECONDS * 1000) / 2;

/** What `createGrpcTransport` takes as `token`. */
export function createTokenSource(options: TokenSourceOptions): () => Promise<string> {
  const { signer, coordinatorKey, nowMs = Date.now } = options;
  let token = '';
  let signedMs = -Infinity;
  return async () => {
    const now = nowMs();
    // A clock that was set back makes a token from the future: sign anew then, too.
    if (now - signedMs >= RENEW_AFTER_MS || now < signedMs) {
      token = createToken({
        sign: (message) => signer.sign(message),
        identity: signer.publicKey,
        coordinatorKey,
        nowMs: now,
      });
      signedMs = now;
    }
    return token;
  };
}
