/**
 * Archives that are made to exhaust or to break whoever reads them. A few hundred kilobytes of compressed zeros are gigabytes:
 * the audit comes to a verdict all the same, and holds no more than a session or a log can be.
 */
import { expect, test } from '@jest/globals';

import { encodeCanonical } from '../../../crypto/canonical.js';
import { MAX_BYTES } from '../../../src/audit/archive/names.js';
import { type ArchiveFiles, openArchive } from '../../../src/audit/archive/open-archive.js';
import { readSequence } from '../../../src/audit/archive/sequence.js';
import { formatKeys, parseKeys } from '../../../src/audit/archive/trust-text.js';
import { Notebook } from '../../../src/audit/findings.js';
import { verifyTranscripts } from '../../../src/audit/verify.js';
import { coordinator, fill, participants, party, policyOf, replaced } from '../../helpers/protocol.js';
import { archived, archiveOf, audit, escrowOf, idOf, KEYS, sourceOf } from '../helpers/archive.js';
import { codes, finding } from '../helpers/edits.js';
import { type Played, playSession } from '../helpers/played.js';
import { inMemory, someArchive } from './files.js';

const CHUNK = new Uint8Array(2 ** 16).fill(0x40);

async function* repeated<T>(item: T, times: number): AsyncGenerator<T> {
  await Promise.resolve();
  for (let count = 0; count < times; count += 1) yield item;
}

/** With one file that goes on and on. */
const endless = (path: string, bytes: number): ArchiveFiles => ({
  name: 'memory',
  async *files() {
    for await (const file of inMemory(someArchive()).files()) {
      const chunks = Math.ceil(bytes / CHUNK.length);
      yield file.path === path ? { path, bytes: repeated(CHUNK, chunks) } : file;
    }
  },
});

test.each(Object.keys(MAX_BYTES))('a %s that is longer than any is not held', async (path) => {
  const { findings } = await openArchive(endless(path, (MAX_BYTES[path] as number) + 1), KEYS);
  expect(findings()).toContainEqual(
    expect.objectContaining({
      code: 'UNREADABLE_FILE',
      place: path,
      message: expect.stringContaining('too large'),
    }),
  );
});

test('an item that is longer than any is not waited for', async () => {
  const problems: unknown[] = [];
  let read = 0;
  async function* chunks() {
    yield Uint8Array.of(0x5a, 4, 0, 0, 1);
    for await (const chunk of repeated(CHUNK, 4096)) {
      read += 1;
      yield chunk;
    }
  }
  for await (const _ of readSequence(chunks(), (problem) => void problems.push(problem)));
  expect([read, problems]).toEqual([0, [{ item: 0, why: 'it has more than 67108864 bytes' }]]);
});

test('a transcript of more records than a session can have', async () => {
  const played = playSession(participants(3));
  const [session] = [archived(played)];
  const source = sourceOf(archiveOf([session]));
  async function* leaves() {
    yield* session.leaves;
    yield* repeated(new Uint8Array(64 * 2 ** 20), 1000);
  }
  async function* sessions() {
    yield { ...session, leaves: leaves() };
    await Promise.resolve();
  }
  const verdict = await verifyTranscripts(
    { ...source, sessions: sessions() },
    { anchors: KEYS, policy: policyOf() },
  );
  expect(codes(verdict)).toEqual(['LOG_MISMATCH', 'NOT_ENDED', 'UNREADABLE_FILE', 'UNREADABLE_RECORD']);
  expect(finding(verdict, 'UNREADABLE_FILE')).toMatchObject({ place: session.place });
  expect(verdict.sessions[0]?.records).toBeLessThan(session.leaves.length + 9);
});

test('very many files that are not listed', async () => {
  const files = new Map([
    ...someArchive(),
    ...[...Array(3000).keys()].map((index) => [`x${index}`, CHUNK] as const),
  ]);
  const { findings } = await openArchive(inMemory(files, CHUNK.length), KEYS);
  expect(findings().length).toBe(1001);
  expect(findings().at(-1)?.message).toContain('in more places than are listed');
});

test('however many findings of one kind there are, none of another is lost behind them', () => {
  const book = new Notebook('archive');
  for (let index = 0; index < 5000; index += 1) book.add('REVOKED', { place: `session ${index}` });
  book.add('BOTH_KINDS', { place: 'session 1' });
  book.add('REVOKED', { place: 'session 7', identities: ['ab'] });
  expect(book.findings(true).filter(({ code }) => code === 'BOTH_KINDS')).toHaveLength(1);
  expect(book.findings(true)).toHaveLength(1002);
  expect(book.findings(true).find(({ place }) => place === 'session 7')?.identities).toEqual(['ab']);
});

test('an answer in the escrow with very many shares', async () => {
  const played = playSession(participants(3)) as Required<Played>;
  const items = escrowOf(played);
  const many = encodeCanonical(['shares', 2, Array<Uint8Array>(300_000).fill(fill(1, 1))]);
  const escrow = new Map([[idOf(played.leaves), replaced(items, items.length - 1, many)]]);
  const verdict = await audit(archiveOf([archived(played)], { escrow }));
  expect(codes(verdict)).toEqual(['ESCROW_UNREADABLE']);
});

const [{ identity: a }, { identity: b }] = [party('witness a'), party('witness b')];
test.each([
  [
    'a witness twice',
    [
      { name: 'a', publicKey: a },
      { name: 'b', publicKey: a },
    ],
  ],
  [
    'two witnesses of one name',
    [
      { name: 'a', publicKey: a },
      { name: 'a', publicKey: b },
    ],
  ],
  ['the coordinator as its own witness', [{ name: 'a', publicKey: coordinator.identity }]],
])('%s in the keys of an archive', (_what, witnesses) => {
  const good = [
    { name: 'a', publicKey: a },
    { name: 'b', publicKey: b },
  ];
  expect(parseKeys(formatKeys({ ...KEYS, witnesses: good }))).not.toBeNull();
  expect(parseKeys(formatKeys({ ...KEYS, witnesses }))).toBeNull();
});
