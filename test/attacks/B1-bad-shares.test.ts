/**
 * B1, a dealer shares wrongly: garbage, shares that are not those it signed, of another length, of another secret. The
 * sum is exact or there is none; the dealer is named when what it signed proves it, and nobody else ever is.
 */
import { expect, test } from '@jest/globals';
import { toHex } from '../../crypto/bytes.js';
import { planMaskedInput } from '../../src/protocol/client/r2-masked-input.js';
import { unmask } from '../../src/protocol/client/r4-unmask.js';
import { provenBad } from '../../src/protocol/coordinator/complaints.js';
import { acceptShareKeys } from '../../src/protocol/coordinator/r1-share-keys.js';
import { MAX_PACKET_BYTES } from '../../src/protocol/suites/masking/sharing.js';
import { checkUpload } from '../../src/protocol/coordinator/r2-masked-input.js';
import { acceptUnmask } from '../../src/protocol/coordinator/r4-unmask.js';
import { maskedInputCodec, unmaskCodec } from '../../src/protocol/messages.js';
import { shareLeaves, type SharePacket } from '../../src/protocol/shares.js';
import {
  type Aborted,
  altered,
  at,
  type AtR2,
  type AtR3,
  type Closed,
  closeR0,
  closeR1,
  closeR2,
  closeR4,
  codeOf,
  coordinatorDeps,
  dealerOf,
  expectedSums,
  must,
  type Options,
  replaced,
  resigned,
  setUp,
  sharesMessage,
  zeros,
} from '../helpers/protocol.js';
import type { AtR1 } from '../helpers/protocol.js';
import {
  ALL,
  answerBy,
  answerRecord,
  complaintsIn,
  dealer,
  DEALER,
  dealing,
  garbageFor,
  identity,
  parties,
  upToR1,
  upToR2,
  upToR4,
} from './helpers/dealer.js';

const kindOf = (payload: Uint8Array): number | undefined => unmaskCodec.decode(payload).kinds[DEALER];
const short = [new Uint8Array(31), new Uint8Array(31)];
const shortLeaves = dealing((packet, { frozen }) =>
  [4, 5].includes(packet.position)
    ? {
        ciphertext: new Uint8Array(200).fill(1),
        leaves: shareLeaves(frozen.session, DEALER, packet.position, ['maskKey', 'selfMask'], short),
      }
    : {},
);

test('B1 garbage for one holder costs its share, not the sum, and proves nothing against the dealer', () => {
  const r2 = upToR2(garbageFor([5]));
  expect(complaintsIn(r2)).toEqual([{ dealer: DEALER, holder: 5, state: 'open' }]);
  expect((closeR2(r2, ALL) as AtR3).closing.blamed).toEqual([]);
  const r4 = upToR4(r2);
  expect(r4.members.map(({ send }) => kindOf(send.r4.payload))).toEqual([1, 1, 1, 1, 1, 3, 1]);
  expect((closeR4(r4, ALL) as Closed).sums).toEqual(expectedSums(r2.setup, ALL));
});

test('B1 shares that do not fit the leaves of their dealer are complained about, not used', () => {
  const mixed = upToR2(
    dealing(({ position, leaves }) => (position === 5 ? { leaves: [...leaves].reverse() } : {})),
  );
  expect(complaintsIn(mixed)).toEqual([{ dealer: DEALER, holder: 5, state: 'open' }]);
  expect((closeR4(upToR4(mixed), ALL) as Closed).sums).toEqual(expectedSums(mixed.setup, ALL));
});

