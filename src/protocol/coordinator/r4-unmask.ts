/** r4, coordinator (PROTOCOL §4.6, §4.7): takes the revealed shares, removes the masks, signs the result. */
import { concatBytes, equalBytes, toHex } from '../../../crypto/bytes.js';
import { sha256 } from '../../../crypto/hash.js';
import type { BlindsumError } from '../errors.js';
import { refuse } from '../errors.js';
import { unmaskCodec } from '../messages.js';
import type { MemberSet } from '../sets.js';
import { signBody } from '../signed.js';
import { resultCodec } from '../statements.js';
import type { Steps } from '../steps.js';
import type { DealerRecord, JobResult, OpenPlan, Reveal, RevealRecord, Sets } from '../suite.js';
import { decodeShareList, encodeShareList } from '../attachments.js';
import { type Dealer, dealerRecord } from './dealers.js';
import { byPosition, type FromParticipant, openFrom } from './senders.js';
import {
  type AcceptedRecord,
  type Closing,
  closeAborted,
  closing,
  type CoordinatorDeps,
  type Frozen,
} from './state.js';

export interface UnmaskRequest extends FromParticipant {
  readonly shares: readonly Uint8Array[];
}

const setsOf = ({ u1, u2, u3 }: Frozen): Sets => ({ u1, u2: u2 as MemberSet, u3: u3 as MemberSet });

export function acceptUnmask(frozen: Frozen, request: UnmaskRequest, deps: CoordinatorDeps): AcceptedRecord {
  const sets = setsOf(frozen);
  const { body, position } = openFrom(frozen, sets.u3, request, unmaskCodec, deps);
  if (
    !equalBytes(body.u1, sets.u1.hash) || // check: B5
    !equalBytes(body.u2, sets.u2.hash) || // check: B5
    !equalBytes(body.u3, sets.u3.hash) // check: B5
  ) {
    refuse('CONTEXT_MISMATCH', 'peer', 'r4 answers for other sets');
  }
  if (!equalBytes(body.shares, sha256(concatBytes(...request.shares)))) {
    refuse('DIGEST_MISMATCH', 'peer', 'the shares are not those that r4 signs');
  } // check: B1
  const wire: Reveal = { kinds: body.kinds, shares: request.shares };
  deps.suite(frozen.session.task.suite).checkReveal(frozen.session, sets, position, wire); // check: B1
  return {
    kind: 'r4',
    sender: toHex(request.sender),
    subject: '',
    signed: request.signed,
    attachment: encodeShareList(request.shares),
  };
}

/** Enough shares may be there before all have answered; then nobody needs to wait. @throws BlindsumError TOO_FEW_SHARES, KEY_MISMATCH, BAD_DEALER */
export function* planUnmask(
  frozen: Frozen,
  records: readonly AcceptedRecord[],
  dealers: readonly Dealer[],
  sum: Uint8Array,
  mayWait: boolean,
  deps: CoordinatorDeps,
): Steps<OpenPlan> {
  const suite = deps.suite(frozen.session.task.suite);
  const reveals: RevealRecord[] = [];
  for (const { position, record } of byPosition(frozen, records)) {
    yield;
    const { kinds } = unmaskCodec.decode(record.signed.payload);
    reveals.push({ position, reveal: { kinds, shares: decodeShareList(record.attachment as Uint8Array) } });
  }
  const made: DealerRecord[] = [];
  for (const dealer of dealers) {
    yield;
    made.push(dealerRecord(dealer));
  }
  return yield* suite.planOpen(frozen.session, setsOf(frozen), sum, made, reveals, mayWait);
}

export function closeUnmask(
  frozen: Frozen,
  before: readonly Uint8Array[],
  records: readonly AcceptedRecord[],
  job: JobResult,
  deps: CoordinatorDeps,
): Closing & { aggregate: Uint8Array } {
  const { session } = frozen;
  const sets = setsOf(frozen);
  const parts = deps.suite(session.task.suite).finishOpen(session, sets, job);
  const digests = parts.map((part) => sha256(part));
  const signed = byPosition(frozen, records).map(({ record }) => record.signed);
  const result = closing(before, signed, 'closed', {
    kind: 'result',
    sign: (tree) =>
      signBody(
        resultCodec,
        { ctx: session.ctx, u3: sets.u3.hash, survivors: sets.u3.members.length, digests, ...tree },
        deps.signer,
      ),
  });
  return { ...result, aggregate: concatBytes(...parts) };
}

/** The session ends without a sum: too few shares, or a dealer whose shares do not give what it committed to. */
export function closeNotUnmasked(
  frozen: Frozen,
  before: readonly Uint8Array[],
  records: readonly AcceptedRecord[],
  error: BlindsumError,
  deps: CoordinatorDeps,
): Closing {
  const signed = byPosition(frozen, records).map(({ record }) => record.signed);
  const blamed = error.participant === undefined ? [] : [error.participant];
  return closeAborted(
    frozen.header,
    'r4',
    before,
    signed,
    { code: error.code, message: error.message, blamed },
    deps,
  );
}
