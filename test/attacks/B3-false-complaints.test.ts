/**
 * B3, complaints as a weapon: against an honest dealer, to get it excluded or to get its shares. One false complaint, and
 * as many as there may be colluders, evict nobody; the dealer gives each of n_C holders what it holds anyway, once.
 */
import { expect, test } from '@jest/globals';
import { concatBytes } from '../../crypto/bytes.js';
import { sha256 } from '../../crypto/hash.js';
import { answerComplaint } from '../../src/protocol/client/answer-complaint.js';
import { planMaskedInput } from '../../src/protocol/client/r2-masked-input.js';
import { unmask } from '../../src/protocol/client/r4-unmask.js';
import { acceptAnswer, complaintsOf, provenBad } from '../../src/protocol/coordinator/complaints.js';
import { acceptShareKeys } from '../../src/protocol/coordinator/r1-share-keys.js';
import { acceptHeader } from '../../src/protocol/coordinator/r2-masked-input.js';
import { answerCodec, maskedInputCodec, unmaskCodec } from '../../src/protocol/messages.js';
import type { ShareDelivery, SharePacket } from '../../src/protocol/shares.js';
import type { Signed } from '../../src/protocol/signed.js';
import type { Suite } from '../../src/protocol/suite.js';
import { settle } from '../coordinator/manual-clock.js';
import { all, expectCode, makeWorld, openSession, upTo } from '../coordinator/world.js';
import {
  type Aborted,
  altered,
  at,
  type AtR2,
  type AtR3,
  type Closed,
  closeR1,
  closeR2,
  closeR4,
  codeOf,
  coordinatorDeps,
  dealerOf,
  expectedSums,
  must,
  packetOf,
  party,
  replaced,
  resigned,
  sharesMessage,
  zeros,
} from '../helpers/protocol.js';
import {
  ALL,
  answerBy,
  answering,
  answerRecord,
  complaintsIn,
  dealer,
  DEALER,
  garbageFor,
  identity,
  liars,
  parties,
  upToR1,
  upToR2,
  upToR4,
} from './helpers/dealer.js';

test('B3 false complaints, as many as colluders are assumed, evict nobody, answered or not', () => {
  for (const holders of [[5], [5, 6]]) {
    const r2 = upToR2(liars(holders));
    expect(provenBad(r2.frozen, complaintsIn(r2), coordinatorDeps)).toEqual([]);
    const answers = holders.map((holder) => answerRecord(r2, answerBy(r2, holder)));
    for (const given of [[], answers]) {
      expect((closeR2(r2, ALL, given) as AtR3).closing.blamed).toEqual([]);
      const end = closeR4(upToR4(r2, ALL, given), ALL) as Closed;
      expect(end).toMatchObject({ badHelpers: [], sums: expectedSums(r2.setup, ALL) });
    }
  }
});

test('B3 the dealer answers with the bytes of r1, to at most n_C holders, each as often as it asks', () => {
  const r2 = upToR2(liars([4, 5, 6]));
  const one = must(answering(r2, 4));
  expect(one.send.shares).toEqual(at(r2.members, DEALER).state.dealt.get(4)?.shares);
  const two = must(answering(r2, 5, one.state));
  expect(codeOf(() => answering(r2, 6, two.state))).toBe('BELOW_POLICY');
  expect(must(answering(r2, 4, two.state)).send).toEqual(one.send);
});

const lied = upToR2(liars([5]));
const { state, deps } = at(lied.members, DEALER);
const header = at(lied.members, 5).send.header;
const answer = (signed: Signed) => codeOf(() => answerComplaint(state, signed, deps));
const complaining = (changes: object, by = at(parties, 5)) => altered(maskedInputCodec, header, by, changes);

test('B3 the dealer answers those it dealt to, in their own name', () => {
  const stranger = party('a stranger');
  expect(answer(header)).toBe(null);
  expect(answer(complaining({ sender: stranger.identity }, stranger))).toBe('UNKNOWN_PARTICIPANT');
  expect(answer(complaining({ sender: identity(4) }))).toBe('UNKNOWN_PARTICIPANT');
  expect(answer(complaining({}, at(parties, 4)))).toBe('UNKNOWN_PARTICIPANT');
  expect(answer(complaining({ sender: dealer.identity }, dealer))).toBe('UNKNOWN_PARTICIPANT');
});

test('B3 the dealer does not answer somebody whose own shares never came: it is not in U2', () => {
  const dealt = upToR1();
  const without5 = closeR1(
    dealt,
    ALL.filter((position) => position !== 5),
  ) as AtR2;
  const member = at(without5.members, DEALER);
  const { ciphertext } = at(at(dealt.members, DEALER).send.packets, 5);
  const complaints = [{ dealer: dealer.identity, ciphertext: sha256(ciphertext) }];
  const from5 = altered(maskedInputCodec, member.send.header, at(parties, 5), {
    sender: identity(5),
    complaints,
  });
  expect(codeOf(() => answerComplaint(member.state, from5, member.deps))).toBe('UNKNOWN_PARTICIPANT');
});

