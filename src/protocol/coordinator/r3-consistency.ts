/** r3, coordinator (PROTOCOL §4.5): takes signatures on the sets it stated; closes when a quorum is there. */
import { equalBytes, toHex } from '../../../crypto/bytes.js';
import { type MerkleTree, merkleTree } from '../../../crypto/merkle.js';
import { holdersOf } from '../dealing.js';
import { refuse } from '../errors.js';
import { consistencyCodec, maskedInputCodec } from '../messages.js';
import { isMember, type MemberSet, rankOf } from '../sets.js';
import { identityAt } from '../shares.js';
import type { Signed } from '../signed.js';
import { type ShownHeaders, uploadEntry } from '../upload-root.js';
import { byPosition, type FromParticipant, openFrom } from './senders.js';
import {
  type AcceptedRecord,
  type Closing,
  closeAborted,
  closing,
  type CoordinatorDeps,
  type Frozen,
} from './state.js';

export function acceptConsistency(
  frozen: Frozen,
  request: FromParticipant,
  uploads: Uint8Array,
  deps: CoordinatorDeps,
): AcceptedRecord {
  const u3 = frozen.u3 as MemberSet;
  const { body } = openFrom(frozen, u3, request, consistencyCodec, deps);
  const same =
    equalBytes(body.u1, frozen.u1.hash) &&
    equalBytes(body.u2, (frozen.u2 as MemberSet).hash) &&
    equalBytes(body.u3, u3.hash) &&
    equalBytes(body.uploads, uploads);
  if (!same) refuse('CONTEXT_MISMATCH', 'peer', 'the consistency signature is over other sets or uploads'); // check: B5
  return { kind: 'r3', sender: toHex(request.sender), subject: '', signed: request.signed, attachment: null };
}

/** Signed r2 headers of U3 in roster order. */
export interface SurvivorHeaders {
  readonly signed: readonly Signed[];
  /** Over their upload digests; every r3 must sign its root. */
  readonly uploads: MerkleTree;
}

export function headersOf(frozen: Frozen, records: readonly AcceptedRecord[]): SurvivorHeaders {
  const u3 = frozen.u3 as MemberSet;
  const survivors = byPosition(frozen, records).filter(({ position }) => isMember(u3.members, position));
  const entries = survivors.map(({ position, record }) =>
    uploadEntry(identityAt(frozen.session, position), maskedInputCodec.decode(record.signed.payload).digests),
  );
  return { signed: survivors.map(({ record }) => record.signed), uploads: merkleTree(entries) };
}

/** What one survivor is shown of them: all, or where only some are its neighbours, those with their paths to the root. */
export function headersFor(
  { session, u3 }: Frozen,
  { signed, uploads }: SurvivorHeaders,
  recipient: number,
  deps: CoordinatorDeps,
): ShownHeaders {
  const suite = deps.suite(session.task.suite);
  if (!suite.sparse) return { headers: signed, uploads: null };
  const { members } = u3 as MemberSet;
  const ranks = holdersOf(session, suite, recipient)
    .map((position) => rankOf(members, position))
    .filter((rank) => rank >= 0);
  return {
    headers: ranks.map((rank) => signed[rank] as Signed),
    uploads: { root: uploads.root, paths: ranks.map((rank) => uploads.prove(rank)) },
  };
}

/** Those whose signatures make the sets final, in roster order; only they are shown to the others. */
export function countedVotes(
  frozen: Frozen,
  records: readonly AcceptedRecord[],
  deps: CoordinatorDeps,
): AcceptedRecord[] {
  const { session } = frozen;
  const signers = new Set(deps.suite(session.task.suite).signers(session));
  return byPosition(frozen, records).flatMap(({ position, record }) =>
    signers.has(position) ? [record] : [],
  );
}

export function closeConsistency(
  frozen: Frozen,
  before: readonly Uint8Array[],
  records: readonly AcceptedRecord[],
  deps: CoordinatorDeps,
): Closing {
  const signed = byPosition(frozen, records).map(({ record }) => record.signed);
  const count = countedVotes(frozen, records, deps).length;
  const { q } = frozen.session.parameters;
  if (count < q) {
    const message = `${count} signed the sets, ${q} are needed`;
    return closeAborted(
      frozen.header,
      'r3',
      before,
      signed,
      { code: 'NO_QUORUM', message, blamed: [] },
      deps,
    );
  } // check: B5
  return closing(before, signed, 'r4', null);
}
