/**
 * The published files say what the code does: single steps, and whole sessions as the real rounds of both roles send them,
 * byte for byte. `node scripts/make-vectors.mjs` writes them.
 */
import { describe, expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import * as c from '../../../crypto/index.js';
import { implementations } from '../../crypto/implementations.js';
import { makeProtocolVectors } from './index.js';

const folder = new URL('../../vectors/', import.meta.url);
const read = (name: string): unknown => JSON.parse(readFileSync(new URL(name, folder), 'utf8'));
const made = makeProtocolVectors();

test.each(Object.entries(made))('%s is up to date', (name, content) => {
  expect(JSON.parse(JSON.stringify(content))).toEqual(read(name));
});

test('every file has its part in the README', () => {
  const readme = readFileSync(new URL('README.md', folder), 'utf8');
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
  expect(files.length).toBeGreaterThan(Object.keys(made).length);
  for (const name of files) expect(readme).toContain(`\`${name}\``);
});

describe('steps.json', () => {
  const steps = read('steps.json') as {
    canonical: {
      accepted: { value: unknown; encoded: string }[];
      refused: { why: string; encoded: string }[];
    };
    signatures: { what: string; publicKey: string; message: string; signature: string; valid: boolean }[];
    publicKeys: { x25519Refused: { key: string }[]; ed25519Refused: { key: string }[] };
    merkle: { entries: string[]; root: string; proofs: string[][] }[];
  };
  const { fromHex, toHex } = c;

  test.each(steps.canonical.refused)('CBOR: $why is refused', ({ encoded }) => {
    expect(() => c.decodeCanonical(fromHex(encoded))).toThrow(c.CanonicalError);
  });
  test('CBOR: what is accepted encodes to the same bytes again', () => {
    for (const { encoded } of steps.canonical.accepted) {
      expect(toHex(c.encodeCanonical(c.decodeCanonical(fromHex(encoded))))).toBe(encoded);
    }
  });
  test.each(implementations)('signatures and keys (%s)', (_name, crypto) => {
    for (const { what, publicKey, message, signature, valid } of steps.signatures) {
      const verified = crypto.verifySignature(fromHex(publicKey), fromHex(message), fromHex(signature));
      expect([what, verified]).toEqual([what, valid]);
    }
    const { x25519Refused, ed25519Refused } = steps.publicKeys;
    for (const { key } of x25519Refused) expect(crypto.isAcceptablePublicKey(fromHex(key))).toBe(false);
    for (const { key } of ed25519Refused) expect(crypto.isAcceptableIdentity(fromHex(key))).toBe(false);
  });
  test('trees', () => {
    for (const { entries, root, proofs } of steps.merkle) {
      proofs.forEach((proof, index) => {
        const entry = fromHex(entries[index] as string);
        const claim = {
          entry,
          index,
          size: entries.length,
          proof: proof.map(fromHex),
          root: fromHex(root),
        };
        expect(c.verifyInclusion(claim)).toBe(true);
      });
    }
  });
});
