/** r2, coordinator (PROTOCOL §4.3): takes the signed header first, then the upload it names; only both together count. */
import { equalBytes, toHex } from '../../../crypto/bytes.js';
import { sha256 } from '../../../crypto/hash.js';
import { positionOf } from '../context.js';
import { refuse } from '../errors.js';
import { maskedInputCodec } from '../messages.js';
import { type Members, memberSet, type MemberSet } from '../sets.js';
import type { Signed } from '../signed.js';
import { complaintsOf, provenBad, unrecoverable } from './complaints.js';
import { type Dealer, dealerAt, packetFor } from './dealers.js';
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
import { identityAt } from '../shares.js';
import { uploadBytes } from '../suite.js';

export function acceptHeader(
  frozen: Frozen,
  request: FromParticipant,
  dealers: readonly Dealer[],
  deps: CoordinatorDeps,
): AcceptedRecord {
  const u2 = frozen.u2 as MemberSet;
  const { body, position } = openFrom(frozen, u2, request, maskedInputCodec, deps);
  // An honest session must not fail in r3 over a header with other sets, so it never gets in.
  if (
    !equalBytes(body.u1, frozen.u1.hash) || // check: B5
    !equalBytes(body.u2, u2.hash) // check: B5
  ) {
    refuse('CONTEXT_MISMATCH', 'peer', 'the header was signed for other sets');
  }
  const { task } = frozen.session;
  if (body.digests.length !== deps.suite(task.suite).layout(task).length) {
    refuse('MALFORMED', 'peer', 'the header needs one digest per vector');
  } // check: B2
  const accused = new Set<number>();
  for (const { dealer, ciphertext } of body.complaints) {
    const at = positionOf(frozen.session, dealer);
    const dealt = dealerAt(dealers, at);
    const packet = dealt && packetFor(dealt, position);
    if (
      packet === undefined || // check: B3
      at === position || // check: B3
      accused.has(at) || // check: B3, B4
      !equalBytes(sha256(packet.ciphertext), ciphertext) // check: B3
    ) {
      refuse('MALFORMED', 'peer', 'a complaint is not about a packet that was delivered to its sender');
    }
    accused.add(at);
  }
  return { kind: 'r2', sender: toHex(request.sender), subject: '', signed: request.signed, attachment: null };
}

/**
 * @param known digests of the upload's vectors, where its bytes were hashed as they came
 * @throws BlindsumError WRONG_LENGTH, DIGEST_MISMATCH (fault peer)
 */
export function checkUpload(
  frozen: Frozen,
  header: Signed,
  upload: Uint8Array,
  deps: CoordinatorDeps,
  known: readonly Uint8Array[] = [],
): void {
  const { task } = frozen.session;
  const suite = deps.suite(task.suite);
  const total = uploadBytes(suite, task);
  if (upload.length !== total)
    refuse('WRONG_LENGTH', 'peer', `the upload has ${upload.length} bytes, the task needs ${total}`); // check: A14, B2
  const { digests } = maskedInputCodec.decode(header.payload);
  let from = 0;
  suite.layout(task).forEach((vector, index) => {
    const part = upload.subarray(from, (from += vector.byteLength));
    if (!equalBytes(known[index] ?? sha256(part), digests[index] as Uint8Array)) {
      refuse(
        'DIGEST_MISMATCH',
        'peer',
        `the upload of vector ${vector.name} does not have the digest that was signed for it`,
      );
    } // check: B1
    suite.checkUpload(task, vector, part);
  });
}

export interface MaskedInputRecords {
  readonly headers: readonly AcceptedRecord[];
  readonly answers: readonly AcceptedRecord[];
  /** Hex identities whose upload is complete. */
  readonly complete: readonly string[];
  readonly dealers: readonly Dealer[];
}

export function closeMaskedInput(
  frozen: Frozen,
  before: readonly Uint8Array[],
  records: MaskedInputRecords,
  deps: CoordinatorDeps,
): Closing {
  const { session, header } = frozen;
  const complete = new Set(records.complete);
  const headers = byPosition(frozen, records.headers);
  const answers = byPosition(frozen, records.answers);
  const signed = [...headers, ...answers].map(({ record }) => record.signed);
  const u3: Members = headers
    .filter(({ record }) => complete.has(record.sender))
    .map(({ position }) => position);
  const complaints = complaintsOf(frozen, records.headers, records.answers, records.dealers, deps);
  const blamed = provenBad(frozen, complaints, deps).map((position) => identityAt(session, position));
  const reason =
    tooFew(frozen, u3.length, 'sent their masked input') ??
    refusedSets(thirdSet(frozen, u3), deps) ??
    unrecoverable(frozen, u3, complaints, deps);
  // Whatever ends the session here, what the headers and answers prove is proven.
  if (reason !== null) return closeAborted(header, 'r2', before, signed, { ...reason, blamed }, deps); // check: B3, B5
  return closing(
    before,
    signed,
    'r3',
    { kind: 'u3', sign: (tree) => signSet(session, 3, u3, tree, deps) },
    blamed,
  );
}

export const thirdSet = (frozen: Frozen, members: Members): Frozen => ({
  ...frozen,
  u3: memberSet(frozen.session.ctx, 3, members, frozen.session.roster.length),
});
