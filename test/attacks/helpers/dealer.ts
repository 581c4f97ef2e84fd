/**
 * A dealer that deviates among seven participants: n_C = 2, q = t = 5, so two holders may be without its shares and two
 * participants may be missing at the end.
 */
import { concatBytes } from '../../../crypto/bytes.js';
import { sha256 } from '../../../crypto/hash.js';
import { answerComplaint, type AnswerMessage } from '../../../src/protocol/client/answer-complaint.js';
import type { InputMasked } from '../../../src/protocol/client/state.js';
import { acceptAnswer, complaintsOf } from '../../../src/protocol/coordinator/complaints.js';
import { acceptUnmask } from '../../../src/protocol/coordinator/r4-unmask.js';
import type { AcceptedRecord } from '../../../src/protocol/coordinator/state.js';
import { maskedInputCodec, unmaskCodec } from '../../../src/protocol/messages.js';
import type { SharePacket } from '../../../src/protocol/shares.js';
import {
  altered,
  at,
  type AtR1,
  type AtR2,
  type AtR3,
  type AtR4,
  closeR0,
  closeR1,
  closeR2,
  closeR3,
  coordinatorDeps,
  type Options,
  packetOf,
  participants,
  replaced,
  resigned,
  setUp,
  signAnswer,
  unchanged,
} from '../../helpers/protocol.js';

export const parties = participants(7);
export const ALL = [0, 1, 2, 3, 4, 5, 6];
export const DEALER = 3;
export const identity = (position: number): Uint8Array => at(parties, position).identity;
export const dealer = at(parties, DEALER);
const task = { maxColluders: 2 };

/** The dealer changes its packets and signs what it made of them. */
export const dealing = (
  change: (packet: SharePacket, round: Omit<AtR1, 'members'>) => Partial<SharePacket>,
): Options => ({
  task,
  r1: (message, position, round) =>
    position === DEALER
      ? resigned(
          message,
          dealer,
          message.packets.map((packet) => ({ ...packet, ...change(packet, round) })),
        )
      : message,
});

export const GARBAGE = new Uint8Array(220).fill(1);
/** Garbage for these holders; its leaves for them are right. */
export const garbageFor = (holders: readonly number[]): Options =>
  dealing(({ position }) => (holders.includes(position) ? { ciphertext: GARBAGE } : {}));

/** Holders that complain about the dealer although nothing is wrong. */
export const liars = (holders: readonly number[]): Options => ({
  task,
  r2: (message, position, round) => {
    if (!holders.includes(position)) return message;
    const { ciphertext } = packetOf(at(round.dealers, DEALER), position);
    const complaints = [{ dealer: dealer.identity, ciphertext: sha256(ciphertext) }];
    const header = altered(maskedInputCodec, message.header, at(parties, position), { complaints });
    return { ...message, header };
  },
});

export const upToR1 = (options: Options = { task }): AtR1 => closeR0(setUp(parties, options), ALL) as AtR1;
export const upToR2 = (options: Options = { task }): AtR2 => closeR1(upToR1(options), ALL) as AtR2;
export const upToR4 = (
  r2: AtR2,
  u3: readonly number[] = ALL,
  answers: readonly AcceptedRecord[] = [],
): AtR4 => closeR3(closeR2(r2, u3, answers) as AtR3, u3) as AtR4;

export const complaintsIn = (r2: AtR2, answers: readonly AcceptedRecord[] = []) =>
  complaintsOf(
    r2.frozen,
    r2.members.map(({ record }) => record),
    answers,
    r2.dealers,
    coordinatorDeps,
  );

/** The dealer as its own code answers. */
export function answering(r2: AtR2, holder: number, state: InputMasked = at(r2.members, DEALER).state) {
  const { deps } = at(r2.members, DEALER);
  const { header } = at(r2.members, holder).send;
  return unchanged([state, header], () => answerComplaint(state, header, deps));
}

/** An answer made by hand, by default with the shares that were dealt: who sends garbage still knows them. */
export function answerBy(
  r2: AtR2,
  holder: number,
  shares: readonly Uint8Array[] = at(r2.members, DEALER).state.dealt.get(holder)?.shares ?? [],
) {
  const { ctx } = r2.frozen.session;
  return { answer: signAnswer(ctx, identity(holder), shares, dealer.signer), shares };
}

export const answerRecord = (
  r2: AtR2,
  { answer, shares }: Pick<AnswerMessage, 'answer' | 'shares'>,
): AcceptedRecord =>
  acceptAnswer(r2.frozen, { sender: dealer.identity, signed: answer, shares }, coordinatorDeps);

/** The records of r4 with other shares of one helper, which it signed itself. */
export function revealing(
  r4: AtR4,
  helper: number,
  change: (shares: readonly Uint8Array[]) => readonly Uint8Array[],
): AcceptedRecord[] {
  const index = r4.members.findIndex(({ position }) => position === helper);
  const { send, deps } = at(r4.members, index);
  const shares = change(send.shares);
  const signed = altered(unmaskCodec, send.r4, deps.signer, { shares: sha256(concatBytes(...shares)) });
  const request = { sender: deps.signer.publicKey, signed, shares };
  const record = acceptUnmask(r4.frozen, request, coordinatorDeps);
  return replaced(
    r4.members.map((member) => member.record),
    index,
    record,
  );
}