test('B3 and only about the packet that it signed', () => {
  const [own] = maskedInputCodec.decode(header.payload).complaints;
  expect(answer(complaining({ complaints: [] }))).toBe('BAD_SET');
  expect(answer(complaining({ complaints: [{ ...own, dealer: identity(2) }] }))).toBe('BAD_SET');
  expect(answer(complaining({ complaints: [{ ...own, ciphertext: zeros }] }))).toBe('BAD_SET');
});

// ---------------------------------------------------------------------------------------- what the coordinator takes

const plain = upToR2();
/** A complaint of position 0 in its header. */
function complain(...complaints: object[]) {
  const { send } = at(plain.members, 0);
  const signed = altered(maskedInputCodec, send.header, at(parties, 0), { complaints } as never);
  return codeOf(() =>
    acceptHeader(plain.frozen, { sender: identity(0), signed }, plain.dealers, coordinatorDeps),
  );
}
const about = (position: number) => ({
  dealer: identity(position),
  ciphertext: sha256(packetOf(at(plain.dealers, position), 0).ciphertext),
});

test('B3 a complaint counts once, and only about a packet that was delivered', () => {
  expect(complain(about(2), about(4))).toBe(null);
  // Counted twice, they would be more than there are colluders.
  expect(complain(about(2), about(2))).toBe('MALFORMED');
  expect(complain({ ...about(2), ciphertext: zeros })).toBe('MALFORMED');
  expect(complain({ ...about(2), dealer: party('a stranger').identity })).toBe('MALFORMED');
  expect(complain(about(0))).toBe('MALFORMED');
});

test('B3 an answer with other shares than it signs is refused', () => {
  const good = answerBy(lied, 5);
  const accept = (shares: readonly Uint8Array[]) =>
    codeOf(() =>
      acceptAnswer(lied.frozen, { sender: dealer.identity, signed: good.answer, shares }, coordinatorDeps),
    );
  expect(accept(good.shares)).toBe(null);
  expect(accept(replaced(good.shares, 0, zeros))).toBe('DIGEST_MISMATCH');
});

test('B3 an answer that nobody asked for is refused', async () => {
  const session = await openSession(makeWorld());
  await upTo(session, 'mask');
  await all(session, 'mask', [0, 1, 2, 3]);
  const own = session.members[1] as (typeof session.members)[number];
  const shares = own.inputMasked.dealt.get(3)?.shares as readonly Uint8Array[];
  const body = {
    sender: own.party.identity,
    ctx: own.inputMasked.session.ctx,
    holder: (session.members[3] as typeof own).party.identity,
    shares: sha256(concatBytes(...shares)),
  };
  const signed = altered(answerCodec, answerBy(lied, 5).answer, own.party, body);
  await expectCode(own.api.answerComplaint(session.id, signed, shares), 'UNKNOWN_PARTICIPANT');
  await settle();
});

// ------------------------------------------------------------------------------------------------ what a holder takes

const r1 = upToR1();
const r2 = closeR1(r1, ALL) as AtR2;
const plan = (changes: Partial<ShareDelivery>, from: Pick<AtR2, 'frozen' | 'statement' | 'dealers'> = r2) => {
  const message = sharesMessage(from, 0);
  const deliveries = message.deliveries.map((delivery) =>
    delivery.position === DEALER ? { ...delivery, ...changes } : delivery,
  );
  const member = at(r1.members, 0);
  const { input } = at(r1.setup.members, 0);
  return codeOf(() => planMaskedInput(member.state, { ...message, deliveries }, input, zeros, member.deps));
};
/** What the coordinator holds after it let a dealer's malformed packet for position 0 through. */
const letThrough = (change: Partial<SharePacket>) => {
  const { send } = at(r1.members, DEALER);
  const packets = replaced(send.packets, 0, { ...at(send.packets, 0), ...change });
  const message = resigned(send, dealer, packets);
  return { ...r2, dealers: replaced(r2.dealers, DEALER, dealerOf(DEALER, message)) };
};

test('B3 a packet that the coordinator changed is refused, not complained about: the dealer is honest', () => {
  expect(plan({})).toBe(null);
  expect(plan({ leaves: [zeros, zeros] })).toBe('MISSING_SHARES');
  expect(plan({ ciphertext: new Uint8Array(220) })).toBe('MISSING_SHARES');
});

test('B3 so are leaves that are cut elsewhere, which prove as well and fit no shares', () => {
  const { leaves } = at(sharesMessage(r2, 0).deliveries, DEALER - 1);
  const joined = concatBytes(...leaves);
  const pieces = (...cuts: number[]) => cuts.map((cut, index) => joined.slice(cut, cuts[index + 1]));
  expect(plan({ leaves: pieces(0, 32) })).toBe(null);
  for (const cut of [pieces(0, 31), pieces(0), pieces(0, 32, 64), pieces(0, 32, 48)])
    expect(plan({ leaves: cut })).toBe('MISSING_SHARES');
});

