// Every file of an archive is the one that its manifest lists; what is not is a finding that names it.
import { describe, expect, test } from '@jest/globals';
import { utf8 } from '../../../crypto/bytes.js';
import { openArchive } from '../../../src/audit/archive/open-archive.js';
import { coordinator, organiser } from '../../helpers/protocol.js';
import { FIRST, inMemory, SECOND, sequence, someArchive } from './files.js';

const anchors = { organiser: organiser.identity, coordinator: coordinator.identity, witnesses: [] };

async function read(files: ReadonlyMap<string, Uint8Array | null>, given: typeof anchors | null = null) {
  const { source, findings } = await openArchive(inMemory(files), given);
  const sessions: string[][] = [];
  const log: string[] = [];
  if (source !== null) {
    for await (const entry of source.log) log.push(new TextDecoder().decode(entry));
    for await (const { place, head, leaves } of source.sessions) {
      const items = [place, new TextDecoder().decode(head)];
      for await (const leaf of leaves) items.push(new TextDecoder().decode(leaf));
      sessions.push(items);
    }
  }
  return { source, log, sessions, found: findings().map(({ code, place }) => `${code} ${place}`) };
}

const SESSIONS = [
  [FIRST, 'head', 'leaf 0', 'leaf 1'],
  [SECOND, 'head of the second', 'leaf'],
];

test('as it was written: scope, keys, checkpoint, log, sessions, and no findings', async () => {
  const id = 'ab'.repeat(32);
  const { source, log, sessions, found } = await read(someArchive({ kind: 'task', task: id }));
  expect(source).toMatchObject({ scope: { kind: 'task', task: id }, keys: anchors, checkpoint: 'a note' });
  expect([log, sessions, found]).toEqual([['entry 0', 'entry 1'], SESSIONS, []]);
});

test('a reader that leaves a session unread gets the next, and every file is compared all the same', async () => {
  const files = someArchive().set(FIRST, sequence(utf8('head'), utf8('leaf 0'), utf8('leaf X')));
  const { source, findings } = await openArchive(inMemory(files), null);
  const places: string[] = [];
  for await (const { place, leaves } of source?.sessions ?? []) {
    places.push(place);
    for await (const leaf of leaves) if (leaf.length > 0) break;
  }
  expect(places).toEqual([FIRST, SECOND]);
  expect(findings().map(({ code, place }) => `${code} ${place}`)).toEqual([`CHANGED_FILE ${FIRST}`]);
});

describe('what is wrong is named', () => {
  const with_ = (path: string, bytes: Uint8Array | null) =>
    new Map<string, Uint8Array | null>(someArchive()).set(path, bytes);
  const without = (path: string) => new Map([...someArchive()].filter(([name]) => name !== path));

  test.each(['checkpoint', 'log', 'trust.yaml', FIRST, SECOND])('%s: changed, missing', async (path) => {
    const bytes = someArchive().get(path) as Uint8Array;
    const changed = bytes.map((byte, at) => (at === bytes.length - 1 ? byte ^ 1 : byte));
    expect((await read(with_(path, changed), anchors)).found).toContain(`CHANGED_FILE ${path}`);
    expect((await read(without(path), anchors)).found).toEqual([`MISSING_FILE ${path}`]);
  });

  test.each(['extra', 'sessions/extra', `sessions/000003-${'cc'.repeat(8)}.transcript`, '.hidden'])(
    'not listed: %s, which is not read either',
    async (path) => {
      const { sessions, found } = await read(with_(path, sequence(utf8('head'))));
      expect([sessions, found]).toEqual([SESSIONS, [`UNLISTED_FILE ${path}`]]);
    },
  );

  test('something that is no file', async () => {
    expect((await read(with_(SECOND, null))).found).toEqual([`UNREADABLE_FILE ${SECOND}`]);
    expect((await read(with_('log', null))).found).toEqual(['UNREADABLE_FILE log']);
  });

  test('a file twice', async () => {
    const archive = inMemory(someArchive());
    async function* twice() {
      yield* archive.files();
      for await (const file of archive.files()) if (file.path === 'log' || file.path === FIRST) yield file;
    }
    const { source, findings } = await openArchive({ name: 'memory', files: twice }, null);
    const places: string[] = [];
    for await (const { place } of source?.sessions ?? []) places.push(place);
    expect(places).toEqual([FIRST, SECOND]);
    expect(findings().map(({ code, place }) => `${code} ${place}`)).toEqual([
      'UNLISTED_FILE log',
      `UNLISTED_FILE ${FIRST}`,
    ]);
  });

  test('items that cannot be read: the record, the entry, an empty file', async () => {
    const cut = (path: string) => (someArchive().get(path) as Uint8Array).subarray(0, -1);
    expect((await read(with_(FIRST, cut(FIRST)))).found).toEqual([
      `UNREADABLE_FILE ${FIRST}, record 1`,
      `CHANGED_FILE ${FIRST}`,
    ]);
    expect((await read(with_('log', cut('log')))).found).toEqual([
      'CHANGED_FILE log',
      'UNREADABLE_FILE log, entry 1',
    ]);
    const { sessions, found } = await read(with_(FIRST, new Uint8Array(0)));
    expect([sessions, found]).toEqual([
      SESSIONS.slice(1),
      [`UNREADABLE_FILE ${FIRST}, head`, `CHANGED_FILE ${FIRST}`],
    ]);
  });

  test('without a manifest, or with one that has no form, nothing else is judged', async () => {
    expect(await read(without('manifest'))).toMatchObject({ source: null, found: ['MISSING_FILE manifest'] });
    const broken = with_('manifest', utf8('blindsum/v1/manifest\nscope some\n'));
    expect(await read(broken)).toMatchObject({ source: null, found: ['BAD_MANIFEST manifest, line 2'] });
  });

  test('without keys of its own it is judged by the anchors; without those not at all', async () => {
    expect(await read(without('trust.yaml'))).toMatchObject({ source: null });
    const { source } = await read(without('trust.yaml'), anchors);
    expect(source?.keys).toEqual(anchors);
    const { found } = await read(with_('trust.yaml', utf8('organiser: nobody\n')), anchors);
    expect(found).toEqual(['CHANGED_FILE trust.yaml', 'UNREADABLE_FILE trust.yaml']);
  });
});

test('what has nothing of an archive is none', async () => {
  await expect(read(new Map([['photo.jpg', utf8('x')]]))).rejects.toMatchObject({ code: 'UNREADABLE_FILE' });
  await expect(read(new Map())).rejects.toThrow('memory is not an archive of transcripts');
});
