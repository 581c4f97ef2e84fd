/**
 * Complaints and blame (PROTOCOL §4.4). A dealer is proven bad only by what it signed: an answer that does not fit its
 * own leaves, or more complaints than there are colluders. One false complaint evicts nobody.
 */
import { concatBytes, equalBytes, toHex } from '../../../crypto/bytes.js';
import { sha256 } from '../../../crypto/hash.js';
import { positionOf } from '../context.js';
import { holdersOf, isUsable } from '../dealing.js';
import { refuse } from '../errors.js';
import { answerCodec, maskedInputCodec, shareKeysCodec } from '../messages.js';
import { isMember, type Members, type MemberSet } from '../sets.js';
import type { SharePacket } from '../shares.js';
import { decodeShareList, encodeShareList } from '../attachments.js';
import { type Dealer, dealerAt, packetFor } from './dealers.js';
import { byPosition, type FromParticipant, openFrom } from './senders.js';
import type { AbortReason, AcceptedRecord, CoordinatorDeps, Frozen } from './state.js';

export interface AnswerRequest extends FromParticipant {
  readonly shares: readonly Uint8Array[];
}

export function acceptAnswer(frozen: Frozen, request: AnswerRequest, deps: CoordinatorDeps): AcceptedRecord {
  const { body } = openFrom(frozen, frozen.u2 as MemberSet, request, answerCodec, deps);
  if (!equalBytes(body.shares, sha256(concatBytes(...request.shares)))) {
    refuse('DIGEST_MISMATCH', 'peer', 'the shares are not those that the answer signs');
  } // check: B3
  return {
    kind: 'answer',
    sender: toHex(request.sender),
    subject: toHex(body.holder),
    signed: request.signed,
    attachment: encodeShareList(request.shares),
  };
}

export interface OpenComplaint {
  readonly dealer: number;
  readonly holder: number;
  readonly state: 'open' | 'answered' | 'refuted';
}

/** Every complaint in the signed headers and what became of it. `refuted`: the dealer's answer does not fit its leaves. */
export function complaintsOf(
  frozen: Frozen,
  headers: readonly AcceptedRecord[],
  answers: readonly AcceptedRecord[],
  dealers: readonly Dealer[],
  deps: CoordinatorDeps,
): OpenComplaint[] {
  const given = new Map(answers.map((answer) => [`${answer.sender}/${answer.subject}`, answer]));
  return byPosition(frozen, headers).flatMap(({ position: holder, record }) =>
    maskedInputCodec.decode(record.signed.payload).complaints.map((complaint): OpenComplaint => {
      const dealer = positionOf(frozen.session, complaint.dealer);
      const answer = given.get(`${toHex(complaint.dealer)}/${record.sender}`);
      if (answer === undefined) return { dealer, holder, state: 'open' };
      return {
        dealer,
        holder,
        state: answerFitsOnce(frozen, dealers, dealer, holder, answer, deps) ? 'answered' : 'refuted',
      };
    }),
  );
}

/**
 * By dealer as it was loaded: an answer is looked at again whenever another came, and one holder may have as many as there
 * are dealers.
 */
const verdicts = new WeakMap<Dealer, Map<string, boolean>>();

function answerFitsOnce(
  frozen: Frozen,
  dealers: readonly Dealer[],
  dealer: number,
  holder: number,
  answer: AcceptedRecord,
  deps: CoordinatorDeps,
): boolean {
  // A header is accepted only with complaints about packets that were delivered to its sender.
  const dealt = dealerAt(dealers, dealer) as Dealer;
  const known = verdicts.get(dealt) ?? new Map<string, boolean>();
  verdicts.set(dealt, known);
  const key = `${holder}/${toHex(sha256(answer.attachment as Uint8Array))}`;
  const verdict = known.get(key) ?? answerFits(frozen, dealt, holder, answer, deps);
  known.set(key, verdict);
  return verdict;
}

function answerFits(
  { session }: Frozen,
  dealt: Dealer,
  holder: number,
  answer: AcceptedRecord,
  deps: CoordinatorDeps,
): boolean {
  const { leaves } = packetFor(dealt, holder) as SharePacket;
  const { commitment, shareRoot } = shareKeysCodec.decode(dealt.r1.payload);
  const shares = decodeShareList(answer.attachment as Uint8Array);
  const dealing = { commitment, shareRoot, leaves };
  return isUsable(session, deps.suite(session.task.suite), dealt.position, holder, shares, dealing);
}

export const provenBad = (
  { session }: Frozen,
  complaints: readonly OpenComplaint[],
  deps: CoordinatorDeps,
): Members => {
  const most = deps.suite(session.task.suite).mostComplaints(session);
  const dealers = [...new Set(complaints.map(({ dealer }) => dealer))].sort((a, b) => a - b);
  return dealers.filter((dealer) => {
    const against = complaints.filter((complaint) => complaint.dealer === dealer);
    return (
      against.some(({ state }) => state === 'refuted') || // check: B1
      against.length > most // check: B1, B3
    );
  });
};

/**
 * Before r3 nothing was revealed, so a dealer whose secret could not be recovered ends the session here: of masks, t holders
 * have to be able to use its shares, whether it is in U3 or not; of sums of keys, all of U3 if it is.
 */
export function unrecoverable(
  frozen: Frozen,
  u3: Members,
  complaints: readonly OpenComplaint[],
  deps: CoordinatorDeps,
): Omit<AbortReason, 'blamed'> | null {
  const { session } = frozen;
  const suite = deps.suite(session.task.suite);
  const unresolved = complaints.filter(({ state }) => state !== 'answered');
  const isUsable = (dealer: number, holder: number): boolean =>
    !unresolved.some((complaint) => complaint.dealer === dealer && complaint.holder === holder);
  const dealers = suite.needsEveryShare ? u3 : (frozen.u2 as MemberSet).members;
  const bad = dealers.find((dealer) => {
    const holders = holdersOf(session, suite, dealer).filter((holder) => isMember(u3, holder));
    const usable = holders.filter((holder) => isUsable(dealer, holder));
    return usable.length < (suite.needsEveryShare ? holders.length : session.parameters.t);
  });
  if (bad === undefined) return null;
  return {
    code: 'BAD_DEALER',
    message: 'the shares of a participant can be used by too few others',
  };
}
