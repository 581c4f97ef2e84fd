/** Complaints and blame (PROTOCOL §4.4). Seven participants, n_C = 2, q = t = 5, so two holders may be without shares. */
import { describe, expect, test } from '@jest/globals';
import { toHex } from '../../crypto/bytes.js';
import { sha256 } from '../../crypto/hash.js';
import { answerComplaint } from '../../src/protocol/client/answer-complaint.js';
import { signConsistency } from '../../src/protocol/client/r3-consistency.js';
import { unmask } from '../../src/protocol/client/r4-unmask.js';
import { acceptAnswer, provenBad } from '../../src/protocol/coordinator/complaints.js';
import { answerCodec, maskedInputCodec, unmaskCodec } from '../../src/protocol/messages.js';
import type { Signed } from '../../src/protocol/signed.js';
import {
  ALL,
  answerBy,
  answering,
  answerRecord,
  complaintsIn,
  dealer,
  DEALER,
  GARBAGE,
  garbageFor,
  identity,
  liars,
  parties,
  upToR2,
} from '../attacks/helpers/dealer.js';
import {
  type Aborted,
  altered,
  at,
  type AtR3,
  type AtR4,
  type Closed,
  closeR2,
  closeR3,
  closeR4,
  codeOf,
  coordinatorDeps,
  expectedSums,
  must,
  party,
  replaced,
  unchanged,
  zeros,
} from '../helpers/protocol.js';

const complaint = (holder: number, state: string) => ({ dealer: DEALER, holder, state });

describe('garbage for a holder', () => {
  const r2 = upToR2(garbageFor([5]));

  test('is complained about in its signed header', () => {
    const { complaints } = maskedInputCodec.decode(at(r2.members, 5).send.header.payload);
    expect(complaints).toEqual([{ dealer: dealer.identity, ciphertext: sha256(GARBAGE) }]);
    expect(complaintsIn(r2)).toEqual([complaint(5, 'open')]);
    expect(provenBad(r2.frozen, complaintsIn(r2), coordinatorDeps)).toEqual([]);
  });

  test('unanswered, leaves that holder without a share, and the sum is exact', () => {
    const r3 = closeR2(r2, ALL) as AtR3;
    expect(r3.closing.blamed).toEqual([]);
    const r4 = closeR3(r3, ALL) as AtR4;
    expect([...unmaskCodec.decode(at(r4.members, 5).send.r4.payload).kinds]).toEqual([1, 1, 1, 3, 1, 1, 1]);
    expect((closeR4(r4, ALL) as Closed).sums).toEqual(expectedSums(r2.setup, ALL));
  });

  test('answered, is used in r4: without it there would be too few shares', () => {
    const answer = answerRecord(r2, answerBy(r2, 5));
    expect(complaintsIn(r2, [answer])).toEqual([complaint(5, 'answered')]);
    const helpers = [0, 1, 2, 4, 5];
    const r3 = closeR2(r2, [0, 1, 2, 4, 5, 6], [answer]) as AtR3;
    const r4 = closeR3(r3, helpers) as AtR4;
    expect([...unmaskCodec.decode(at(r4.members, 4).send.r4.payload).kinds]).toEqual([1, 1, 1, 2, 1, 1, 1]);
    expect((closeR4(r4, helpers) as Closed).sums).toEqual(expectedSums(r2.setup, [0, 1, 2, 4, 5, 6]));
    const without = closeR3(closeR2(r2, [0, 1, 2, 4, 5, 6]) as AtR3, helpers) as AtR4;
    expect((closeR4(without, helpers) as Aborted).abort.code).toBe('TOO_FEW_SHARES');
  });

  test('with an answer that does not fit, proves the dealer bad', () => {
    const answer = answerRecord(r2, answerBy(r2, 5, [zeros, zeros]));
    expect(complaintsIn(r2, [answer])).toEqual([complaint(5, 'refuted')]);
    const r3 = closeR2(r2, ALL, [answer]) as AtR3;
    expect(r3.closing.blamed).toEqual([toHex(dealer.identity)]);
    // The holder ignores it and reveals nothing for that dealer; the others suffice.
    const r4 = closeR3(r3, ALL) as AtR4;
    expect([...unmaskCodec.decode(at(r4.members, 5).send.r4.payload).kinds][DEALER]).toBe(3);
    expect((closeR4(r4, ALL) as Closed).sums).toEqual(expectedSums(r2.setup, ALL));
  });

  test('the holder uses an answer only if it is meant for it, signed, and fits', () => {
    const r3 = closeR2(r2, ALL) as AtR3;
    const signatures = r3.members.map(({ send }) => send);
    const { state, deps } = at(r3.members, 5);
    const kindWith = (...answers: { answer: Signed; shares: readonly Uint8Array[] }[]) => {
      const message = { signatures, answers };
      const step = must(unchanged([state, message], () => unmask(state, message, deps)));
      return unmaskCodec.decode(step.send.r4.payload).kinds[DEALER];
    };
    const good = answerBy(r2, 5);
    const signing = ({ answer, shares }: typeof good, changes: object) => ({
      answer: altered(answerCodec, answer, dealer, changes),
      shares,
    });
    expect(kindWith(good)).toBe(1);
    expect(kindWith(answerBy(r2, 5, [zeros, zeros]), good)).toBe(1);
    expect(kindWith(answerBy(r2, 5, good.shares.slice(0, 1)))).toBe(3);
    expect(kindWith(signing(good, { ctx: zeros }))).toBe(3);
    expect(kindWith(signing(good, { holder: identity(4) }))).toBe(3);
    expect(kindWith(answerBy(r2, 4))).toBe(3);
    const forged = { answer: altered(answerCodec, good.answer, at(parties, 4), {}), shares: good.shares };
    expect(codeOf(() => unmask(state, { signatures, answers: [forged] }, deps))).toBe('BAD_SIGNATURE');
    // Strangers, and dealers that nobody complained about, change nothing.
    const stranger = party('a stranger');
    const strange = {
      answer: altered(answerCodec, good.answer, stranger, { sender: stranger.identity }),
      shares: good.shares,
    };
    expect(kindWith(strange)).toBe(3);
    const other = altered(answerCodec, good.answer, at(parties, 2), { sender: identity(2) });
    const given = must(
      unmask(state, { signatures, answers: [{ answer: other, shares: [zeros, zeros] }] }, deps),
    );
    const plain = must(unmask(state, { signatures, answers: [] }, deps));
    expect(given.send).toEqual(plain.send);
  });
});

