/**
 * r1 of `ckks/sumkey` (PROTOCOL §5.1): the session's key s_k, shared word by word among the whole roster (packed Shamir
 * over Z_q), and a proof that the shares lie on polynomials of degree below t. The proof is what the signed r1 commits to.
 */
import { wipe } from '../../../../crypto/bytes.js';
import {
  isLowDegree,
  isProof,
  proofBytes,
  proveLowDegree,
} from '../../../../crypto/ckks/low-degree-proof.js';
import { dealKey } from '../../../../crypto/ckks/packed-sharing.js';
import { secretKeyFromSeed } from '../../../../crypto/ckks/sampling.js';
import { answerBytes, shareBytes, type Sharing, sharingOf } from '../../../../crypto/ckks/sharing.js';
import type { Random } from '../../../../crypto/random.js';
import type { SessionContext } from '../../context.js';
import { identityAt } from '../../shares.js';
import type { Task } from '../../documents.js';
import { quorum } from '../../parameters.js';
import type { Deal, Dealing, SessionSecrets, Sizes } from '../../suite.js';
import { ringOf } from './numbers.js';

export const SHARE_KINDS = ['sumKey'] as const;

/** ℓ = t − n_C words per polynomial: n_C shares say nothing. */
export const sharingIn = ({ task, parameters, roster }: SessionContext): Sharing =>
  sharingOf(ringOf(task), {
    threshold: parameters.t,
    colluders: task.maxColluders,
    holders: roster.length,
  });

export function deal(session: SessionContext, self: number, secrets: SessionSecrets, random: Random): Deal {
  const ring = ringOf(session.task);
  const key = secretKeyFromSeed(ring, session.ctx, secrets.suiteSeed);
  try {
    const { shares, values } = dealKey(ring, sharingIn(session), { key, random });
    return {
      perNeighbour: shares.filter((_, holder) => holder !== self).map((share) => [share]),
      own: [shares[self] as Uint8Array],
      witness: values,
    };
  } finally {
    wipe(key); // check: C13
  }
}

export function commitment(
  session: SessionContext,
  self: number,
  { witness }: Deal,
  shareRoot: Uint8Array,
): Uint8Array {
  const under = { ctx: session.ctx, dealer: identityAt(session, self), shareRoot };
  return proveLowDegree(ringOf(session.task), sharingIn(session), { ...under, values: witness });
}

export function acceptsCommitment(session: SessionContext, proof: Uint8Array): boolean {
  if (!isProof(ringOf(session.task), sharingIn(session), proof)) return false; // check: B1
  return true;
}

/** A share off the polynomials would make its honest holder's answer a wrong one: the dealer is to blame, in r2. */
export function acceptsShares(
  session: SessionContext,
  dealer: number,
  holder: number,
  { commitment: proof, shareRoot }: Dealing,
  shares: readonly Uint8Array[],
): boolean {
  const [share] = shares;
  if (share === undefined || shares.length !== 1) return false; // check: B4
  const under = { ctx: session.ctx, dealer: identityAt(session, dealer), shareRoot };
  const claim = { ...under, proof, holder, share };
  if (!isLowDegree(ringOf(session.task), sharingIn(session), claim)) return false; // check: B1
  return true;
}

/** The share, and what its ends and the seal add to it. */
export const maxPacketBytes = (session: SessionContext): number => shareBytes(sharingIn(session)) + 512;

export function sizes(task: Task, participants: number): Sizes {
  const sharing = sharingOf(ringOf(task), {
    threshold: quorum(participants, task.maxColluders),
    colluders: task.maxColluders,
    holders: participants,
  });
  return {
    shares: [shareBytes(sharing)],
    neighbours: participants - 1,
    commitment: proofBytes(sharing),
    signers: participants,
    kinds: 1,
    revealed: answerBytes(sharing),
  };
}
