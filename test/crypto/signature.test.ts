/** Ed25519: RFC 8032, and the strictness on which both backends must agree. */
import { describe, expect, test } from '@jest/globals';
import { ed25519 } from '@noble/curves/ed25519.js';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { backend as node } from '../../crypto/backend/node.js';
import { backend as portable } from '../../crypto/backend/portable.js';
import { concatBytes, fromHex, toHex, utf8 } from '../../crypto/bytes.js';
import { implementations } from './implementations.js';

const { Point } = ed25519;
const ORDER = Point.Fn.ORDER;
const PRIME = 2n ** 255n - 19n;

const littleEndian = (value: bigint): Uint8Array =>
  Uint8Array.from({ length: 32 }, (_, i) => Number((value >> BigInt(8 * i)) & 255n));
const toNumber = (bytes: Uint8Array): bigint => BigInt(`0x${toHex(bytes.slice().reverse())}`);
const challenge = (r: Uint8Array, a: Uint8Array, message: Uint8Array): bigint =>
  toNumber(new Uint8Array(createHash('sha512').update(r).update(a).update(message).digest())) % ORDER;

/** The eight points of small order: multiples of one of order 8. */
const torsion = (() => {
  const generator = Point.fromHex('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05');
  const points = [Point.ZERO];
  for (let i = 1; i < 8; i += 1) points.push((points[i - 1] as typeof Point.ZERO).add(generator));
  return points;
})();