describe('complaints about an honest dealer', () => {
  test('one evicts nobody; the dealer answers with the bytes of r1, and the sum is exact', () => {
    const r2 = upToR2(liars([5]));
    const { send, state } = must(answering(r2, 5));
    expect(send.shares).toEqual(at(r2.members, DEALER).state.dealt.get(5)?.shares);
    expect(state.answered).toEqual([5]);
    const answer = answerRecord(r2, send);
    const r3 = closeR2(r2, ALL, [answer]) as AtR3;
    expect(r3.closing.blamed).toEqual([]);
    expect((closeR4(closeR3(r3, ALL) as AtR4, ALL) as Closed).sums).toEqual(expectedSums(r2.setup, ALL));
  });

  test('as many as colluders are assumed evict nobody, answered or not', () => {
    const r2 = upToR2(liars([5, 6]));
    expect(provenBad(r2.frozen, complaintsIn(r2), coordinatorDeps)).toEqual([]);
    expect((closeR2(r2, ALL) as AtR3).closing.blamed).toEqual([]);
  });

  test('the dealer never answers more holders than colluders are assumed', () => {
    const r2 = upToR2(liars([4, 5, 6]));
    const one = must(answering(r2, 4));
    const two = must(answering(r2, 5, one.state));
    expect(codeOf(() => answering(r2, 6, two.state))).toBe('BELOW_POLICY');
    // The same holder again gets the same answer, and does not count twice.
    const again = must(answering(r2, 5, two.state));
    expect(again.send).toEqual(two.send);
    expect(again.state.answered).toEqual([4, 5]);
  });

  test('more than that prove the dealer bad, answered or not', () => {
    const r2 = upToR2(liars([4, 5, 6]));
    expect(provenBad(r2.frozen, complaintsIn(r2), coordinatorDeps)).toEqual([DEALER]);
    const answers = [4, 5, 6].map((holder) => answerRecord(r2, answerBy(r2, holder)));
    expect(provenBad(r2.frozen, complaintsIn(r2, answers), coordinatorDeps)).toEqual([DEALER]);
    expect((closeR2(r2, ALL, answers) as AtR3).closing.blamed).toEqual([toHex(dealer.identity)]);
  });

  test('what is answered is a copy: r3 wipes what was dealt', () => {
    const r2 = upToR2(liars([5]));
    const { send, state } = must(answering(r2, 5));
    const before = send.shares.map((share) => share.slice());
    const r3 = closeR2(r2, ALL) as AtR3;
    const { deps } = at(r2.members, DEALER);
    const { scope } = at(r2.setup.members, DEALER);
    const step = must(signConsistency(state, r3.message, scope, [], deps));
    for (const secret of step.wipe) secret.fill(0);
    expect(send.shares).toEqual(before);
  });
});

