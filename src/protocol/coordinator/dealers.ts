/**
 * Who dealt shares in r1, and what of it goes to whom (PROTOCOL §4.2): packets stay as they were sent, and are proven to
 * their recipients from trees whose nodes are hashed once.
 */
import { type MerkleTree, merkleTree } from '../../../crypto/merkle.js';
import { type PackedPackets, packedPackets } from '../attachments.js';
import { bisect } from '../bisect.js';
import { holdersOf } from '../dealing.js';
import { shareKeysCodec } from '../messages.js';
import { type Members, rankOf } from '../sets.js';
import { type ShareDelivery, shareEntry, type SharePacket } from '../shares.js';
import type { Signed } from '../signed.js';
import type { DealerRecord } from '../suite.js';
import { byPosition } from './senders.js';
import type { AcceptedRecord, CoordinatorDeps, Frozen } from './state.js';

export interface Dealer {
  readonly position: number;
  readonly r1: Signed;
  /** Increasing. */
  readonly holders: Members;
  /** One per holder. */
  readonly packets: PackedPackets;
  /** Over their entries, with the share root that the dealer signed. */
  readonly tree: MerkleTree;
}

/** The accepted dealers with their packets, increasing; the runner may keep these for the whole session. */
export function dealersOf(
  frozen: Frozen,
  records: readonly AcceptedRecord[],
  deps: CoordinatorDeps,
): Dealer[] {
  const { session } = frozen;
  const suite = deps.suite(session.task.suite);
  return byPosition(frozen, records).map(({ position, record }) =>
    dealerFrom(position, record.signed, holdersOf(session, suite, position), record.attachment as Uint8Array),
  );
}

/** @param attachment packets of an r1, one per holder */
export function dealerFrom(position: number, r1: Signed, holders: Members, attachment: Uint8Array): Dealer {
  const packets = packedPackets(attachment);
  const entries = Array.from({ length: packets.count }, (_, index) => shareEntry(packets.at(index)));
  return { position, r1, holders, packets, tree: merkleTree(entries) };
}

/** Undefined: none of the dealers is there. */
export const dealerAt = (dealers: readonly Dealer[], position: number): Dealer | undefined =>
  dealers[bisect(dealers.length, (index) => position - (dealers[index] as Dealer).position)];

/** Undefined: nothing was dealt to `holder`. */
export function packetFor({ holders, packets }: Dealer, holder: number): SharePacket | undefined {
  const rank = rankOf(holders, holder);
  return rank < 0 ? undefined : packets.at(rank);
}

/** What `recipient` needs of each neighbour in U2. `position` is the dealer's. */
export function deliveriesFor(
  { session }: Frozen,
  dealers: readonly Dealer[],
  recipient: number,
  deps: CoordinatorDeps,
): ShareDelivery[] {
  return deps
    .suite(session.task.suite)
    .neighbours(session, recipient)
    .flatMap((position) => {
      const dealer = dealerAt(dealers, position);
      if (dealer === undefined) return [];
      const rank = rankOf(dealer.holders, recipient);
      const { ciphertext, leaves } = dealer.packets.at(rank);
      return [{ position, ciphertext, leaves, r1: dealer.r1, proof: dealer.tree.prove(rank) }];
    });
}

/** Leaves are read when they are asked for: those of thousands of dealers at once are several times their bytes. */
export function dealerRecord(dealer: Dealer): DealerRecord {
  return {
    position: dealer.position,
    commitment: shareKeysCodec.decode(dealer.r1.payload).commitment,
    leaves: { get: (holder) => packetFor(dealer, holder)?.leaves },
  };
}
