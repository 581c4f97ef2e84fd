/**
 * r1 of the masking suites (PROTOCOL §4.2): each participant shares two secrets among its neighbours. The seed of its
 * mask key s lets survivors remove its pairwise masks should it drop out; the self mask seed b is revealed should it
 * survive. Nobody may ever learn t shares of both (paper: Bonawitz et al. 2017, Fig. 4, round 1).
 */
import { wipe } from '../../../../crypto/bytes.js';
import { hashTuple } from '../../../../crypto/hash.js';
import { LABEL } from '../../../../crypto/labels.js';
import type { Random } from '../../../../crypto/random.js';
import { splitSecret } from '../../../../crypto/secret-sharing.js';
import type { SessionContext } from '../../context.js';
import type { Members } from '../../sets.js';
import { identityAt } from '../../shares.js';
import type { Deal, SessionSecrets } from '../../suite.js';

/** In the order of leaves and plaintexts. */
export const SHARE_KINDS = ['maskKey', 'selfMask'] as const;

/** A sealed packet of two 32-byte shares has 84 bytes at most, with places of two bytes each. */
export const MAX_PACKET_BYTES = 8192;

/** The evaluation point of a roster position; known only here, because point 0 is the secret itself (attack B4). */
export const sharePoint = (position: number): number => position + 1;

export const COMMITMENT_BYTES = 32;

/** com_b. */
export function selfMaskCommitment(
  session: SessionContext,
  dealer: number,
  selfSeed: Uint8Array,
): Uint8Array {
  return hashTuple(LABEL.selfMaskCommitment, session.ctx, identityAt(session, dealer), selfSeed);
}

export function deal(
  session: SessionContext,
  self: number,
  neighbours: Members,
  secrets: SessionSecrets,
  random: Random,
): Deal {
  const threshold = session.parameters.t;
  const points = neighbours.map(sharePoint);
  const all = [...points, sharePoint(self)];
  const maskKey = splitSecret({ secret: secrets.maskSeed, threshold, points: all, random });
  const selfMask = splitSecret({ secret: secrets.suiteSeed, threshold, points: all, random });
  // The dealer keeps one share of b, which it may reveal itself, and none of s, which it must not. That one is dealt all
  // the same: in a roster of just t nobody may drop, and t − 1 neighbours hold shares that never give s.
  wipe(maskKey[neighbours.length] as Uint8Array);
  return {
    perNeighbour: neighbours.map((_, index) => [maskKey[index] as Uint8Array, selfMask[index] as Uint8Array]),
    own: [null, selfMask[neighbours.length] as Uint8Array],
    witness: new Uint8Array(),
  };
}
