/** Notes, checkpoints, cosignatures and proofs in the forms of C2SP (PROTOCOL §12). */
import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { fromHex, toHex, utf8 } from '../../../crypto/bytes.js';
import { fromBase64, toBase64 } from '../../../crypto/base64.js';
import { inclusionProof, merkleRoot, verifyInclusion } from '../../../crypto/merkle.js';
import { identityFromSeed, verifySignature } from '../../../crypto/signature.js';
import { BlindsumError } from '../../../src/protocol/errors.js';
import { signerFromSeed } from '../../../src/protocol/signed.js';
import {
  logOrigin,
  openCheckpoint,
  parseHead,
  signCheckpoint,
} from '../../../src/protocol/transcript/checkpoint.js';
import { cosign, openCosignatures } from '../../../src/protocol/transcript/cosignature.js';
import {
  formatNote,
  noteKeyId,
  parseNote,
  signaturesOf,
  SIGNATURE_TYPE,
} from '../../../src/protocol/transcript/signed-note.js';
import { formatTlogProof, parseTlogProof } from '../../../src/protocol/transcript/tlog-proof.js';
import { at } from '../../helpers/values.js';

const signerOf = (fill: number) => {
  const { seed, publicKey } = identityFromSeed(new Uint8Array(32).fill(fill));
  return signerFromSeed(seed, publicKey);
};
const coordinator = signerOf(1);
const origin = logOrigin(coordinator.publicKey);
const entries = [1, 2, 3, 4, 5].map((value) => Uint8Array.of(value));
const head = { origin, size: entries.length, root: merkleRoot(entries) };
const open = (text: string, key = coordinator.publicKey, of = origin) =>
  openCheckpoint(text, of, key, verifySignature);

// The example of the Go package golang.org/x/mod/sumdb/note, whose format C2SP wrote down.
const EXAMPLE = {
  key: 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW',
  note:
    'If you think cryptography is the answer to your problem,\n' +
    "then you don't know what your problem is.\n" +
    '\n' +
    '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n',
};

test('a note that another implementation signed verifies, and is written again as the same text', () => {
  const [name = '', keyId = '', encoded = ''] = EXAMPLE.key.split('+');
  const bytes = fromBase64(encoded) as Uint8Array;
  const key = { name, type: SIGNATURE_TYPE.note, publicKey: bytes.slice(1) };
  expect(bytes[0]).toBe(SIGNATURE_TYPE.note);
  expect(toHex(noteKeyId(key))).toBe(keyId);

  const note = parseNote(EXAMPLE.note);
  const [signature] = signaturesOf(note, key);
  expect(
    verifySignature(key.publicKey, utf8(note.text), (signature as { signature: Uint8Array }).signature),
  ).toBe(true);
  expect(formatNote(note)).toBe(EXAMPLE.note);
});

test('a checkpoint opens under the key that signed it, and is the same every time', () => {
  const text = signCheckpoint(head, coordinator);
  expect(text).toBe(signCheckpoint(head, coordinator));
  expect(open(text)).toMatchObject(head);
});

test('a checkpoint of another key, another tree or a changed byte is refused', () => {
  const text = signCheckpoint(head, coordinator);
  expect(() => open(text, signerOf(2).publicKey)).toThrow('not signed by the pinned coordinator key');
  expect(() => open(text, coordinator.publicKey, `${origin}/session/00`)).toThrow('of another tree');
  for (let at = 0; at < text.length; at += 1) {
    const changed = `${text.slice(0, at)}${text[at] === 'x' ? 'y' : 'x'}${text.slice(at + 1)}`;
    expect(() => open(changed)).toThrow(BlindsumError);
  }
});

test.each([
  ['a size with a leading zero', 'o\n05\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n'],
  ['an extension line', 'o\n5\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\nmore\n'],
  ['a root of 31 bytes', 'o\n5\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==\n'],
  ['spare bits in the root', 'o\n5\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB=\n'],
])('a head with %s is refused', (_, text) => {
  expect(() => parseHead(text)).toThrow('not a checkpoint');
});

test('cosignatures of known witnesses count, those of others are ignored, false ones refuse the note', () => {
  const note = parseNote(signCheckpoint(head, coordinator));
  const [a, b] = [signerOf(3), signerOf(4)];
  const cosigned = {
    ...note,
    signatures: [
      ...note.signatures,
      cosign(note.text, { name: 'hospital-a', signer: a }, 1700000000),
      cosign(note.text, { name: 'hospital-b', signer: b }, 1700000001),
    ],
  };
  const again = open(formatNote(cosigned)).note;
  const known = { name: 'hospital-a', publicKey: a.publicKey };
  expect(openCosignatures(again, [known], verifySignature)).toEqual([
    { witness: known, seconds: 1700000000 },
  ]);
  expect(openCosignatures(again, [{ ...known, name: 'other' }], verifySignature)).toEqual([]);

  const late = cosigned.signatures.map((line) =>
    line.name === 'hospital-a'
      ? { ...line, signature: line.signature.map((byte, at) => (at === 7 ? byte ^ 1 : byte)) }
      : line,
  );
  expect(() => openCosignatures({ ...again, signatures: late }, [known], verifySignature)).toThrow(
    'does not verify',
  );
});

test('a proof says the same after it was written and read, and verifies', () => {
  const extra = entries[3] as Uint8Array;
  const proof = {
    extra,
    index: 3,
    hashes: inclusionProof(entries, 3),
    checkpoint: signCheckpoint(head, coordinator),
  };
  const read = parseTlogProof(formatTlogProof(proof));
  expect(read).toEqual(proof);
  expect(formatTlogProof({ ...proof, extra: null })).not.toContain('extra');
  const { size, root } = open(read.checkpoint);
  expect(verifyInclusion({ entry: extra, index: read.index, proof: read.hashes, size, root })).toBe(true);
  expect(() => parseTlogProof(formatTlogProof(proof).replace('index 3', 'index 03'))).toThrow('not a proof');
});

test('Base64 is read in its one form only', () => {
  expect(fromBase64('AA==')).toEqual(Uint8Array.of(0));
  for (const text of ['AB==', 'AA', 'AA=', 'A A=', 'AA==\n', '====', 'AA=A'])
    expect(fromBase64(text)).toBeNull();
  const bytes = fromHex('00ff10'.repeat(50_000));
  expect(fromBase64(toBase64(bytes))).toEqual(bytes);
});

describe('the published vectors', () => {
  const log = JSON.parse(readFileSync(new URL('../../vectors/log.json', import.meta.url), 'utf8')) as {
    coordinator: { publicKey: string };
    checkpoints: { origin: string; size: number; note: string }[];
    refused: { why: string; note: string }[];
    published: { note: string; witness: { name: string; key: string; seconds: number } };
  };
  const key = fromHex(log.coordinator.publicKey);
  const { origin: ofLog, note, size } = at(log.checkpoints, 4);

  test('the checkpoint of the log is one', () => {
    expect(openCheckpoint(note, ofLog, key, verifySignature).size).toBe(size);
  });
  test.each(log.refused)('and this is none: $why', ({ note: refused }) => {
    expect(() => openCheckpoint(refused, ofLog, key, verifySignature)).toThrow(BlindsumError);
  });
  test('a witness of a public log has cosigned it', () => {
    const { name, key: publicKey, seconds } = log.published.witness;
    const witness = { name, publicKey: fromHex(publicKey) };
    const found = openCosignatures(parseNote(log.published.note), [witness], verifySignature);
    expect(found).toEqual([{ witness, seconds }]);
  });
});
