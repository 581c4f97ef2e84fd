/**
 * Dealt shares (PROTOCOL §4.2): one leaf per (recipient, kind) under the signed share root, and one sealed packet per
 * recipient. The leaves make a wrong share attributable: to the dealer in r2, to the helper in r4 (attacks B1, B3).
 */
import { concatBytes, equalBytes } from '../../crypto/bytes.js';
import { type CborValue, decodeCanonical, encodeCanonical } from '../../crypto/canonical.js';
import { hashTuple, sha256 } from '../../crypto/hash.js';
import { LABEL } from '../../crypto/labels.js';
import type { SessionContext, SessionKeys } from './context.js';
import type { Signed } from './signed.js';

/** What the coordinator relays of one packet. */
export interface SharePacket {
  /** The recipient's place among the dealer's holders; where everybody holds, that is its roster position. */
  readonly position: number;
  readonly ciphertext: Uint8Array;
  readonly leaves: readonly Uint8Array[];
}

/** A packet on its way to its recipient; here `position` is the dealer's, in the roster. Everything in it comes from the coordinator. */
export interface ShareDelivery extends SharePacket {
  readonly r1: Signed;
  /** Inclusion proof of the recipient's entry under the dealer's share root. */
  readonly proof: readonly Uint8Array[];
}

const NONE = new Uint8Array(32);
export const identityAt = (session: SessionContext, position: number): Uint8Array =>
  (session.roster[position] as { identity: Uint8Array }).identity;

/** Session keys of a member whose r0 was delivered: oneself and one's neighbours. */
export const keysAt = (session: SessionContext, position: number): SessionKeys =>
  session.roster[position]?.keys as SessionKeys;

/** H(label, ctx, dealer, recipient, kind, share), 32 bytes; zeros for a share that is not dealt. */
export function shareLeaf(
  session: SessionContext,
  dealer: number,
  recipient: number,
  kind: string,
  share: Uint8Array | null,
): Uint8Array {
  if (share === null) return NONE;
  return hashTuple(
    LABEL.shareLeaf,
    session.ctx,
    identityAt(session, dealer),
    identityAt(session, recipient),
    kind,
    share,
  );
}

export function shareLeaves(
  session: SessionContext,
  dealer: number,
  recipient: number,
  kinds: readonly string[],
  shares: readonly (Uint8Array | null)[],
): Uint8Array[] {
  return kinds.map((kind, index) =>
    shareLeaf(session, dealer, recipient, kind, shares[index] as Uint8Array | null),
  );
}

/** Entry of the share tree. The dealer's own packet has no ciphertext. */
export function shareEntry(packet: Pick<SharePacket, 'ciphertext' | 'leaves'>): Uint8Array {
  return concatBytes(packet.ciphertext.length === 0 ? NONE : sha256(packet.ciphertext), ...packet.leaves);
}

/** Bound by AES-GCM: nobody can move a packet to another session, roster, sender or recipient (attacks A9, C2). */
export function shareAad(session: SessionContext, sender: number, recipient: number): Uint8Array {
  return encodeCanonical([
    LABEL.shareAad,
    session.ctx, // check: C2
    session.rosterRoot, // check: C2
    identityAt(session, sender), // check: C2
    identityAt(session, recipient), // check: C2
  ]);
}

export function encodeShares(
  session: SessionContext,
  sender: number,
  recipient: number,
  shares: readonly Uint8Array[],
): Uint8Array {
  return encodeCanonical([
    LABEL.sharePlaintext,
    identityAt(session, sender),
    identityAt(session, recipient),
    [...shares],
  ]);
}

/** Null unless the plaintext is exactly the shares from `sender` to `recipient`. */
export function decodeShares(
  session: SessionContext,
  sender: number,
  recipient: number,
  plaintext: Uint8Array,
  count: number,
): Uint8Array[] | null {
  let value: CborValue;
  try {
    value = decodeCanonical(plaintext);
  } catch {
    return null;
  }
  if (!Array.isArray(value) || value.length !== 4) return null;
  if (value[0] !== LABEL.sharePlaintext) return null; // check: C11
  const [, from, to, shares] = value as unknown[];
  if (!(from instanceof Uint8Array) || !equalBytes(from, identityAt(session, sender))) return null; // check: A9, C2
  if (!(to instanceof Uint8Array) || !equalBytes(to, identityAt(session, recipient))) return null; // check: A9, C2
  if (
    !Array.isArray(shares) ||
    shares.length !== count ||
    !shares.every((share) => share instanceof Uint8Array)
  )
    return null;
  return shares;
}

export function fitLeaves(
  session: SessionContext,
  dealer: number,
  recipient: number,
  kinds: readonly string[],
  shares: readonly Uint8Array[],
  leaves: readonly Uint8Array[],
): boolean {
  return (
    shares.length === kinds.length && // check: B4
    shareLeaves(session, dealer, recipient, kinds, shares).every((leaf, index) =>
      equalBytes(leaf, leaves[index] ?? new Uint8Array()),
    ) // check: B3
  );
}
