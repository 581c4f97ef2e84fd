/** r1, coordinator (PROTOCOL §4.2): takes signed share trees with their packets, checks form only (it cannot open them). */
import { equalBytes, toHex } from '../../../crypto/bytes.js';
import { merkleRoot } from '../../../crypto/merkle.js';
import { encodePackets } from '../attachments.js';
import { holdersOf } from '../dealing.js';
import { refuse } from '../errors.js';
import { shareKeysCodec } from '../messages.js';
import { memberSet } from '../sets.js';
import { shareEntry, type SharePacket } from '../shares.js';
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
  const holders = holdersOf(session, suite, position);
  const maxPacketBytes = suite.maxPacketBytes(session);
  if (request.packets.length !== holders.length)
    refuse('MALFORMED', 'peer', 'r1 needs one packet for each neighbour and an empty own one'); // check: B4
  request.packets.forEach((packet, index) => {
    const sealed = packet.ciphertext.length;
    if (
      packet.position !== index || // check: B4
      packet.leaves.length !== suite.shareKinds.length || // check: B3
      packet.leaves.some((leaf) => leaf.length !== 32) || // check: B3
      (holders[index] === position ? sealed > 0 : sealed === 0 || sealed > maxPacketBytes) // check: B1
    ) {
      refuse('MALFORMED', 'peer', `packet ${index} of r1 has the wrong form`);
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