test('B1 an answer that does not fit what the dealer signed proves it bad, and the holder leaves it alone', () => {
  const r2 = upToR2(garbageFor([5]));
  const wrong = answerRecord(r2, answerBy(r2, 5, [zeros, zeros]));
  expect(complaintsIn(r2, [wrong])).toEqual([{ dealer: DEALER, holder: 5, state: 'refuted' }]);
  const r3 = closeR2(r2, ALL, [wrong]) as AtR3;
  expect(r3.closing.blamed).toEqual([toHex(dealer.identity)]);
  const r4 = upToR4(r2, ALL, [wrong]);
  expect(kindOf(at(r4.members, 5).send.r4.payload)).toBe(3);
  const end = closeR4(r4, ALL) as Closed;
  // A holder that revealed what it was handed would be the one whose share does not fit.
  expect(end.badHelpers).toEqual([]);
  expect(end.sums).toEqual(expectedSums(r2.setup, ALL));
});

test('B1 answers with shares of another length prove the dealer bad, though they fit its leaves', () => {
  const r2 = upToR2(shortLeaves);
  const answers = [4, 5].map((holder) => answerRecord(r2, answerBy(r2, holder, short)));
  const complaints = complaintsIn(r2, answers);
  expect(complaints.map(({ state }) => state)).toEqual(['refuted', 'refuted']);
  expect(provenBad(r2.frozen, complaints, coordinatorDeps)).toEqual([DEALER]);
});

test('B1 a holder does not use them either: its whole r4 would be refused', () => {
  const r2 = upToR2(shortLeaves);
  const r3 = closeR2(r2, ALL) as AtR3;
  const signatures = r3.members.map(({ send }) => send);
  for (const { deps, state, position } of r3.members) {
    const answers = [4, 5].map((holder) => answerBy(r2, holder, short));
    const { send } = must(unmask(state, { signatures, answers }, deps));
    const request = { sender: identity(position), signed: send.r4, shares: send.shares };
    expect(codeOf(() => acceptUnmask(r3.frozen, request, coordinatorDeps))).toBe(null);
  }
});

test('B1 more complaints than colluders are assumed prove the dealer bad, whether it answers or not', () => {
  const r2 = upToR2(garbageFor([4, 5, 6]));
  expect(provenBad(r2.frozen, complaintsIn(r2), coordinatorDeps)).toEqual([DEALER]);
  const answers = [4, 5, 6].map((holder) => answerRecord(r2, answerBy(r2, holder)));
  expect(provenBad(r2.frozen, complaintsIn(r2, answers), coordinatorDeps)).toEqual([DEALER]);
  const two = upToR2(garbageFor([4, 5]));
  expect(provenBad(two.frozen, complaintsIn(two), coordinatorDeps)).toEqual([]);
});

// -------------------------------------------------------------------------------------------------------- wrong secrets

/** Everybody plays along; the deviation shows in r4 only. */
const endOf = (options: Options, u3: readonly number[] = ALL): Aborted =>
  closeR4(upToR4(upToR2(options), u3), u3) as Aborted;
const culprit = { code: 'BAD_DEALER', round: 'r4', blamed: [dealer.identity] };

test('B1 a dealer that committed to another b is named, and there is no sum', () => {
  const end = endOf({
    task: { maxColluders: 2 },
    r1: (message, position) =>
      position === DEALER ? resigned(message, dealer, message.packets, { commitment: zeros }) : message,
  });
  expect(end.abort).toMatchObject(culprit);
  expect(end.closing.blamed).toEqual([toHex(dealer.identity)]);
});

test('B1 a dealer that shared another mask key than it announced, and dropped, is named', () => {
  const setup = setUp(parties, { task: { maxColluders: 2 } });
  const members = replaced(setup.members, DEALER, {
    ...at(setup.members, DEALER),
    state: { ...at(setup.members, DEALER).state, maskSeed: zeros },
  });
  const r1 = closeR0({ ...setup, members }, ALL) as AtR1;
  const u3 = ALL.filter((position) => position !== DEALER);
  const end = closeR4(upToR4(closeR1(r1, ALL) as AtR2, u3), u3) as Aborted;
  expect(end.abort).toMatchObject(culprit);
});

// ------------------------------------------------------------------------------------------ what never gets to others