/** RFC 8032 §7.1: seed, public key, message, signature. */
const published = [
  [
    '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
    'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    '',
    'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  ],
  [
    '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
    '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    '72',
    '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  ],
  [
    'c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7',
    'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
    'af82',
    '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
  ],
  [
    '833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42',
    'ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf',
    'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f',
    'dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704',
  ],
] as const;

describe.each(implementations)('signatures (%s)', (_name, c) => {
  test.each(published)('RFC 8032, seed %s', (seed, publicKey, message, signature) => {
    expect(toHex(c.identityFromSeed(fromHex(seed)).publicKey)).toBe(publicKey);
    expect(toHex(c.signMessage(fromHex(seed), fromHex(message)))).toBe(signature);
    expect(c.verifySignature(fromHex(publicKey), fromHex(message), fromHex(signature))).toBe(true);
    expect(c.isAcceptableIdentity(fromHex(publicKey))).toBe(true);
  });

  const { seed, publicKey } = c.identityFromSeed(new Uint8Array(32).fill(5));
  const message = utf8('message');
  const signature = c.signMessage(seed, message);

  test('any changed bit of key, message or signature is refused', () => {
    const flip = (bytes: Uint8Array, bit: number) =>
      bytes.map((b, i) => (i === bit >> 3 ? b ^ (1 << (bit & 7)) : b));
    expect(c.verifySignature(publicKey, message, signature)).toBe(true);
    for (let bit = 0; bit < 512; bit += 5) {
      expect(c.verifySignature(publicKey, message, flip(signature, bit))).toBe(false);
    }
    for (let bit = 0; bit < 256; bit += 5) {
      expect(c.verifySignature(flip(publicKey, bit), message, signature)).toBe(false);
    }
    for (let bit = 0; bit < message.length * 8; bit += 1) {
      expect(c.verifySignature(publicKey, flip(message, bit), signature)).toBe(false);
    }
  });

  test('S must be below the group order', () => {
    const s = toNumber(signature.subarray(32));
    for (let k = 1n; s + k * ORDER < 2n ** 256n; k += 1n) {
      const malleable = concatBytes(signature.subarray(0, 32), littleEndian(s + k * ORDER));
      expect(c.verifySignature(publicKey, message, malleable)).toBe(false);
      for (const backend of [node, portable])
        expect(backend.ed25519Verify(publicKey, message, malleable)).toBe(false);
    }
  });

  test('keys of small order are refused in every encoding, even with a signature that fits the equation', () => {
    for (const point of torsion) {
      const y = toNumber(point.toBytes()) & (2n ** 255n - 1n);
      for (const sign of [0n, 2n ** 255n]) {
        for (const alias of [y, y + PRIME].filter((value) => value < 2n ** 255n)) {
          const key = littleEndian(alias + sign);
          expect(c.isAcceptableIdentity(key)).toBe(false);
          // S = 0, R = −[k]A: valid by the equation, for the right message
          for (const r of torsion) {
            const forged = concatBytes(r.toBytes(), new Uint8Array(32));
            expect(c.verifySignature(key, message, forged)).toBe(false);
          }
        }
      }
    }
  });

  test('encodings of A and R that are not canonical are refused', () => {
    for (let offset = 0n; offset < 19n; offset += 1n) {
      for (const sign of [0n, 2n ** 255n]) {
        const encoded = littleEndian(PRIME + offset + sign);
        expect(c.isAcceptableIdentity(encoded)).toBe(false);
        expect(c.verifySignature(encoded, message, signature)).toBe(false);
        expect(c.verifySignature(publicKey, message, concatBytes(encoded, signature.subarray(32)))).toBe(
          false,
        );
      }
    }
    // x = 0 with the sign bit set: R is the identity for real, so only its encoding is at fault
    const a = 12345n;
    const key = Point.BASE.multiply(a).toBytes();
    for (const r of [littleEndian(1n), littleEndian(1n + 2n ** 255n), littleEndian(PRIME + 1n)]) {
      const s = littleEndian((challenge(r, key, message) * a) % ORDER);
      const expected = toHex(r) === toHex(littleEndian(1n));
      expect(c.verifySignature(key, message, concatBytes(r, s))).toBe(expected);
    }
  });

  test('keys that are not on the curve never verify', () => {
    let offCurve = 0;
    for (let y = 2n; y < 40n; y += 1n) {
      const key = littleEndian(y);
      try {
        Point.fromBytes(key);
      } catch {
        offCurve += 1;
        expect(c.verifySignature(key, message, signature)).toBe(false);
      }
    }
    expect(offCurve).toBeGreaterThan(5);
  });

  test('with a torsion part in the key: the equation without the cofactor decides, in both backends', () => {
    const verdicts = new Set<boolean>();
    for (let i = 0; i < 40; i += 1) {
      const a = 1000n + BigInt(i);
      const part = torsion[1 + (i % 7)] as typeof Point.ZERO;
      const key = Point.BASE.multiply(a).add(part).toBytes();
      const nonce = 77n + BigInt(i);
      const r = Point.BASE.multiply(nonce).toBytes();
      const k = challenge(r, key, message);
      const forged = concatBytes(r, littleEndian((nonce + k * a) % ORDER));
      const expected = part.multiplyUnsafe(k).equals(Point.ZERO);
      expect(node.ed25519Verify(key, message, forged)).toBe(expected);
      expect(portable.ed25519Verify(key, message, forged)).toBe(expected);
      expect(c.verifySignature(key, message, forged)).toBe(expected);
      verdicts.add(expected);
    }
    expect(verdicts.size).toBe(2);
  });

  test('bytes of any other length or type: false, not an exception', () => {
    for (const bad of [new Uint8Array(0), new Uint8Array(63), new Uint8Array(65), null, 'x']) {
      expect(c.verifySignature(publicKey, message, bad as never)).toBe(false);
      expect(c.verifySignature(bad as never, message, signature)).toBe(false);
      expect(c.isAcceptableIdentity(bad as never)).toBe(false);
    }
    expect(() => c.signMessage(new Uint8Array(31), message)).toThrow(/^seed: /);
    expect(() => c.identityFromSeed('x' as never)).toThrow(/^seed: /);
    expect(() => c.signMessage(seed, 'x' as never)).toThrow(/^message: /);
  });

  test('an identity does not share memory with the seed it came from', () => {
    const input = new Uint8Array(32).fill(1);
    const identity = c.identityFromSeed(input);
    input.fill(2);
    expect(identity.seed).toEqual(new Uint8Array(32).fill(1));
  });
});

test('both backends give one verdict on random bytes with small changes', () => {
  const [[, a], [, b]] = implementations as [(typeof implementations)[0], (typeof implementations)[0]];
  const bytes = fc.uint8Array({ minLength: 32, maxLength: 32 });
  fc.assert(
    fc.property(
      bytes,
      fc.uint8Array({ maxLength: 40 }),
      fc.nat(95),
      fc.integer({ min: 0, max: 255 }),
      (seed, message, at, mask) => {
        const key = a.identityFromSeed(seed).publicKey;
        const both = concatBytes(key, a.signMessage(seed, message));
        both[at] = (both[at] as number) ^ mask;
        const verdict = a.verifySignature(both.slice(0, 32), message, both.slice(32));
        expect(b.verifySignature(both.slice(0, 32), message, both.slice(32))).toBe(verdict);
        expect(verdict).toBe(mask === 0);
      },
    ),
    { numRuns: 60 },
  );
});
