/**
 * Dealt shares (PROTOCOL §4.2): one leaf per (recipient, kind) under the signed share root, and one sealed packet per
 * recipient. The leaves make a wrong share attributable: to the dealer in r2, to the helper in r4 (attacks B1, B3).
 */
import { concatBytes, equalBytes } from '../../crypto/bytes.js';
import { encodeCanonical } from '../../crypto/canonical.js';
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
export const shareEntry = ({ ciphertext, leaves }: Pick<SharePacket, 'ciphertext' | 'leaves'>): Uint8Array =>
  entryOf(ciphertext.length === 0 ? null : sha256(ciphertext), leaves);

/** `shareEntry` for who has the hash of the ciphertext, or null for the dealer's own packet. */
export const entryOf = (ciphertextHash: Uint8Array | null, leaves: readonly Uint8Array[]): Uint8Array =>
  concatBytes(ciphertextHash ?? NONE, ...leaves);

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

/** Bytes that a place of the roster takes in a packet: as many as the last one needs. */
export const placeBytes = (participants: number): number => Math.ceil(Math.log2(participants) / 8);

/** Little-endian. */
const encodePlace = ({ roster }: SessionContext, position: number): Uint8Array =>
  Uint8Array.from({ length: placeBytes(roster.length) }, (_, index) => Math.floor(position / 256 ** index));

/**
 * From whom and for whom, then the shares, all of one length. Places stand for identities, which `ctx` and roster root
 * bind; there are no labels, because the key is for this one message and the AAD has one.
 */
export const encodeShares = (
  session: SessionContext,
  sender: number,
  recipient: number,
  shares: readonly Uint8Array[],
): Uint8Array => concatBytes(encodePlace(session, sender), encodePlace(session, recipient), ...shares);

/** Null unless the plaintext is `count` shares of one length from `sender` to `recipient`. */
export function decodeShares(
  session: SessionContext,
  sender: number,
  recipient: number,
  plaintext: Uint8Array,
  count: number,
): Uint8Array[] | null {
  const [from, to] = [encodePlace(session, sender), encodePlace(session, recipient)];
  const shares = plaintext.subarray(from.length + to.length);
  if (!equalBytes(plaintext.subarray(0, from.length), from)) return null; // check: A9, C2
  if (!equalBytes(plaintext.subarray(from.length, from.length + to.length), to)) return null; // check: A9, C2
  const length = shares.length / count;
  if (!Number.isInteger(length)) return null;
  return Array.from({ length: count }, (_, index) => shares.slice(index * length, (index + 1) * length));
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
