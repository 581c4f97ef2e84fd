/**
 * Tokens that were checked once. A participant sends the same one with every call of some minutes, and checking a signature
 * for each chunk of an upload costs as much as taking it.
 *
 * Security: remembered is only that the bytes of a token were signed by the identity it names, for this coordinator. Its times
 * are looked at in every call, without the tolerance of the whole check: what is not plainly good is checked anew. Kept are
 * hashes, so that nobody finds tokens here.
 */
import { utf8 } from '../../../crypto/bytes.js';
import { sha256 } from '../../../crypto/hash.js';
import { type TokenCheck, type VerifiedToken, verifyToken } from './verify-token.js';

const MAX_REMEMBERED = 10_000;

export class RememberedTokens {
  readonly #check: typeof verifyToken;
  readonly #verified = new Map<string, VerifiedToken>();

  constructor(check = verifyToken) {
    this.#check = check;
  }

  /** @param check always for the same coordinator @throws BlindsumError UNAUTHENTICATED, WRONG_COORDINATOR */
  async verify(token: string, check: TokenCheck): Promise<VerifiedToken> {
    const key = Buffer.from(sha256(utf8(token))).toString('base64');
    const known = this.#verified.get(key);
    const now = check.nowMs / 1000;
    if (known !== undefined && known.fromSeconds <= now && now < known.untilSeconds) return known;
    const verified = await this.#check(token, check);
    if (this.#verified.size >= MAX_REMEMBERED) this.#verified.clear();
    this.#verified.set(key, verified);
    return verified;
  }
}
