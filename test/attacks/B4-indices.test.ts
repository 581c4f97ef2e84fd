/**
 * B4, indices: point 0 is the secret itself, a point that occurs twice makes a secret out of one share too few, and what
 * is out of range or of another length belongs to nobody.
 */
import { expect, test } from '@jest/globals';
import { concatBytes } from '../../crypto/bytes.js';
import { sha256 } from '../../crypto/hash.js';
import { systemRandom } from '../../crypto/random.js';
import { reconstructSecret, splitSecret } from '../../crypto/secret-sharing.js';
import { unmask } from '../../src/protocol/client/r4-unmask.js';
import { acceptShareKeys } from '../../src/protocol/coordinator/r1-share-keys.js';
import { acceptHeader } from '../../src/protocol/coordinator/r2-masked-input.js';
import { acceptUnmask } from '../../src/protocol/coordinator/r4-unmask.js';
import { answerCodec, maskedInputCodec, shareKeysCodec, unmaskCodec } from '../../src/protocol/messages.js';
import { fromBitmap, toBitmap } from '../../src/protocol/sets.js';
import { fitLeaves, shareLeaves, type SharePacket } from '../../src/protocol/shares.js';
import { maskingComplete } from '../../src/protocol/suites/masking-complete/index.js';
import { maskingRing } from '../../src/protocol/suites/masking-ring/index.js';
import { sharePoint } from '../../src/protocol/suites/masking/sharing.js';
import { all, expectCode, makeWorld, openSession, upTo } from '../coordinator/world.js';
import {
  altered,
  at,
  type AtR3,
  closeR2,
  codeOf,
  coordinatorDeps,
  must,
  packetOf,
  participants,
  replaced,
  resigned,
  taskOf,
  vectorOf,
  zeros,
} from '../helpers/protocol.js';
import { ALL, answerBy, identity, parties, upToR1, upToR2, upToR4 } from './helpers/dealer.js';

const secret = new Uint8Array(32).fill(9);
const split = (points: readonly number[], of = secret) =>
  splitSecret({ secret: of, threshold: 3, points, random: systemRandom });
const points = [1, 2, 3, 4];
const dealt = split(points);
const shares = points.map((point, index) => ({ point, share: at(dealt, index) }));
const reconstruct = (given: readonly { point: number; share: Uint8Array }[]) =>
  reconstructSecret({ shares: given, threshold: 3 });

test('B4 nobody is dealt the point 0, where the secret is', () => {
  expect(() => split([0, 1, 2, 3])).toThrow(RangeError);
  expect(() => reconstruct([{ point: 0, share: secret }, ...shares])).toThrow(RangeError);
  expect(ALL.map(sharePoint)).toEqual([1, 2, 3, 4, 5, 6, 7]);
});

test('B4 nor a point beyond the field, or between its elements', () => {
  for (const point of [-1, 65536, 2 ** 32 + 1, 1.5, Number.NaN]) {
    expect(() => split([...points, point])).toThrow(/points/);
    expect(() => reconstruct([...shares, { point, share: zeros }])).toThrow(/shares/);
  }
});

test('B4 on a ring nobody is given a position that has no point', () => {
  const ringTask = (maxParticipants: number) => ({
    ...taskOf(participants(3), { suite: maskingRing.id, vectors: [vectorOf({ bits: 32 })] }),
    ...{ pinned: null, maxParticipants, minSurvivors: maxParticipants - 10 },
  });
  const check = (size: number) => codeOf(() => maskingRing.checkTask(ringTask(size)));
  expect([65_535, 65_536].map(check)).toEqual([null, 'BAD_TASK']);
});

test('B4 nor one point twice', () => {
  expect(() => split([1, 2, 3, 3])).toThrow('occurs twice');
  expect(() => reconstruct([...shares.slice(0, 2), at(shares, 1)])).toThrow('occurs twice');
});

test('B4 secrets and shares of another length are refused', () => {
  for (const length of [0, 31, 33]) {
    expect(() => split(points, new Uint8Array(length))).toThrow(RangeError);
    const odd = replaced(shares, 3, { point: 4, share: new Uint8Array(length) });
    expect(() => reconstruct(odd)).toThrow(RangeError);
  }
  expect(reconstruct(shares)).toEqual(secret);
});

// -------------------------------------------------------------------------------------------------- in the messages

test('B4 a set that names a position outside the roster, or has another length, is refused', () => {
  expect(fromBitmap(toBitmap([0, 4], 5), 5)).toEqual([0, 4]);
  expect(codeOf(() => fromBitmap(Uint8Array.of(0b100001), 5))).toBe('BAD_SET');
  expect(codeOf(() => fromBitmap(Uint8Array.of(1, 0), 5))).toBe('BAD_SET');
  expect(codeOf(() => fromBitmap(new Uint8Array(), 5))).toBe('BAD_SET');
});

const r1 = upToR1();
const { send } = at(r1.members, 0);
const packetsOf = (packets: readonly SharePacket[]) => {
  const request = { sender: identity(0), signed: resigned(send, at(parties, 0), packets).r1, packets };
  return codeOf(() => acceptShareKeys(r1.frozen, request, coordinatorDeps));
};

test('B4 packets are one per position, in order', () => {
  const { packets } = send;
  expect(packetsOf(packets)).toBe(null);
  expect(packetsOf(packets.slice(0, 6))).toBe('MALFORMED');
  expect(packetsOf([...packets, { position: 7, ciphertext: new Uint8Array(), leaves: [zeros, zeros] }])).toBe(
    'MALFORMED',
  );
  expect(packetsOf(replaced(packets, 2, { ...at(packets, 2), position: 1 }))).toBe('MALFORMED');
  expect(packetsOf(replaced(packets, 2, { ...at(packets, 2), position: -1 }))).toBe('MALFORMED');
});

