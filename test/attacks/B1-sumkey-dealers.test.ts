/**
 * B1 in `ckks/sumkey`, r1 and r2: a dealer whose shares do not lie on its polynomials, do not fit their leaf or cannot be
 * read is found by their holder before anything was answered. What the dealer answers decides who is to blame.
 */
import { expect, test } from '@jest/globals';
import { proveLowDegree } from '../../crypto/ckks/low-degree-proof.js';
import { merkleRoot } from '../../crypto/merkle.js';
import { planMaskedInput } from '../../src/protocol/client/r2-masked-input.js';
import { provenBad } from '../../src/protocol/coordinator/complaints.js';
import { acceptShareKeys } from '../../src/protocol/coordinator/r1-share-keys.js';
import { maskedInputCodec, unmaskCodec } from '../../src/protocol/messages.js';
import { shareEntry, type SharePacket } from '../../src/protocol/shares.js';
import { ckksSumkey } from '../../src/protocol/suites/ckks-sumkey/index.js';
import { ringOf } from '../../src/protocol/suites/ckks-sumkey/numbers.js';
import { sharingIn } from '../../src/protocol/suites/ckks-sumkey/sharing.js';
import {
  at,
  type AtR1,
  type AtR2,
  type AtR3,
  type AtR4,
  type Closed,
  closeR0,
  closeR1,
  closeR2,
  closeR3,
  closeR4,
  codeOf,
  coordinatorDeps,
  dealerOf,
  type Options,
  replaced,
  resigned,
  setUp,
  sharesMessage,
  zeros,
  playToUploads,
} from '../helpers/protocol.js';
import { ckksTask, expectSum, floats } from '../protocol/ckks/task.js';
import {
  ALL,
  answerBy,
  answerRecord,
  complaintsIn,
  DEALER,
  dealer,
  GARBAGE,
  parties,
} from './helpers/dealer.js';

const HOLDER = 5;

interface Deviation {
  /** What it deals to the holder instead, and proves the degree of nevertheless. */
  readonly share?: (share: Uint8Array) => Uint8Array;
  readonly packet?: (packet: SharePacket) => Partial<SharePacket>;
}

/** Seven participants, of whom the dealer deviates towards one holder; its proof is right for what it signs. */
function upToR2({ share, packet }: Deviation): AtR2 {
  let values = new Uint8Array();
  const suite: typeof ckksSumkey = {
    ...ckksSumkey,
    deal(...given) {
      const deal = ckksSumkey.deal(...given);
      values = deal.witness.slice();
      // The holder comes after the dealer, who is not its own neighbour.
      const perNeighbour = deal.perNeighbour.map((shares, neighbour) =>
        neighbour === HOLDER - 1 && share !== undefined ? [share(at(shares, 0))] : shares,
      );
      return { ...deal, perNeighbour };
    },
  };
  const r1: Options['r1'] = (message, position, { frozen: { session } }) => {
    if (position !== DEALER || packet === undefined) return message;
    const packets = message.packets.map((dealt) => ({
      ...dealt,
      ...(dealt.position === HOLDER ? packet(dealt) : {}),
    }));
    const under = {
      ctx: session.ctx,
      dealer: dealer.identity,
      shareRoot: merkleRoot(packets.map(shareEntry)),
    };
    const commitment = proveLowDegree(ringOf(session.task), sharingIn(session), { ...under, values });
    return resigned(message, dealer, packets, { commitment });
  };
  const setup = setUp(parties, { task: ckksTask(7), input: floats, r1 });
  const member = at(setup.members, DEALER);
  const members = replaced(setup.members, DEALER, {
    ...member,
    deps: { ...member.deps, suite: () => suite },
  });
  return playToUploads({ ...setup, members });
}

const complaint = (state: string) => [{ dealer: DEALER, holder: HOLDER, state }];
const provenIn = (r2: AtR2, shares?: readonly Uint8Array[]) => {
  const answer = answerRecord(r2, answerBy(r2, HOLDER, shares));
  const complaints = complaintsIn(r2, [answer]);
  return { complaints, proven: provenBad(r2.frozen, complaints, coordinatorDeps) };
};
const oneMore = (share: Uint8Array) => share.map((byte, index) => (index === 0 ? byte ^ 1 : byte));

test('B1 an honest dealer is complained about by nobody', () => {
  expect(complaintsIn(upToR2({}))).toEqual([]);
  expect(complaintsIn(upToR2({ packet: () => ({}) }))).toEqual([]);
});

