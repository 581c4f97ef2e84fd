/**
 * B3, shares that were altered on their way back. Shamir's shares can be shifted, so that another secret comes out: each
 * is held against the leaf of its dealer, spare ones against the polynomial, the secret against its commitment.
 */
import { expect, test } from '@jest/globals';
import { reconstructSecret, ShareMismatchError, splitSecret } from '../../crypto/secret-sharing.js';
import { systemRandom } from '../../crypto/random.js';
import { shareKeys } from '../../src/protocol/client/r1-share-keys.js';
import { fitLeaves, shareLeaves } from '../../src/protocol/shares.js';
import {
  type Aborted,
  at,
  type Closed,
  closeR4,
  expectedSums,
  must,
  openRecords,
  replaced,
  resigned,
  zeros,
  playToUploads,
} from '../helpers/protocol.js';
import { ALL, dealer, DEALER, revealing, upToR1, upToR2, upToR4 } from './helpers/dealer.js';

const r2 = upToR2();
const r4 = upToR4(r2);
const sums = expectedSums(r2.setup, ALL);
const HELPER = 2;
/** Adding a constant to shares adds a constant to the secret: in GF(2^16) by exclusive or. */
const shifted = (share: Uint8Array): Uint8Array =>
  share.map((byte, index) => (index === 0 ? byte ^ 1 : byte));

test('B3 a helper that alters one share is named and ignored; the sum is exact', () => {
  for (const entry of [0, HELPER, 6]) {
    const records = revealing(r4, HELPER, (shares) => replaced(shares, entry, shifted(at(shares, entry))));
    const end = openRecords(r4, records) as Closed;
    expect(end).toMatchObject({ round: 'closed', badHelpers: [HELPER], sums });
  }
});

test('B3 a helper that shifts all its shares by a constant is named and ignored, too', () => {
  const end = openRecords(
    r4,
    revealing(r4, HELPER, (shares) => shares.map(shifted)),
  ) as Closed;
  expect(end).toMatchObject({ round: 'closed', badHelpers: [HELPER], sums });
});

test('B3 colluders that shift the shares of one dealer together do not change its secret, nor get it blamed', () => {
  const first = revealing(r4, 5, (shares) => replaced(shares, DEALER, shifted(at(shares, DEALER))));
  const second = revealing(r4, 6, (shares) => replaced(shares, DEALER, shifted(at(shares, DEALER))));
  const end = openRecords(r4, [...first.slice(0, 6), at(second, 6)]) as Closed;
  expect(end).toMatchObject({ round: 'closed', badHelpers: [5, 6], sums });
});

test('B3 with too few good answers there is no sum, and no dealer is blamed for it', () => {
  const only = upToR4(r2, [0, 1, 2, 3, 4]);
  const end = openRecords(
    only,
    revealing(only, HELPER, (shares) => replaced(shares, 0, zeros)),
  ) as Aborted;
  expect(end.abort).toMatchObject({ code: 'TOO_FEW_SHARES', blamed: [] });
});

/** Two dealings of the same keys: the holder at position 0 gets its packet from the one, the rest from the other. */
const mixed = upToR2({
  task: { maxColluders: 2 },
  r1: (message, position, round) => {
    if (position !== DEALER) return message;
    const { state, deps } = at(round.setup.members, DEALER);
    const other = must(shareKeys(state, round.message, deps)).send;
    return resigned(message, dealer, replaced(message.packets, 0, at(other.packets, 0)));
  },
});
const culprit = { code: 'BAD_DEALER', round: 'r4', blamed: [dealer.identity] };

test('B3 shares off the polynomial: spare answers show it, and the dealer is named, as all fit its leaves', () => {
  const end = closeR4(upToR4(mixed), ALL) as Aborted;
  expect(end.abort).toMatchObject(culprit);
});

test('B3 without spare answers the commitment shows it', () => {
  const end = closeR4(upToR4(mixed), [0, 1, 2, 3, 4]) as Aborted;
  expect(end.abort).toMatchObject(culprit);
  // Helpers without the odd share find nothing wrong, and nothing is.
  const good = closeR4(upToR4(mixed), [1, 2, 3, 4, 5, 6]) as Closed;
  expect(good.sums).toEqual(expectedSums(mixed.setup, ALL));
});

test('B3 a mask key that does not come out names its dealer, whose shares all fitted', () => {
  const { setup } = upToR1();
  const member = at(setup.members, DEALER);
  const members = replaced(setup.members, DEALER, { ...member, state: { ...member.state, maskSeed: zeros } });
  const u3 = ALL.filter((position) => position !== DEALER);
  const masked = playToUploads({ ...setup, members });
  const end = closeR4(upToR4(masked, u3), u3) as Aborted;
  expect(end.abort).toMatchObject(culprit);
});

test('B3 reconstruction refuses a spare share that is off the polynomial, wherever it is', () => {
  const points = [1, 2, 3, 4, 5];
  const secret = systemRandom(32);
  const dealt = splitSecret({ secret, threshold: 3, points, random: systemRandom });
  const given = points.map((point, index) => ({ point, share: at(dealt, index) }));
  expect(reconstructSecret({ shares: given, threshold: 3 })).toEqual(secret);
  points.forEach((point, index) => {
    const shares = replaced(given, index, { point, share: shifted(at(dealt, index)) });
    expect(() => reconstructSecret({ shares, threshold: 3 })).toThrow(ShareMismatchError);
  });
});

test('B3 a leaf is of one dealer, one holder, one kind and one share', () => {
  const { session } = r2.frozen;
  const kinds = ['maskKey', 'selfMask'];
  const [a, b] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
  const leaves = shareLeaves(session, 1, 2, kinds, [a, b]);
  const fits = (dealt: number, holder: number, ...shares: Uint8Array[]) =>
    fitLeaves(session, dealt, holder, kinds, shares, leaves);
  expect(fits(1, 2, a, b)).toBe(true);
  for (const other of [fits(2, 1, a, b), fits(1, 3, a, b), fits(1, 2, b, a), fits(1, 2, a, shifted(b))])
    expect(other).toBe(false);
});