const r1 = upToR1();
const { send } = at(r1.members, DEALER);
const acceptPackets = (packets: readonly SharePacket[], changes: object = {}) => {
  const message = resigned(send, dealer, packets, changes);
  const request = { sender: dealer.identity, signed: message.r1, packets: message.packets };
  return codeOf(() => acceptShareKeys(r1.frozen, request, coordinatorDeps));
};
const edited = (index: number, change: Partial<SharePacket>) =>
  acceptPackets(replaced(send.packets, index, { ...at(send.packets, index), ...change }));

test('B1 a commitment of the wrong form is refused by the coordinator, and else by the participant', () => {
  expect(acceptPackets(send.packets)).toBe(null);
  expect(acceptPackets(send.packets, { commitment: new Uint8Array(31) })).toBe('MALFORMED');
  const bad = dealerOf(DEALER, resigned(send, dealer, send.packets, { commitment: new Uint8Array(31) }));
  const r2 = closeR1(r1, ALL) as AtR2;
  const message = sharesMessage({ ...r2, dealers: replaced(r2.dealers, DEALER, bad) }, 0);
  const { state, deps } = at(r1.members, 0);
  const { input } = at(r1.setup.members, 0);
  // Not a complaint: that would blame the dealer for what the coordinator let through.
  expect(codeOf(() => planMaskedInput(state, message, input, zeros, deps))).toBe('MALFORMED');
});

test('B1 no packet, a huge one, and one for oneself are refused by the coordinator', () => {
  expect(edited(1, { ciphertext: new Uint8Array() })).toBe('MALFORMED');
  expect(edited(1, { ciphertext: new Uint8Array(MAX_PACKET_BYTES + 1) })).toBe('MALFORMED');
  expect(edited(DEALER, { ciphertext: new Uint8Array(10) })).toBe('MALFORMED');
});

test('B1 packets other than those that are signed are refused by the coordinator', () => {
  const other = replaced(send.packets, 1, { ...at(send.packets, 1), leaves: [zeros, zeros] });
  const request = { sender: dealer.identity, signed: send.r1, packets: other };
  expect(codeOf(() => acceptShareKeys(r1.frozen, request, coordinatorDeps))).toBe('DIGEST_MISMATCH');
});

test('B1 an upload other than the one that is signed is refused by the coordinator', () => {
  const r2 = upToR2();
  const { header, upload } = at(r2.members, 0).send;
  const check = (signed = header, bytes = upload.bytes) =>
    codeOf(() => checkUpload(r2.frozen, signed, bytes, coordinatorDeps));
  expect(check()).toBe(null);
  expect(
    check(
      header,
      upload.bytes.map((byte, index) => (index === 0 ? byte ^ 1 : byte)),
    ),
  ).toBe('DIGEST_MISMATCH');
  expect(check(altered(maskedInputCodec, header, at(parties, 0), { digests: [zeros] }))).toBe(
    'DIGEST_MISMATCH',
  );
});

test('B1 an r4 whose shares are not those it signs, or of a kind that the sets do not allow, is refused', () => {
  const r4 = upToR4(upToR2(), [0, 1, 2, 3, 4, 5]);
  const { send: own } = at(r4.members, 0);
  const accept = (signed = own.r4, shares = own.shares) =>
    codeOf(() => acceptUnmask(r4.frozen, { sender: identity(0), signed, shares }, coordinatorDeps));
  expect([...unmaskCodec.decode(own.r4.payload).kinds]).toEqual([1, 1, 1, 1, 1, 1, 2]);
  expect(accept()).toBe(null);
  expect(accept(own.r4, replaced(own.shares, 1, zeros))).toBe('DIGEST_MISMATCH');
  const kinds = (...bytes: number[]) =>
    accept(altered(unmaskCodec, own.r4, at(parties, 0), { kinds: Uint8Array.from(bytes) }));
  expect(kinds(1, 2, 1, 1, 1, 1, 2)).toBe('MALFORMED');
  expect(kinds(1, 1, 1, 1, 1, 1, 1)).toBe('MALFORMED');
  expect(kinds(1, 0, 1, 1, 1, 1, 2)).toBe('MALFORMED');
});