test('B1 garbage for one holder: it complains, and an answer that fits is used', () => {
  const r2 = upToR2({ packet: () => ({ ciphertext: GARBAGE }) });
  expect(complaintsIn(r2)).toEqual(complaint('open'));
  expect(maskedInputCodec.decode(at(r2.members, HOLDER).send.header.payload).complaints).toHaveLength(1);
  const answer = answerRecord(r2, answerBy(r2, HOLDER));
  expect(provenIn(r2)).toEqual({ complaints: complaint('answered'), proven: [] });
  const r3 = closeR2(r2, ALL, [answer]) as AtR3;
  const last = closeR3(r3, ALL) as AtR4;
  expect([...unmaskCodec.decode(at(last.members, HOLDER).send.r4.payload).kinds]).toEqual([1]);
  const end = closeR4(last, ALL) as Closed;
  expectSum(last, end, ALL);
  expect(end.badHelpers).toEqual([]);
});

test('B1 an answer that does not fit proves the dealer bad: other shares, too many, too few', () => {
  const r2 = upToR2({ packet: () => ({ ciphertext: GARBAGE }) });
  const [share] = at(r2.members, DEALER).state.dealt.get(HOLDER)?.shares as [Uint8Array];
  for (const shares of [[oneMore(share)], [share, share], [], [share.slice(8)]])
    expect(provenIn(r2, shares)).toEqual({ complaints: complaint('refuted'), proven: [DEALER] });
});

test('B1 a share beside the polynomials: its holder complains, and no answer helps', () => {
  const r2 = upToR2({ share: oneMore });
  expect(complaintsIn(r2)).toEqual(complaint('open'));
  expect(provenIn(r2)).toEqual({ complaints: complaint('refuted'), proven: [DEALER] });
  const [dealt] = at(r2.members, DEALER).state.dealt.get(HOLDER)?.shares as [Uint8Array];
  // Nor the share that would have been right: its leaf is another.
  expect(provenIn(r2, [oneMore(dealt)])).toEqual({ complaints: complaint('refuted'), proven: [DEALER] });
});

test('B1 a share with one blinding word that is another, or a word of q and more: the same', () => {
  const lastWord = (share: Uint8Array) =>
    share.map((byte, index) => (index === share.length - 8 ? byte ^ 1 : byte));
  const tooLarge = (share: Uint8Array) => share.map((byte, index) => (index < 8 ? 255 : byte));
  const tooLong = (share: Uint8Array) => Uint8Array.from([...share, ...new Uint8Array(8)]);
  // Modulo q it lies on the polynomials; added to others it would be no word any more.
  const congruent = (share: Uint8Array) => {
    const words = new BigUint64Array(share.slice().buffer);
    words[0] = (words[0] as bigint) + 18014398509404161n;
    return new Uint8Array(words.buffer);
  };
  for (const share of [lastWord, tooLarge, congruent, tooLong]) {
    const r2 = upToR2({ share });
    expect(complaintsIn(r2)).toEqual(complaint('open'));
    expect(provenIn(r2)).toEqual({ complaints: complaint('refuted'), proven: [DEALER] });
  }
});

test('B1 a leaf that is not that of the share: its holder complains, and the share itself is no answer', () => {
  const r2 = upToR2({ packet: () => ({ leaves: [zeros] }) });
  expect(complaintsIn(r2)).toEqual(complaint('open'));
  expect(provenIn(r2)).toEqual({ complaints: complaint('refuted'), proven: [DEALER] });
});

test('B1 a proof that says nothing of the shares is complained about by everybody', () => {
  const r1 = (message: Parameters<NonNullable<Options['r1']>>[0], position: number) =>
    position === DEALER
      ? resigned(message, dealer, message.packets, {
          commitment: new Uint8Array(40 * 5),
        })
      : message;
  const setup = setUp(parties, { task: ckksTask(7), input: floats, r1 });
  const r2 = playToUploads(setup);
  const complaints = complaintsIn(r2);
  expect(complaints.map(({ holder }) => holder)).toEqual([0, 1, 2, 4, 5, 6]);
  expect(provenBad(r2.frozen, complaints, coordinatorDeps)).toEqual([DEALER]);
});

test('B1 a proof of another form is refused by the coordinator, and else by the participant', () => {
  const setup = setUp(parties, { task: ckksTask(7), input: floats });
  const r1 = closeR0(setup, ALL) as AtR1;
  const { send } = at(r1.members, DEALER);
  const { t } = r1.frozen.session.parameters;
  const tooLarge = new Uint8Array(40 * t).fill(255);
  for (const commitment of [new Uint8Array(), new Uint8Array(32), new Uint8Array(40 * t + 8), tooLarge]) {
    const message = resigned(send, dealer, send.packets, { commitment });
    const request = { sender: dealer.identity, signed: message.r1, packets: message.packets };
    expect(codeOf(() => acceptShareKeys(r1.frozen, request, coordinatorDeps))).toBe('MALFORMED');
    const r2 = closeR1(r1, ALL) as AtR2;
    const dealers = replaced(r2.dealers, DEALER, dealerOf(DEALER, message));
    const { state, deps } = at(r1.members, 0);
    const shares = sharesMessage({ ...r2, dealers }, 0);
    const input = at(setup.members, 0).input;
    expect(codeOf(() => planMaskedInput(state, shares, input, zeros, deps))).toBe('MALFORMED');
  }
});