describe('the dealer answers only', () => {
  const r2 = upToR2(liars([5]));
  const { state, deps } = at(r2.members, DEALER);
  const header = at(r2.members, 5).send.header;
  const answer = (signed: Signed) => codeOf(() => answerComplaint(state, signed, deps));
  const made = (changes: object, by = at(parties, 5)) => altered(maskedInputCodec, header, by, changes);
  const complaints = maskedInputCodec.decode(header.payload).complaints;

  test('complaints of those it dealt to', () => {
    const stranger = party('a stranger');
    expect(answer(header)).toBe(null);
    expect(answer(made({ sender: stranger.identity }, stranger))).toBe('UNKNOWN_PARTICIPANT');
    expect(answer({ ...header, signature: zeros })).toBe('UNKNOWN_PARTICIPANT');
    // Signed by a member, but in the name of another.
    expect(answer(made({}, at(parties, 4)))).toBe('UNKNOWN_PARTICIPANT');
    expect(answer(made({ sender: identity(4) }))).toBe('UNKNOWN_PARTICIPANT');
    expect(answer(made({ sender: dealer.identity }, dealer))).toBe('UNKNOWN_PARTICIPANT');
  });
  test('of this session and U2', () => {
    expect(answer(made({ ctx: zeros }))).toBe('CONTEXT_MISMATCH');
    expect(answer(made({ u2: zeros }))).toBe('CONTEXT_MISMATCH');
  });
  test('about the packet it signed', () => {
    const [own] = complaints;
    expect(answer(made({ complaints: [] }))).toBe('BAD_SET');
    expect(answer(made({ complaints: [{ ...own, dealer: identity(2) }] }))).toBe('BAD_SET');
    expect(answer(made({ complaints: [{ ...own, ciphertext: zeros }] }))).toBe('BAD_SET');
  });
});

describe('the coordinator', () => {
  test('takes an answer of a member of U2 whose shares are those it signs', () => {
    const r2 = upToR2(liars([5]));
    const good = answerBy(r2, 5);
    const accept = (signed: Signed, shares = good.shares, sender = dealer.identity) =>
      codeOf(() => acceptAnswer(r2.frozen, { sender, signed, shares }, coordinatorDeps));
    expect(accept(good.answer)).toBe(null);
    expect(accept(good.answer, replaced(good.shares, 0, zeros))).toBe('DIGEST_MISMATCH');
    expect(accept(good.answer, good.shares, identity(2))).toBe('BAD_SIGNATURE');
    expect(accept(altered(answerCodec, good.answer, dealer, { ctx: zeros }))).toBe('CONTEXT_MISMATCH');
  });

  test('ends the session before r3 when too few holders can use a dealer’s shares', () => {
    // n = 7, t = 5: three unresolved holders leave four.
    const r2 = upToR2(garbageFor([4, 5, 6]));
    const end = closeR2(r2, ALL) as Aborted;
    expect(end.abort).toMatchObject({ code: 'BAD_DEALER', round: 'r2', blamed: [dealer.identity] });
    // One answered: five again, so the session goes on, the dealer is named for the next.
    const r3 = closeR2(r2, ALL, [answerRecord(r2, answerBy(r2, 4))]) as AtR3;
    expect(r3.closing.blamed).toEqual([toHex(dealer.identity)]);
    expect((closeR4(closeR3(r3, ALL) as AtR4, ALL) as Closed).sums).toEqual(expectedSums(r2.setup, ALL));
  });

  test('counts only holders in U3, and names nobody who is not proven bad', () => {
    const r2 = upToR2(garbageFor([5]));
    // 0, 1, 2, 4, 5 survive: the dealer dropped, holder 5 has nothing, four are left.
    expect((closeR2(r2, [0, 1, 2, 4, 5]) as Aborted).abort).toMatchObject({ code: 'BAD_DEALER', blamed: [] });
    // The dealer survives: its own share of the self mask counts, still only four with 1, 2, 4.
    expect((closeR2(r2, [1, 2, 3, 4, 5]) as Aborted).abort).toMatchObject({ code: 'BAD_DEALER', blamed: [] });
    expect(closeR2(r2, [0, 1, 2, 4, 6]).round).toBe('r3');
  });
});