test('B3 so is what the coordinator had to refuse in r1: no ciphertext, a leaf too few or too many', () => {
  const { leaves } = at(at(r1.members, DEALER).send.packets, 0);
  expect(plan({}, letThrough({}))).toBe(null);
  expect(plan({}, letThrough({ ciphertext: new Uint8Array() }))).toBe('MISSING_SHARES');
  expect(plan({}, letThrough({ leaves: leaves.slice(1) }))).toBe('MISSING_SHARES');
  expect(plan({}, letThrough({ leaves: [...leaves, zeros] }))).toBe('MISSING_SHARES');
});

test('B3 packets whose leaves are cut elsewhere, or too many, are refused in r1', () => {
  const { send } = at(r1.members, DEALER);
  const { leaves } = at(send.packets, 0);
  const accept = (changed: readonly Uint8Array[]) => {
    const packets = replaced(send.packets, 0, { ...at(send.packets, 0), leaves: changed });
    const { r1: signed } = resigned(send, dealer, packets);
    const request = { sender: dealer.identity, signed, packets };
    return codeOf(() => acceptShareKeys(r1.frozen, request, coordinatorDeps));
  };
  const joined = concatBytes(...leaves);
  expect(accept(leaves)).toBe(null);
  expect(accept([joined.slice(0, 31), joined.slice(31)])).toBe('MALFORMED');
  expect(accept([at(leaves, 0)])).toBe('MALFORMED');
  expect(accept([...leaves, zeros])).toBe('MALFORMED');
});

test('B3 a holder uses an answer that was meant for it and that fits, and no other', () => {
  const given = upToR2(garbageFor([5]));
  const r3 = closeR2(given, ALL) as AtR3;
  const signatures = r3.members.map(({ send }) => send);
  const holder = at(r3.members, 5);
  const kindWith = (...answers: ReturnType<typeof answerBy>[]) => {
    const { send } = must(unmask(holder.state, { signatures, answers }, holder.deps));
    return unmaskCodec.decode(send.r4.payload).kinds[DEALER];
  };
  const good = answerBy(given, 5);
  expect(kindWith(good)).toBe(1);
  expect(kindWith(answerBy(given, 5, [zeros, zeros]), good)).toBe(1);
  expect(kindWith(answerBy(given, 5, [zeros, zeros]))).toBe(3);
  const elsewhere = altered(answerCodec, good.answer, dealer, { holder: identity(4) });
  expect(kindWith({ ...good, answer: elsewhere })).toBe(3);
});

test('B3 an answer to no complaint is not even looked at: what the coordinator forges stops nobody', () => {
  const r3 = closeR2(plain, ALL) as AtR3;
  const signatures = r3.members.map(({ send }) => send);
  const holder = at(r3.members, 5);
  const forged = {
    answer: { ...answerBy(plain, 5).answer, signature: new Uint8Array(64) },
    shares: [zeros, zeros],
  };
  const without = must(unmask(holder.state, { signatures, answers: [] }, holder.deps));
  const step = must(unmask(holder.state, { signatures, answers: [forged] }, holder.deps));
  expect(step.send).toEqual(without.send);
});

// -------------------------------------------------------------------------------------------------------- before r3

test('B3 too few usable shares of one dealer end the session before anything is revealed', () => {
  // t = 5: three unresolved holders leave four.
  const end = closeR2(upToR2(garbageFor([4, 5, 6])), ALL) as Aborted;
  expect(end.abort).toMatchObject({ code: 'BAD_DEALER', round: 'r2', blamed: [dealer.identity] });
});

test('B3 nobody is named there who is not proven bad: the holders may lie', () => {
  const false1 = upToR2(liars([5]));
  const end = closeR2(false1, [0, 1, 2, 4, 5]) as Aborted;
  expect(end.abort).toMatchObject({ code: 'BAD_DEALER', round: 'r2', blamed: [] });
  const answered = [answerRecord(false1, answerBy(false1, 5))];
  expect((closeR2(false1, [0, 1, 2, 4, 5], answered) as AtR3).closing.blamed).toEqual([]);
});

test('B3 an answer is checked once, however often the complaints are looked at', () => {
  const { answer, shares } = answerBy(lied, 5);
  const answers = [answerRecord(lied, { answer, shares })];
  let checked = 0;
  const deps = {
    ...coordinatorDeps,
    suite: (id: string) => ({
      ...coordinatorDeps.suite(id),
      acceptsShares(...args: Parameters<Suite['acceptsShares']>) {
        checked += 1;
        return coordinatorDeps.suite(id).acceptsShares(...args);
      },
    }),
  };
  const headers = lied.members.map(({ record }) => record);
  const dealers = lied.dealers.map((made) => ({ ...made }));
  for (let look = 0; look < 3; look += 1) {
    const [complaint] = complaintsOf(lied.frozen, headers, answers, dealers, deps);
    expect(complaint).toMatchObject({ dealer: DEALER, holder: 5, state: 'answered' });
  }
  expect(checked).toBe(1);
});
