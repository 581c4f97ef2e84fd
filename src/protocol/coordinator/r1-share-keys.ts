/** r1, coordinator (PROTOCOL §4.2): takes signed share trees with their packets, checks form only (it cannot open them). */
import { equalBytes, toHex } from '../../../crypto/bytes.js';
import { allInclusionProofs, merkleRoot } from '../../../crypto/merkle.js';
import { refuse } from '../errors.js';
import { shareKeysCodec } from '../messages.js';
import { memberSet } from '../sets.js';
import { type ShareDelivery, shareEntry, type SharePacket } from '../shares.js';
import type { Signed } from '../signed.js';
import type { DealerRecord } from '../suite.js';
import { decodePackets, encodePackets } from '../attachments.js';
import { byPosition, type FromParticipant, openFrom, refusedSets, tooFew } from './senders.js';
import {
  type AcceptedRecord,
  type Closing,
  closeAborted,
  closing,
  type CoordinatorDeps,
  type Frozen,
  signSet,
} from './state.js';

export interface ShareKeysRequest extends FromParticipant {
  readonly packets: readonly SharePacket[];
}

export function acceptShareKeys(
  frozen: Frozen,
  request: ShareKeysRequest,
  deps: CoordinatorDeps,
): AcceptedRecord {
  const { session } = frozen;
  const { body, position } = openFrom(frozen, frozen.u1, request, shareKeysCodec, deps);
  if (!equalBytes(body.rosterRoot, session.rosterRoot))
    refuse('CONTEXT_MISMATCH', 'peer', 'r1 is for another roster'); // check: A9
  const suite = deps.suite(session.task.suite);
  if (!suite.acceptsCommitment(session, body.commitment)) {
    refuse('MALFORMED', 'peer', 'the commitment in r1 has the wrong form');
  } // check: B1
  const neighbours = new Set(suite.neighbours(session, position));
  const maxPacketBytes = suite.maxPacketBytes(session);
  if (request.packets.length !== session.roster.length)
    refuse('MALFORMED', 'peer', 'r1 needs one packet per roster position'); // check: B4
  request.packets.forEach((packet, index) => {
    const sealed = packet.ciphertext.length;
    if (
      packet.position !== index || // check: B4
      packet.leaves.length !== suite.shareKinds.length || // check: B3
      packet.leaves.some((leaf) => leaf.length !== 32) || // check: B3
      (neighbours.has(index) ? sealed === 0 || sealed > maxPacketBytes : sealed > 0) // check: B1
    ) {
      refuse('MALFORMED', 'peer', `the packet for position ${index} has the wrong form`);
    }
  });
  if (!equalBytes(merkleRoot(request.packets.map(shareEntry)), body.shareRoot)) {
    refuse('DIGEST_MISMATCH', 'peer', 'the packets are not those that r1 signs');
  } // check: B1
  return {
    kind: 'r1',
    sender: toHex(request.sender),
    subject: '',
    signed: request.signed,
    attachment: encodePackets(request.packets),
  };
}

export function closeShareKeys(
  frozen: Frozen,
  before: readonly Uint8Array[],
  records: readonly AcceptedRecord[],
  deps: CoordinatorDeps,
): Closing {
  const accepted = byPosition(frozen, records);
  const signed = accepted.map(({ record }) => record.signed);
  const members = accepted.map(({ position }) => position);
  const reason =
    tooFew(frozen, members.length, 'shared their keys') ?? refusedSets(secondSet(frozen, members), deps);
  if (reason !== null) return closeAborted(frozen.header, 'r1', before, signed, reason, deps); // check: B5
  return closing(before, signed, 'r2', {
    kind: 'u2',
    sign: (tree) => signSet(frozen.session, 2, members, tree, deps),
  });
}

export const secondSet = (frozen: Frozen, members: readonly number[]): Frozen => ({
  ...frozen,
  u2: memberSet(frozen.session.ctx, 2, members, frozen.session.roster.length),
});

export interface Dealer {
  readonly position: number;
  readonly r1: Signed;
  readonly packets: readonly SharePacket[];
  /** Inclusion proof per roster position; all at once, because one by one they would hash the tree n times over. */
  readonly proofs: readonly (readonly Uint8Array[])[];
}

/** The accepted dealers with their packets; the runner may keep these for the whole session. */
export const dealersOf = (frozen: Frozen, records: readonly AcceptedRecord[]): Dealer[] =>
  byPosition(frozen, records).map(({ position, record }) => {
    const packets = decodePackets(record.attachment as Uint8Array);
    return { position, r1: record.signed, packets, proofs: allInclusionProofs(packets.map(shareEntry)) };
  });

/** What `recipient` needs of each neighbour in U2. `position` is the dealer's. */
export function deliveriesFor(
  frozen: Frozen,
  dealers: readonly Dealer[],
  recipient: number,
  deps: CoordinatorDeps,
): ShareDelivery[] {
  const neighbours = new Set(deps.suite(frozen.session.task.suite).neighbours(frozen.session, recipient));
  return dealers
    .filter(({ position }) => neighbours.has(position))
    .map(({ position, r1, packets, proofs }) => ({
      ...(packets[recipient] as SharePacket),
      position,
      r1,
      proof: proofs[recipient] as readonly Uint8Array[],
    }));
}

export function dealerRecord({ position, r1, packets }: Dealer): DealerRecord {
  return {
    position,
    commitment: shareKeysCodec.decode(r1.payload).commitment,
    leaves: new Map(packets.map((packet) => [packet.position, packet.leaves])),
  };
}
