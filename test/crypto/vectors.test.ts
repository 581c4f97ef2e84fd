/** The published vector files say what the code does, on both backends, and can be used the way a reader would. */
import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { createReferenceEngine } from '../../crypto/mask-engine/reference.js';
import { makeVectors } from './generate-vectors.js';
import { implementations, onNode as c } from './implementations.js';

function read<Case>(name: string): { readonly description: string; readonly cases: readonly Case[] } {
  return JSON.parse(readFileSync(new URL(`../vectors/${name}`, import.meta.url), 'utf8')) as never;
}

describe.each(implementations)('the files are up to date (%s)', (_name, implementation) => {
  test.each(Object.entries(makeVectors(implementation)))('%s', (name, expected) => {
    expect(read(name)).toEqual(expected);
    expect(expected.description.length).toBeGreaterThan(40);
  });
});

test('shares.json: the last shares give the secret', () => {
  const { cases } = read<{ threshold: number; points: number[]; secret: string; shares: string[] }>(
    'shares.json',
  );
  for (const { threshold, points, secret, shares } of cases) {
    const held = points.map((point, i) => ({ point, share: c.fromHex(shares[i] as string) }));
    expect(c.toHex(c.reconstructSecret({ shares: held.slice(-threshold), threshold }))).toBe(secret);
  }
});

test('masks.json: an engine gives the masked vectors', async () => {
  const { cases } = read<{
    kind: string;
    bits: number;
    base: number[];
    streams: { key: string; nonce: string; sign: 1 | -1 }[];
    packed: string;
  }>('masks.json');
  const masked = cases.filter(({ kind }) => kind === 'masked vector');
  expect(masked.length).toBeGreaterThan(3);
  for (const { bits, base, streams, packed } of masked) {
    const keys = streams.map(({ key, nonce, sign }) => ({
      key: c.fromHex(key),
      nonce: c.fromHex(nonce),
      sign,
    }));
    const vector = { name: 'v', bits, length: base.length, base: Uint32Array.from(base), streams: keys };
    const result = await createReferenceEngine().run({ kind: 'mask', output: 'packed', vectors: [vector] });
    expect(result).toEqual({ kind: 'packed', vectors: [{ name: 'v', bytes: c.fromHex(packed) }] });
  }
});
