import { describe, expect, test } from '@jest/globals';
import { implementations } from './implementations.js';

const fill = (byte: number, length = 32) => new Uint8Array(length).fill(byte);

describe.each(implementations)('mask keys (%s)', (_name, c) => {
  const low = { identity: fill(1), publicKey: fill(9) };
  const high = { identity: fill(2), publicKey: fill(8) };
  const pair = { agreed: fill(3), ctx: fill(4), vector: 'weights', low, high };
  const own = { seed: fill(3), ctx: fill(4), vector: 'weights', identity: fill(1) };
  const hex = ({ key, nonce }: { key: Uint8Array; nonce: Uint8Array }) => c.toHex(c.concatBytes(key, nonce));

  test('are the documented HKDF, 16 bytes of key and 12 of nonce', () => {
    const pairInfo = [
      c.LABEL.pairwiseMask,
      'weights',
      low.identity,
      high.identity,
      low.publicKey,
      high.publicKey,
    ];
    const ownInfo = [c.LABEL.selfMask, 'weights', own.identity];
    const derive = (info: readonly (string | Uint8Array)[]) =>
      c.toHex(c.hkdfSha256({ ikm: fill(3), salt: fill(4), info: c.encodeCanonical(info), length: 28 }));
    expect(hex(c.derivePairwiseMaskKey(pair))).toBe(derive(pairInfo));
    expect(hex(c.deriveSelfMaskKey(own))).toBe(derive(ownInfo));
    expect(c.deriveSelfMaskKey(own).key.length).toBe(16);
    expect(c.deriveSelfMaskKey(own).nonce.length).toBe(12);
  });

  test('depend on everything that goes in', () => {
    const streams = [
      c.derivePairwiseMaskKey(pair),
      c.derivePairwiseMaskKey({ ...pair, agreed: fill(5) }),
      c.derivePairwiseMaskKey({ ...pair, ctx: fill(5) }),
      c.derivePairwiseMaskKey({ ...pair, vector: 'weight' }),
      c.derivePairwiseMaskKey({ ...pair, low: { ...low, identity: fill(0) } }),
      c.derivePairwiseMaskKey({ ...pair, low: { ...low, publicKey: fill(0) } }),
      c.derivePairwiseMaskKey({ ...pair, high: { ...high, identity: fill(5) } }),
      c.derivePairwiseMaskKey({ ...pair, high: { ...high, publicKey: fill(0) } }),
      c.deriveSelfMaskKey(own),
      c.deriveSelfMaskKey({ ...own, seed: fill(5) }),
      c.deriveSelfMaskKey({ ...own, ctx: fill(5) }),
      c.deriveSelfMaskKey({ ...own, vector: 'x' }),
      c.deriveSelfMaskKey({ ...own, identity: fill(5) }),
    ].map(hex);
    expect(new Set(streams).size).toBe(streams.length);
  });

  test('refused: roles the wrong way round, no name, wrong lengths', () => {
    expect(() => c.derivePairwiseMaskKey({ ...pair, low: high, high: low })).toThrow(/^low: /);
    expect(() => c.derivePairwiseMaskKey({ ...pair, high: low })).toThrow(/^low: /);
    expect(() => c.derivePairwiseMaskKey({ ...pair, vector: '' })).toThrow(/^vector: /);
    expect(() => c.derivePairwiseMaskKey({ ...pair, agreed: fill(1, 31) })).toThrow(/^agreed: /);
    expect(() => c.derivePairwiseMaskKey({ ...pair, high: { ...high, publicKey: fill(1, 31) } })).toThrow(
      /^high.publicKey: /,
    );
    expect(() => c.deriveSelfMaskKey({ ...own, seed: fill(1, 16) })).toThrow(/^seed: /);
    expect(() => c.deriveSelfMaskKey({ ...own, ctx: fill(1, 16) })).toThrow(/^ctx: /);
  });
});
