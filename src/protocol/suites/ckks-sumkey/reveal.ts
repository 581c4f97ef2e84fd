/**
 * r4 of `ckks/sumkey` (PROTOCOL §5.1): one sum of shares over exactly the survivors that this participant signed for, or
 * nothing. A sum over fewer, or over two different sets, would open differences: packed sharing is a ramp.
 */
import { isReduced } from '../../../../crypto/ckks/codec.js';
import { sumShares } from '../../../../crypto/ckks/packed-sharing.js';
import { answerBytes } from '../../../../crypto/ckks/sharing.js';
import type { SessionContext } from '../../context.js';
import { refuse } from '../../errors.js';
import type { Held, Reveal, Revealing, Sets } from '../../suite.js';
import { ringOf } from './numbers.js';
import { sharingIn } from './sharing.js';

const SUM_SHARE = 1;
const UNAVAILABLE = 3;

export function reveal(session: SessionContext, { u3 }: Sets, held: Held): Reveal {
  const shares = u3.members.map((dealer) => {
    const [share] = dealer === held.self ? held.ownShares : (held.shares.get(dealer) ?? []);
    return share ?? null;
  });
  // One share is missing: its dealer has not answered a complaint. Never the sum of the others.
  if (!shares.every((share) => share !== null)) return { kinds: Uint8Array.of(UNAVAILABLE), shares: [] }; // check: A3
  return {
    kinds: Uint8Array.of(SUM_SHARE),
    shares: [sumShares(ringOf(session.task), sharingIn(session), shares)],
  };
}

/** The answer of one helper; null when it has none. @throws BlindsumError MALFORMED (fault peer) */
export function parseReveal(session: SessionContext, { kinds, shares }: Reveal): Uint8Array | null {
  const [kind] = kinds;
  const [share] = shares;
  if (kinds.length === 1 && kind === UNAVAILABLE && shares.length === 0) return null;
  if (
    kinds.length !== 1 || // check: B4
    kind !== SUM_SHARE || // check: B4
    shares.length !== 1 || // check: B4
    share?.length !== answerBytes(sharingIn(session)) || // check: B4
    !isReduced(ringOf(session.task), share) // check: B1
  ) {
    refuse('MALFORMED', 'peer', 'r4 is not one sum of shares');
  }
  return share;
}

/** What the transcript shows of an r4, which has no share in it. @throws BlindsumError MALFORMED (fault peer) */
export function revealed(kinds: Uint8Array): Revealing[] {
  const [kind] = kinds;
  if (kinds.length !== 1 || (kind !== SUM_SHARE && kind !== UNAVAILABLE)) {
    refuse('MALFORMED', 'peer', 'r4 is not one sum of shares');
  }
  return [{ dealer: null, kind: kind === SUM_SHARE ? 'sumKey' : null, allowed: true }];
}
