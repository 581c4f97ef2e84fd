// The text forms of an archive and its sequences: one form each, whatever else is there is refused and placed.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { concatBytes, utf8 } from '../../../crypto/bytes.js';
import { formatManifest, parseManifest } from '../../../src/audit/archive/manifest.js';
import { readSequence, type SequenceProblem } from '../../../src/audit/archive/sequence.js';
import { formatKeys, parseKeys } from '../../../src/audit/archive/trust-text.js';
import { coordinator, organiser, participants } from '../../helpers/protocol.js';
import { FIRST, inPieces, SECOND, sequence } from './files.js';

const DIGEST = '0123456789abcdef'.repeat(4);

describe('manifest', () => {
  const files = new Map([SECOND, 'trust.yaml', 'checkpoint', FIRST].map((path) => [path, DIGEST]));
  const text = formatManifest({ scope: { kind: 'all' }, files });

  test.each([{ kind: 'all' }, { kind: 'task', task: DIGEST }, { kind: 'session', session: DIGEST }] as const)(
    'what is written is read: %o',
    (scope) => {
      const written = formatManifest({ scope, files });
      expect(parseManifest(written)).toMatchObject({ scope, files: new Map([...files].sort()) });
      expect(written.split('\n').slice(2, -1)).toEqual(
        ['checkpoint', FIRST, SECOND, 'trust.yaml'].map((path) => `${DIGEST}  ${path}`),
      );
    },
  );

  test.each([
    ['', 1],
    [text.replace('v1', 'v2'), 1],
    [text.replace('scope all', 'scope  all'), 2],
    [text.replace('scope all', `scope task ${DIGEST.toUpperCase()}`), 2],
    [text.replace('scope all', 'scope session'), 2],
    [text.replace(DIGEST, DIGEST.toUpperCase()), 3],
    [text.replace('  checkpoint', ' checkpoint'), 3],
    [text.replace('checkpoint', 'checkpoint '), 3],
    [text.replace('checkpoint', 'another'), 3],
    [text.replace('checkpoint', '../checkpoint'), 3],
    [text.replace('checkpoint', FIRST), 4],
    [text.replace(FIRST, SECOND), 5],
    [text.replace(`${DIGEST}  trust.yaml\n`, ''), null],
    [text.trimEnd(), 6],
    [`${text}\n`, 7],
  ])('%j has a problem in line %j', (changed, line) => {
    const parsed = parseManifest(changed);
    expect('files' in parsed ? null : parsed.line).toBe(line);
  });
});

describe('trust.yaml', () => {
  const witnesses = participants(2).map(({ identity }, at) => ({
    name: `w"${at}\u00e9`,
    publicKey: identity,
  }));
  const keys = { organiser: organiser.identity, coordinator: coordinator.identity, witnesses };

  test('what is written is read, with witnesses and without', () => {
    expect(parseKeys(formatKeys(keys))).toEqual(keys);
    expect(parseKeys(formatKeys({ ...keys, witnesses: [] }))).toEqual({ ...keys, witnesses: [] });
  });

  test('another form of the same, or a key that is none, is not read', () => {
    const text = formatKeys(keys);
    const others = [
      text.replace('organiser: ', 'organiser:  '),
      text.replace(/\n$/, ''),
      `${text}# comment\n`,
      text.replace('\u00e9', '\\u00e9'),
      text.replace('- name: "w', '- name: w'),
      text.replace(/coordinator: .{64}/, `coordinator: ${'00'.repeat(32)}`),
      text.slice(text.indexOf('\n') + 1),
    ];
    expect(others.map(parseKeys)).toEqual(Array(others.length).fill(null));
  });
});

describe('sequences', () => {
  async function read(bytes: Uint8Array, size: number) {
    const [items, problems]: [Uint8Array[], SequenceProblem[]] = [[], []];
    for await (const item of readSequence(inPieces(bytes, size), (problem) => problems.push(problem)))
      items.push(item);
    return { items, problems };
  }

  test('whatever the pieces, the items are the same', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof(fc.uint8Array({ maxLength: 30 }), fc.uint8Array({ minLength: 250, maxLength: 300 })),
        ),
        fc.integer({ min: 1, max: 400 }),
        async (items, size) => {
          expect(await read(sequence(...items), size)).toEqual({ items, problems: [] });
        },
      ),
    ));

  test('an item of 70,000 bytes', async () => {
    const items = [new Uint8Array(70_000).fill(3), utf8('after')];
    expect(await read(sequence(...items), 4096)).toEqual({ items, problems: [] });
  });

  const two = sequence(utf8('one'), utf8('two'));
  test.each([
    ['cut off', two.subarray(0, -1), 1, 'too early'],
    ['cut off in its head', concatBytes(two, Uint8Array.of(0x59, 1)), 2, 'too early'],
    ['text', concatBytes(two, Uint8Array.of(0x61, 0x61)), 2, 'byte string'],
    ['without a definite length', concatBytes(two, Uint8Array.of(0x5f, 0xff)), 2, 'definite'],
    ['a length that could be shorter', concatBytes(two, Uint8Array.of(0x58, 23)), 2, 'shortest'],
    ['a length of 2 bytes that could be 1', concatBytes(two, Uint8Array.of(0x59, 0, 255)), 2, 'shortest'],
    ['8 GiB', concatBytes(two, Uint8Array.of(0x5b, 0, 0, 0, 2, 0, 0, 0, 0)), 2, 'more than'],
  ])('%s: what is before it is read, and the problem has a place', async (_, bytes, item, why) => {
    const found = await read(bytes, 3);
    expect(found.items).toHaveLength(item);
    expect(found.problems).toEqual([{ item, why: expect.stringContaining(why) }]);
  });
});
