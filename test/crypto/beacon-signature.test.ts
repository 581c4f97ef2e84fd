/** A beacon's values: a published round of drand's `quicknet`, rounds of a key of our own, and what is none of them. */
import { bls12_381 } from '@noble/curves/bls12-381.js';
import { expect, test } from '@jest/globals';
import { beaconRandomness, isBeaconKey, verifyBeaconSignature } from '../../crypto/beacon-signature.js';
import { fromHex, toHex } from '../../crypto/bytes.js';
import { sha256 } from '../../crypto/hash.js';
import { QUICKNET } from '../protocol/vectors/ring.js';

const published = {
  publicKey: fromHex(QUICKNET.publicKey),
  round: QUICKNET.round,
  signature: fromHex(QUICKNET.signature),
};
const flipped = (bytes: Uint8Array, at: number): Uint8Array =>
  bytes.map((byte, index) => (index === at ? byte ^ 1 : byte));

test('a round as drand published it', () => {
  expect(verifyBeaconSignature(published)).toBe(true);
  expect(toHex(beaconRandomness(published.signature))).toBe(
    'fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd',
  );
});

test('a key is a point of the curve and of its subgroup, and not the neutral one', () => {
  const { publicKey } = published;
  expect(isBeaconKey(publicKey)).toBe(true);
  expect(isBeaconKey(flipped(publicKey, 95))).toBe(false);
  expect(isBeaconKey(publicKey.subarray(1))).toBe(false);
  const neutral = new Uint8Array(96);
  neutral[0] = 0xc0;
  expect(isBeaconKey(neutral)).toBe(false);
  // Half of such abscissas are of points of the curve, none of them of the subgroup.
  for (let x = 1; x <= 8; x += 1) {
    const small = new Uint8Array(96);
    [small[0], small[95]] = [0x80, x];
    expect(isBeaconKey(small)).toBe(false);
  }
});

test.each<[string, Partial<typeof published>]>([
  ['of another round', { round: 1001 }],
  ['changed', { signature: flipped(published.signature, 40) }],
  ['no point of the curve', { signature: new Uint8Array(48).fill(0xff) }],
  ['too short', { signature: published.signature.subarray(0, 47) }],
])('a signature that is %s', (_, change) => {
  expect(verifyBeaconSignature({ ...published, ...change })).toBe(false);
});

test('rounds beyond 2^32 are signed as eight bytes', () => {
  const { secretKey, publicKey } = bls12_381.shortSignatures.keygen();
  const round = 2 ** 40 + 3;
  const message = new Uint8Array([0, 0, 1, 0, 0, 0, 0, 3]);
  const point = bls12_381.shortSignatures.hash(
    sha256(message),
    'BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_',
  );
  const signature = bls12_381.shortSignatures.sign(point, secretKey).toBytes(true);
  expect(verifyBeaconSignature({ publicKey: publicKey.toBytes(true), round, signature })).toBe(true);
  expect(
    verifyBeaconSignature({ publicKey: publicKey.toBytes(true), round: round - 2 ** 32, signature }),
  ).toBe(false);
});

test('a key of another length, or no round', () => {
  expect(() => verifyBeaconSignature({ ...published, publicKey: published.publicKey.subarray(1) })).toThrow(
    'publicKey',
  );
  expect(() => verifyBeaconSignature({ ...published, round: 0 })).toThrow('round');
});
