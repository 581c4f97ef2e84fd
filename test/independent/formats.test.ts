/** log.json and what steps.json has of the same matter, by the independent verifier and node:crypto. */
import { createPrivateKey, sign } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { decode, encode, Malformed, sequence, type Value } from './cbor.js';
import {
  cosignedAt,
  keyId,
  type NoteLine,
  openCheckpoint,
  parseManifest,
  parseNote,
  parseProof,
  parseTrust,
} from './notes.js';
import { parse } from './payloads.js';
import { continues, isIncluded, isSessionKey, isSigned, leafHash, treeRoot } from './primitives.js';
import { readJson } from './vectors.js';

const hex = (text: string): Buffer => Buffer.from(text, 'hex');

interface CheckpointVector {
  readonly origin: string;
  readonly size: number;
  readonly root: string;
  readonly text: string;
  readonly keyId: string;
  readonly signature: string;
  readonly note: string;
}
interface LogFile {
  readonly coordinator: { seed: string; publicKey: string };
  readonly witnesses: { name: string; seed: string; publicKey: string }[];
  readonly entries: { fields: Record<string, Value>; payload: string; leaf: string }[];
  readonly sequence: string;
  readonly checkpoints: CheckpointVector[];
  readonly sessionCheckpoint: CheckpointVector;
  readonly refused: { why: string; note: string }[];
  readonly published: {
    note: string;
    log: { key: string; keyId: string };
    witness: { name: string; key: string; keyId: string; seconds: number };
  };
  readonly cosignatures: {
    lines: { name: string; seconds: number; keyId: string; signed: string; line: string }[];
    note: string;
  };
  readonly inclusion: { index: number; size: number; proof: string[] }[];
  readonly consistency: { oldSize: number; size: number; proof: string[] }[];
  readonly proof: { extra: string; index: number; hashes: string[]; text: string };
  readonly manifests: {
    scope: { kind: string; task?: string; session?: string };
    files: Record<string, string>;
    text: string;
  }[];
  readonly trust: {
    organiser: string;
    coordinator: string;
    witnesses: { name: string; publicKey: string }[];
    text: string;
  }[];
}
const log = readJson('log.json') as LogFile;
const coordinator = hex(log.coordinator.publicKey);
const entries = log.entries.map(({ payload }) => hex(payload));
const roots = [0, 1, 2, 3, 4, 5].map((size) => treeRoot(entries.slice(0, size)));
const PKCS8 = hex('302e020100300506032b657004220420');
const signWith = (seed: string, text: string): string => {
  const key = createPrivateKey({ key: Buffer.concat([PKCS8, hex(seed)]), format: 'der', type: 'pkcs8' });
  return sign(null, Buffer.from(text), key).toString('hex');
};

test('entries of the log', () => {
  const { task, number, session, size, root, closed } = log.entries[2]?.fields as Record<string, string>;
  const fields = [
    hex(task as string),
    number,
    hex(session as string),
    size,
    hex(root as string),
    closed,
  ] as Value[];
  expect(encode(['blindsum/v1/log-entry', ...fields])).toEqual(entries[2]);
  for (const { payload, leaf } of log.entries) {
    expect(parse(hex(payload), 'log-entry').kind).toBe('log-entry');
    expect(leafHash(hex(payload))).toEqual(hex(leaf));
  }
  expect(sequence(hex(log.sequence))).toEqual(entries);
});

test.each([...log.checkpoints, log.sessionCheckpoint])('checkpoint of $size entries', (vector) => {
  const { origin, size, root, text, note } = vector;
  const inLog = origin === log.checkpoints[0]?.origin;
  if (inLog) expect(hex(root)).toEqual(roots[size]);
  expect(text).toBe(`${origin}\n${size}\n${hex(root).toString('base64')}\n`);
  expect(keyId(origin, 1, coordinator)).toEqual(hex(vector.keyId));
  expect(signWith(log.coordinator.seed, text)).toBe(vector.signature);
  const line = Buffer.concat([hex(vector.keyId), hex(vector.signature)]).toString('base64');
  expect(note).toBe(`${text}\n\u2014 ${origin} ${line}\n`);
  expect(openCheckpoint(Buffer.from(note), origin, coordinator)).toMatchObject({ size, root: hex(root) });
});

test.each(log.refused)('no checkpoint of the log: $why', ({ note }) => {
  const origin = log.checkpoints[0]?.origin as string;
  expect(() => openCheckpoint(Buffer.from(note), origin, coordinator)).toThrow(Malformed);
});

