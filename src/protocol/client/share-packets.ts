/**
 * The packets of r1 (PROTOCOL §4.2): an agreement with each neighbour, and its shares sealed under keys derived from it.
 * Each kind of work is done for all neighbours in turn: a processor takes longer when it changes between them.
 */
import { gather, wipe } from '../../../crypto/bytes.js';
import { sha256 } from '../../../crypto/hash.js';
import type { Agreement } from '../../../crypto/key-agreement.js';
import { merkleRoot } from '../../../crypto/merkle.js';
import { deriveShareKeys, sealShares, type ShareKey } from '../../../crypto/share-encryption.js';
import type { SessionContext, SessionKeys } from '../context.js';
import { rankOf, withSelf } from '../sets.js';
import {
  encodeShares,
  entryOf,
  identityAt,
  keysAt,
  shareAad,
  shareLeaves,
  type SharePacket,
} from '../shares.js';
import type { Deal, Suite } from '../suite.js';
import type { DealtPacket, IncomingKey } from './state.js';

export interface Dealt {
  /** One per holder; the own packet has no ciphertext. */
  readonly packets: readonly SharePacket[];
  /** RFC 9162 root over the entries of the packets. */
  readonly shareRoot: Uint8Array;
  /** Secrets of the masks, by neighbour; none where the suite does not mask. */
  readonly agreed: ReadonlyMap<number, Uint8Array>;
  /** Keys for the packets that neighbours seal. Secret. */
  readonly incoming: readonly IncomingKey[];
  /** By neighbour. */
  readonly dealt: ReadonlyMap<number, DealtPacket>;
}

export interface Agreements {
  readonly masks: Agreement;
  readonly channels: Agreement;
}

type ChannelKeys = ReturnType<typeof deriveShareKeys>;

/** @throws KeyAgreementError */
export function makePackets(
  session: SessionContext,
  suite: Suite,
  self: number,
  deal: Deal,
  agree: Agreements,
): Dealt {
  const neighbours = suite.neighbours(session, self);
  const keysOf = (peer: number): SessionKeys => keysAt(session, peer);
  const sharesFor = (rank: number): readonly Uint8Array[] => deal.perNeighbour[rank] as Uint8Array[];
  const masked = suite.agrees ? neighbours : [];
  const masks = gather(masked.map((peer) => agree.masks(keysOf(peer).maskKey)));
  const channels = neighbours.map((peer) => agree.channels(keysOf(peer).shareKey));
  const keys = neighbours.map((peer, rank) => channelKeys(session, channels[rank] as Uint8Array, self, peer));
  wipe(...channels); // check: C13
  const ciphertexts = neighbours.map((peer, rank) =>
    sealPacket(session, (keys[rank] as ChannelKeys).there, self, peer, sharesFor(rank)),
  );
  const hashes = gather(ciphertexts.map((ciphertext) => sha256(ciphertext)));
  const holders = withSelf(neighbours, self);
  const ranks = holders.map((peer) => rankOf(neighbours, peer));
  const packets = holders.map((peer, position): SharePacket => {
    const rank = ranks[position] as number;
    const shares = peer === self ? deal.own : sharesFor(rank);
    const leaves = shareLeaves(session, self, peer, suite.shareKinds, shares);
    return { position, ciphertext: ciphertexts[rank] ?? new Uint8Array(), leaves };
  });
  const entries = packets.map(({ leaves }, position) =>
    entryOf(hashes[ranks[position] as number] ?? null, leaves),
  );
  return {
    packets,
    shareRoot: merkleRoot(entries),
    agreed: new Map(masked.map((peer, rank) => [peer, masks[rank] as Uint8Array])),
    incoming: incomingKeys(neighbours, keys),
    dealt: new Map(
      neighbours.map((peer, rank): [number, DealtPacket] => [
        peer,
        { ciphertextHash: hashes[rank] as Uint8Array, shares: sharesFor(rank) },
      ]),
    ),
  };
}

/** The keys for the one message to a neighbour and the one from it, with whom one has agreed on a secret. */
const channelKeys = (session: SessionContext, agreed: Uint8Array, self: number, peer: number): ChannelKeys =>
  deriveShareKeys({
    agreed,
    ctx: session.ctx,
    sender: identityAt(session, self),
    recipient: identityAt(session, peer),
    senderKey: keysAt(session, self).shareKey,
    recipientKey: keysAt(session, peer).shareKey,
  });

function incomingKeys(neighbours: readonly number[], keys: readonly ChannelKeys[]): IncomingKey[] {
  const kept = gather(keys.flatMap(({ back }) => [back.key, back.nonce]));
  return neighbours.map((position, rank) => ({
    position,
    key: kept[2 * rank] as Uint8Array,
    nonce: kept[2 * rank + 1] as Uint8Array,
  }));
}

function sealPacket(
  session: SessionContext,
  { key, nonce }: ShareKey,
  self: number,
  peer: number,
  shares: readonly Uint8Array[],
): Uint8Array {
  const plaintext = encodeShares(session, self, peer, shares);
  try {
    return sealShares({ key, nonce, aad: shareAad(session, self, peer), plaintext });
  } finally {
    wipe(key, plaintext); // check: C13
  }
}