test('B4 nobody speaks for another position', () => {
  const signed = altered(shareKeysCodec, send.r1, at(parties, 0), { sender: identity(1) });
  const request = { sender: identity(0), signed, packets: send.packets };
  expect(codeOf(() => acceptShareKeys(r1.frozen, request, coordinatorDeps))).toBe('BAD_SIGNATURE');
});

const r2 = upToR2();

test('B4 one complaint per dealer', () => {
  const ciphertext = sha256(packetOf(at(r2.dealers, 2), 0).ciphertext);
  const complaint = { dealer: identity(2), ciphertext };
  const accept = (...complaints: (typeof complaint)[]) => {
    const signed = altered(maskedInputCodec, at(r2.members, 0).send.header, at(parties, 0), { complaints });
    return codeOf(() =>
      acceptHeader(r2.frozen, { sender: identity(0), signed }, r2.dealers, coordinatorDeps),
    );
  };
  expect(accept(complaint)).toBe(null);
  expect(accept(complaint, complaint)).toBe('MALFORMED');
});

const r4 = upToR4(r2);
const own = at(r4.members, 0).send;
const reveal = (kinds: readonly number[], given: readonly Uint8Array[]) => {
  const changes = { kinds: Uint8Array.from(kinds), shares: sha256(concatBytes(...given)) };
  const signed = altered(unmaskCodec, own.r4, at(parties, 0), changes);
  return codeOf(() =>
    acceptUnmask(r4.frozen, { sender: identity(0), signed, shares: given }, coordinatorDeps),
  );
};

test('B4 r4 has one answer per neighbour and one share per answer', () => {
  const ones = [1, 1, 1, 1, 1, 1, 1];
  expect(reveal(ones, own.shares)).toBe(null);
  expect(reveal(ones.slice(1), own.shares.slice(1))).toBe('MALFORMED');
  expect(reveal([...ones, 3], own.shares)).toBe('MALFORMED');
  expect(reveal(ones, own.shares.slice(1))).toBe('MALFORMED');
  expect(reveal(ones, [...own.shares, zeros])).toBe('MALFORMED');
  expect(reveal(ones, replaced(own.shares, 1, new Uint8Array(31)))).toBe('MALFORMED');
  expect(reveal(ones, replaced(own.shares, 1, new Uint8Array(33)))).toBe('MALFORMED');
});

test('B4 shares are as many as there are kinds, and of one length', () => {
  const { session } = r1.frozen;
  const kinds = ['maskKey', 'selfMask'];
  const leaves = shareLeaves(session, 1, 2, kinds, [zeros, secret]);
  const fits = (...given: Uint8Array[]) => fitLeaves(session, 1, 2, kinds, given, leaves);
  expect(fits(zeros, secret)).toBe(true);
  expect(fits(zeros, secret, secret)).toBe(false);
  // Zeros stand for a share that was not dealt: leaving one out must not pass for that.
  const partial = shareLeaves(session, 1, 2, kinds, [zeros, null]);
  expect(fitLeaves(session, 1, 2, kinds, [zeros], partial)).toBe(false);
  const dealing = { commitment: zeros, shareRoot: zeros, leaves: [] };
  const accepts = (...given: Uint8Array[]) => maskingComplete.acceptsShares(session, 1, 2, dealing, given);
  expect(accepts(zeros, secret)).toBe(true);
  expect(accepts(zeros)).toBe(false);
  expect(accepts(zeros, secret, secret)).toBe(false);
  expect(accepts(zeros, secret.slice(1))).toBe(false);
});

test('B4 shares of another length are not used, though their dealer signed leaves for them', () => {
  const short = [new Uint8Array(31), new Uint8Array(31)];
  const r3 = closeR2(r2, ALL) as AtR3;
  const holder = at(r3.members, 5);
  const leaves = shareLeaves(r2.frozen.session, 3, 5, ['maskKey', 'selfMask'], short);
  const dealings = new Map(holder.state.dealings).set(3, { commitment: zeros, shareRoot: zeros, leaves });
  const held = { ...holder.state.held, shares: new Map(holder.state.held.shares).set(3, null) };
  const signatures = r3.members.map(({ send: signed }) => signed);
  const answers = [answerBy(r2, 5, short)];
  const step = must(unmask({ ...holder.state, held, dealings }, { signatures, answers }, holder.deps));
  expect(unmaskCodec.decode(step.send.r4.payload).kinds[3]).toBe(3);
});

test('B4 an answer has one share of each kind', async () => {
  const session = await openSession(makeWorld(), { misconduct: { 1: { garbageFor: 3 } } });
  await upTo(session, 'mask');
  await all(session, 'mask');
  const member = session.members[1] as (typeof session.members)[number];
  const own1 = member.inputMasked.dealt.get(3)?.shares as readonly Uint8Array[];
  const answer = (given: readonly Uint8Array[]) => {
    const body = {
      sender: member.party.identity,
      ctx: member.inputMasked.session.ctx,
      holder: (session.members[3] as typeof member).party.identity,
      shares: sha256(concatBytes(...given)),
    };
    const signed = altered(answerCodec, answerBy(r2, 5).answer, member.party, body);
    return member.api.answerComplaint(session.id, signed, given);
  };
  await expectCode(answer([]), 'MALFORMED');
  await expectCode(answer(own1.slice(1)), 'MALFORMED');
  await expectCode(answer([...own1, zeros]), 'MALFORMED');
  await expectCode(answer([at(own1, 0), new Uint8Array(8193)]), 'MALFORMED');
  await answer(own1);
});