test('cosignatures', () => {
  const { lines, note } = log.cosignatures;
  const last = log.checkpoints[4] as CheckpointVector;
  expect(note).toBe(last.note + lines.map(({ line }) => line).join(''));
  const head = openCheckpoint(Buffer.from(note), last.origin, coordinator);
  for (const [index, { name, seed, publicKey }] of log.witnesses.entries()) {
    const { seconds, signed, line, keyId: id } = lines[index] as (typeof lines)[number];
    expect(signed).toBe(`cosignature/v1\ntime ${seconds}\n${last.text}`);
    const time = Buffer.alloc(8);
    time.writeBigUInt64BE(BigInt(seconds));
    const raw = Buffer.concat([hex(id), time, hex(signWith(seed, signed))]);
    expect(line).toBe(`\u2014 ${name} ${raw.toString('base64')}\n`);
    const witness = { name, key: hex(publicKey) };
    expect(cosignedAt(head, witness)).toBe(seconds);
    expect(cosignedAt({ ...head, text: head.text.replace('\n5\n', '\n4\n') }, witness)).toBe(false);
    expect(cosignedAt(head, { ...witness, name: 'another' })).toBeNull();
  }
});

test('a checkpoint that other programs signed and cosigned', () => {
  const { note, log: signer, witness } = log.published;
  const { text, lines } = parseNote(Buffer.from(note));
  const origin = text.slice(0, text.indexOf('\n'));
  expect(keyId(origin, 1, hex(signer.key))).toEqual(hex(signer.keyId));
  const own = lines.find((line) => line.keyId.equals(hex(signer.keyId))) as NoteLine;
  expect(isSigned(hex(signer.key), Buffer.from(text), own.signature)).toBe(true);
  expect(keyId(witness.name, 4, hex(witness.key))).toEqual(hex(witness.keyId));
  expect(cosignedAt({ text, lines }, { name: witness.name, key: hex(witness.key) })).toBe(witness.seconds);
});

test('proofs of inclusion, for no other index, size or root', () => {
  for (const { index, size, proof } of log.inclusion) {
    const isIn = (at: number, of: number) =>
      isIncluded(entries[index] as Buffer, at, of, proof.map(hex), roots[5] as Buffer);
    expect(isIn(index, size)).toBe(true);
    expect([0, 1, 2, 3, 4].filter((at) => isIn(at, size))).toEqual([index]);
    expect(isIncluded(entries[index] as Buffer, index, size, proof.map(hex), roots[4] as Buffer)).toBe(false);
  }
});

test('proofs of consistency, for no other root', () => {
  for (const { oldSize, size, proof } of log.consistency) {
    const from = (root?: Buffer) =>
      continues(oldSize, root as Buffer, size, roots[size] as Buffer, proof.map(hex));
    expect([oldSize, size, from(roots[oldSize])]).toEqual([oldSize, size, true]);
    expect(from(roots[0])).toBe(false);
  }
  expect(log.consistency).toHaveLength(10);
});

test('a proof as a file', () => {
  const { extra, index, hashes, text } = log.proof;
  const proof = parseProof(Buffer.from(text));
  expect(proof).toMatchObject({ extra: hex(extra), index, hashes: hashes.map(hex) });
  const { size, root } = openCheckpoint(proof.checkpoint, log.checkpoints[0]?.origin as string, coordinator);
  expect(isIncluded(proof.extra, index, size, proof.hashes, root)).toBe(true);
});

test('manifests and keys', () => {
  for (const { scope, files, text } of log.manifests) {
    const parsed = parseManifest(Buffer.from(text));
    expect(parsed.scope).toBe([scope.kind, scope.task ?? scope.session].filter(Boolean).join(' '));
    expect(Object.fromEntries(parsed.files)).toEqual(files);
  }
  for (const { organiser, coordinator: key, witnesses, text } of log.trust) {
    expect(parseTrust(Buffer.from(text))).toEqual({
      organiser: hex(organiser),
      coordinator: hex(key),
      witnesses: witnesses.map(({ name, publicKey }) => ({ name, key: hex(publicKey) })),
    });
  }
});

describe('steps.json', () => {
  const steps = readJson('steps.json') as {
    canonical: { accepted: { encoded: string }[]; refused: { why: string; encoded: string }[] };
    signatures: { what: string; publicKey: string; message: string; signature: string; valid: boolean }[];
    publicKeys: { x25519Refused: { key: string }[] };
    merkle: { entries: string[]; root: string; proofs: string[][] }[];
  };
  test('CBOR', () => {
    for (const { encoded } of steps.canonical.accepted)
      expect(encode(decode(hex(encoded)))).toEqual(hex(encoded));
  });
  test.each(steps.canonical.refused)('no CBOR: $why', ({ encoded }) => {
    expect(() => decode(hex(encoded))).toThrow(Malformed);
  });
  test('signatures and keys', () => {
    for (const { what, publicKey, message, signature, valid } of steps.signatures)
      expect([what, isSigned(hex(publicKey), hex(message), hex(signature))]).toEqual([what, valid]);
    for (const { key } of steps.publicKeys.x25519Refused) expect(isSessionKey(hex(key))).toBe(false);
  });
  test('trees', () => {
    for (const { entries: of, root, proofs } of steps.merkle) {
      expect(treeRoot(of.map(hex))).toEqual(hex(root));
      for (const [index, proof] of proofs.entries())
        expect(isIncluded(hex(of[index] as string), index, of.length, proof.map(hex), hex(root))).toBe(true);
    }
  });
});
