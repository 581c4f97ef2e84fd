/** X25519: RFC 7748, and the keys that must never be agreed with. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { backend as node } from '../../crypto/backend/node.js';
import { backend as portable } from '../../crypto/backend/portable.js';
import { fromHex, toHex } from '../../crypto/bytes.js';
import { agree, agreement, type ImportedKeys, maskKeyPair } from '../../crypto/key-agreement.js';
import { implementations } from './implementations.js';

const PRIME = 2n ** 255n - 19n;

function littleEndian(value: bigint): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, i) => Number((value >> BigInt(8 * i)) & 255n));
}

describe.each([
  ['node', node],
  ['portable', portable],
] as const)('RFC 7748 (%s)', (_name, backend) => {
  test.each([
    [
      'a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4',
      'e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c',
      'c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552',
    ],
    [
      '4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d',
      'e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493',
      '95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957',
    ],
  ])('scalar %s', (scalar, u, expected) => {
    expect(toHex(backend.x25519(fromHex(scalar))(fromHex(u)) ?? new Uint8Array())).toBe(expected);
  });

  test('iterated once and 1000 times', () => {
    let k = littleEndian(9n);
    let u = littleEndian(9n);
    for (let i = 1; i <= 1000; i += 1) {
      const next = backend.x25519(k)(u) as Uint8Array;
      [k, u] = [next, k];
      if (i === 1) expect(toHex(k)).toBe('422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079');
    }
    expect(toHex(k)).toBe('684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51');
  });
});

describe.each(implementations)('key agreement (%s)', (_name, c) => {
  test('Diffie-Hellman, RFC 7748 §6.1', () => {
    const alice = fromHex('77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a');
    const bob = fromHex('5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb');
    const alicePublic = fromHex('8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a');
    const bobPublic = fromHex('de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f');
    const secret = '4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742';
    expect(toHex(c.agree(alice, bobPublic))).toBe(secret);
    expect(toHex(c.agree(bob, alicePublic))).toBe(secret);
  });

  test('both ends agree; the two kinds of key from one seed differ', () => {
    const bytes = fc.uint8Array({ minLength: 32, maxLength: 32 });
    fc.assert(
      fc.property(bytes, bytes, (seed, otherSeed) => {
        const [mine, theirs] = [c.maskKeyPair(seed), c.maskKeyPair(otherSeed)];
        expect(c.agree(mine.privateKey, theirs.publicKey)).toEqual(
          c.agree(theirs.privateKey, mine.publicKey),
        );
        expect(c.isAcceptablePublicKey(mine.publicKey)).toBe(true);
        expect(c.shareKeyPair(seed).publicKey).not.toEqual(mine.publicKey);
        expect(c.shareKeyPair(seed).privateKey).not.toEqual(mine.privateKey);
      }),
      { numRuns: 20 },
    );
  });

  const [eighthA, eighthB] = [
    '325606250916557431795983626356110631294008115727848805560023387167927233504',
    '39382357235489614581723060781553021112529911719440698176882885853963445705823',
  ].map(BigInt) as [bigint, bigint];
  const lowOrder = [0n, 1n, PRIME - 1n, eighthA, eighthB];
  // the same points by other names: plus p, with bit 255 set
  const aliases = [
    PRIME,
    PRIME + 1n,
    ...lowOrder.map((u) => u + 2n ** 255n),
    PRIME + 2n ** 255n,
    PRIME + 1n + 2n ** 255n,
  ];

  test.each([...lowOrder, ...aliases])('low order: %s', (u) => {
    const key = littleEndian(u);
    const { privateKey } = c.maskKeyPair(new Uint8Array(32).fill(3));
    expect(c.isAcceptablePublicKey(key)).toBe(false);
    expect(() => c.agree(privateKey, key)).toThrow(c.KeyAgreementError);
    expect(() => c.agreement(privateKey)(key)).toThrow(c.KeyAgreementError);
    // and it really is of low order: either the backend refuses, or the result is zero
    for (const backend of [node, portable]) {
      const agreed = backend.x25519(privateKey)(key);
      expect(agreed === null || agreed.every((byte) => byte === 0)).toBe(true);
    }
  });

  test('every name for a key other than the canonical one is refused', () => {
    for (let offset = 0n; offset < 19n; offset += 1n) {
      expect(c.isAcceptablePublicKey(littleEndian(PRIME + offset))).toBe(false);
      expect(c.isAcceptablePublicKey(littleEndian(9n + offset + 2n ** 255n))).toBe(false);
    }
    expect(c.isAcceptablePublicKey(littleEndian(PRIME - 2n))).toBe(true);
    expect(c.isAcceptablePublicKey(littleEndian(9n))).toBe(true);
    const { privateKey, publicKey } = c.maskKeyPair(new Uint8Array(32).fill(3));
    const alias = publicKey.slice();
    alias[31] = (alias[31] as number) | 0x80;
    expect(() => c.agree(privateKey, alias)).toThrow(c.KeyAgreementError);
  });

  test('wrong lengths and types', () => {
    for (const bad of [new Uint8Array(31), new Uint8Array(33), 'key', null, [...new Uint8Array(32)]]) {
      expect(c.isAcceptablePublicKey(bad as never)).toBe(false);
      expect(() => c.agree(new Uint8Array(32), bad as never)).toThrow(/^publicKey: /);
      expect(() => c.agree(bad as never, littleEndian(9n))).toThrow(/^privateKey: /);
      expect(() => c.maskKeyPair(bad as never)).toThrow(/^seed: /);
    }
  });
});

test('public keys that many meet are imported once, and give the same secrets', () => {
  const imported: ImportedKeys = new Map();
  const peers = [1, 2, 3].map((byte) => maskKeyPair(new Uint8Array(32).fill(byte)).publicKey);
  for (const byte of [4, 5]) {
    const { privateKey } = maskKeyPair(new Uint8Array(32).fill(byte));
    const agreeing = agreement(privateKey, imported);
    for (const peer of peers) expect(agreeing(peer)).toEqual(agree(privateKey, peer));
    expect(imported.size).toBe(3);
  }
});
