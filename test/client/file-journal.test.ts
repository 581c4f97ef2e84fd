// The journal on disk: atomic, exclusive, of one identity, and without a trace of a session's secrets.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  chmodSync,
  linkSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemRandom } from '../../crypto/random.js';
import { createMemoryJournal } from '../../src/client/index.js';
import type { Journal, JournalEntry, LatchEntry } from '../../src/client/journal.js';
import Database from 'better-sqlite3';
import { openExistingJournal, openFileJournal } from '../../src/client/node/file-journal.js';
import type { BlindsumError } from '../../src/protocol/errors.js';
import type { ScopeRecord } from '../../src/protocol/scope.js';
import { advertiseKeysCodec } from '../../src/protocol/messages.js';
import type { Party } from '../helpers/protocol.js';
import { party } from '../helpers/protocol.js';
import { intercept } from './helpers/transports.js';
import { makeWorld, valuesOf } from './helpers/world.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'blindsum-journal-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const owner = party('owner').identity;
const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const signed = (value: number) => ({ payload: bytes(value, 1), signature: bytes(value, 2) });
const joined = (session: string, number: number): JournalEntry => ({
  kind: 'joined',
  session,
  task: 'task',
  number,
  opening: signed(number),
});
const latch = (session: string, message: LatchEntry['message'], subject = ''): LatchEntry => ({
  kind: 'latch',
  session,
  message,
  subject,
  key: bytes(7),
  signed: signed(8),
  attachment: bytes(9, 9),
  statement: message === 'r0' ? null : signed(10),
  state: null,
});
const hash = (value: number): Uint8Array => new Uint8Array(32).fill(value);
const record: ScopeRecord = {
  electorate: [hash(1), hash(2)],
  maxColluders: 1,
  roundingSeed: hash(3),
  vote: null,
  inputs: { '': hash(4) },
};

const KINDS: [string, () => Journal][] = [
  ['memory', () => createMemoryJournal(owner)],
  ['file', () => openFileJournal(join(folder, 'a.journal'), owner)],
];

describe.each(KINDS)('a journal in %s', (_kind, open) => {
  let journal: Journal;
  beforeEach(() => {
    journal = open();
  });
  afterEach(() => journal.close());

  test('gives back what was appended', async () => {
    const evidence: JournalEntry = {
      kind: 'evidence',
      session: 's1',
      code: 'EQUIVOCATION',
      statements: [signed(1), signed(2)],
    };
    const first = latch('s1', 'r0');
    await journal.append([joined('s1', 4), first, { kind: 'scope', scope: 'x', record }, evidence]);
    await journal.append([latch('s1', 'answer', 'a'), latch('s1', 'answer', 'b'), latch('s2', 'r0')]);
    expect(journal.identity).toEqual(owner);
    expect(await journal.lastSession('task')).toBe(4);
    expect(await journal.lastSession('another')).toBeNull();
    expect(await journal.unfinished('task')).toEqual([joined('s1', 4)]);
    expect(await journal.scope('x')).toEqual(record);
    expect(await journal.scope('y')).toBeNull();
    expect(await journal.evidence('s1')).toEqual([evidence]);
    const latches = await journal.latches('s1');
    expect(latches).toEqual([first, latch('s1', 'answer', 'a'), latch('s1', 'answer', 'b')]);
  });

  test.each([
    ['a second latch of a message', [latch('s1', 'r0')]],
    ['a session that was joined', [joined('s1', 9)]],
    ['a session number that was used', [joined('s2', 4)]],
    ['an older session number', [joined('s2', 3)]],
  ])('refuses %s, and everything appended with it', async (_what, entries) => {
    await journal.append([joined('s1', 4), latch('s1', 'r0')]);
    const also: JournalEntry = { kind: 'scope', scope: 'x', record };
    // Not toThrow(): where two test files share a process, SQLite's errors are of the other one's realm.
    await expect(journal.append([also, ...entries])).rejects.toMatchObject({
      message: expect.stringMatching(/./),
    });
    expect(await journal.scope('x')).toBeNull();
    expect(await journal.lastSession('task')).toBe(4);
    expect(await journal.latches('s1')).toHaveLength(1);
  });

  test('keeps the newest head of each log, receipts, and which of them are due', async () => {
    const files = [{ name: 'r0.tlog-proof', bytes: bytes(1) }];
    await journal.append([
      joined('s1', 1),
      { kind: 'ended', session: 's1', outcome: 'closed', statement: signed(5) },
      { kind: 'receipt', session: 's1', files: null },
      joined('s2', 2),
      { kind: 'ended', session: 's2', outcome: 'LATE', statement: null },
      { kind: 'receipt', session: 's2', files: null },
      joined('s3', 3),
    ]);
    const due = (session: string, number: number, outcome: object | null) => ({
      ...{ session, task: 'task', number, opening: signed(number), outcome },
    });
    expect(await journal.receiptsDue('task')).toEqual([due('s1', 1, signed(5)), due('s2', 2, null)]);
    expect(await journal.receipt('s1')).toBeNull();
    await journal.append([
      { kind: 'receipt', session: 's1', files },
      { kind: 'checkpoint', coordinator: 'c', note: 'first' },
      { kind: 'checkpoint', coordinator: 'd', note: 'other' },
      { kind: 'checkpoint', coordinator: 'c', note: 'second' },
    ]);
    // What is there is not lost to a later 'it has to be asked for'.
    await journal.append([{ kind: 'receipt', session: 's1', files: null }]);
    expect(await journal.receipt('s1')).toEqual(files);
    expect(await journal.receipts()).toEqual(['s1']);
    expect(await journal.receiptsDue('task')).toEqual([due('s2', 2, null)]);
    expect(await journal.receiptsDue('another')).toEqual([]);
    expect(await journal.receiptsDue(null)).toEqual([due('s2', 2, null)]);
    expect(await journal.checkpoint('c')).toBe('second');
    expect(await journal.checkpoint('e')).toBeNull();
  });

  test('keeps the first evidence against a log until somebody removes it', async () => {
    const fork = (coordinator: string, shown: string | null): JournalEntry => ({
      ...{ kind: 'fork', coordinator, session: 's1', seen: 'seen', shown },
    });
    await journal.append([{ kind: 'checkpoint', coordinator: 'c', note: 'seen' }, fork('c', 'a')]);
    await journal.append([fork('c', 'b'), fork('d', null)]);
    expect(await journal.fork('c')).toEqual(fork('c', 'a'));
    expect(await journal.fork('e')).toBeNull();
    expect(await journal.forks()).toEqual([fork('c', 'a'), fork('d', null)]);
    await journal.removeFork('c');
    expect(await journal.forks()).toEqual([fork('d', null)]);
    expect(await journal.checkpoint('c')).toBeNull();
  });

  test('keeps what it was given, whatever the caller does to it', async () => {
    const secret = bytes(1, 2, 3);
    await journal.append([joined('s1', 1), { kind: 'secret', session: 's1', bytes: secret }]);
    secret.fill(0);
    expect(await journal.secret('s1')).toEqual(bytes(1, 2, 3));
    await journal.append([{ kind: 'secret', session: 's1', bytes: bytes(4) }]);
    expect(await journal.secret('s1')).toEqual(bytes(4));
    await journal.append([{ kind: 'ended', session: 's1', outcome: 'closed', statement: signed(5) }]);
    expect(await journal.secret('s1')).toBeNull();
    expect(await journal.unfinished('task')).toEqual([]);
    expect(await journal.lastSession('task')).toBe(1);
  });
});

describe('the file', () => {
  const path = (): string => join(folder, 'a.journal');

  test('one from before there was a log goes on, and keeps what it has', async () => {
    const before = openFileJournal(path(), owner);
    await before.append([
      joined('s1', 4),
      { kind: 'ended', session: 's1', outcome: 'closed', statement: null },
    ]);
    await before.close();
    const database = new Database(path());
    for (const table of ['checkpoint', 'fork', 'receipt']) database.exec(`DROP TABLE ${table}`);
    database.close();
    const journal = openFileJournal(path(), owner);
    expect(await journal.lastSession('task')).toBe(4);
    expect(await journal.receiptsDue('task')).toEqual([]);
    expect(await journal.checkpoint('c')).toBeNull();
    await journal.append([{ kind: 'checkpoint', coordinator: 'c', note: 'seen' }]);
    expect(await journal.checkpoint('c')).toBe('seen');
    await journal.close();
  });

  test('is read by who does not have its key, if it is there', async () => {
    expect(() => openExistingJournal(path())).toThrow('no such journal');
    const journal = openFileJournal(path(), owner);
    await journal.close();
    const again = openExistingJournal(path());
    expect(again.identity).toEqual(owner);
    await again.close();
    writeFileSync(join(folder, 'empty'), '');
    expect(() => openExistingJournal(join(folder, 'empty'))).toThrow('is not a blindsum journal');
  });
  const codeOf = (attempt: () => unknown): string => {
    try {
      attempt();
      return 'none';
    } catch (error) {
      return (error as BlindsumError).code;
    }
  };

  test('is read by its owner only, also when it was made with other rights', async () => {
    writeFileSync(path(), '');
    chmodSync(path(), 0o644);
    const journal = openFileJournal(path(), owner);
    await journal.append([joined('s1', 1)]);
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
    await journal.close();
  });

  test('is held by one at a time, and the error names it', async () => {
    const journal = openFileJournal(path(), owner);
    expect(() => openFileJournal(path(), owner)).toThrow(/a\.journal: this process has this journal open/);
    linkSync(path(), join(folder, 'b.journal'));
    for (const name of [path(), join(folder, 'b.journal')])
      expect(codeOf(() => openFileJournal(name, owner))).toBe('JOURNAL_LOCKED');
    await journal.close();
    await openFileJournal(path(), owner).close();
  });

  test('is let go when opening it fails', async () => {
    writeFileSync(path(), 'name,value\n'.repeat(100));
    for (let i = 0; i < 2; i += 1)
      expect(codeOf(() => openFileJournal(path(), owner))).toBe('UNREADABLE_FILE');
    rmSync(path());
    await openFileJournal(path(), owner).close();
  });

  test('belongs to one identity', async () => {
    await openFileJournal(path(), owner).close();
    expect(codeOf(() => openFileJournal(path(), party('another').identity))).toBe('BAD_CONFIG');
    await openFileJournal(path(), owner).close();
  });

  test('survives, and survives being cut off', async () => {
    const journal = openFileJournal(path(), owner);
    await journal.append([joined('s1', 1), latch('s1', 'r0')]);
    await journal.close();
    const again = openFileJournal(path(), owner);
    expect(await again.latches('s1')).toEqual([latch('s1', 'r0')]);
    await again.close();
  });

  test('is refused when it is something else, or in a folder that does not exist', () => {
    writeFileSync(path(), 'name,value\n'.repeat(100));
    expect(codeOf(() => openFileJournal(path(), owner))).toBe('UNREADABLE_FILE');
    expect(codeOf(() => openFileJournal(join(folder, 'no', 'a.journal'), owner))).toBe('UNREADABLE_FILE');
  });

  test('overwrites a secret that had reached the main file', async () => {
    const secret = Buffer.from(systemRandom(20_000));
    const first = openFileJournal(path(), owner);
    await first.append([joined('s1', 1), { kind: 'secret', session: 's1', bytes: secret }]);
    // Closing moves the log into the file.
    await first.close();
    const piece = secret.subarray(10_000, 10_032);
    expect(readFileSync(path()).includes(piece)).toBe(true);
    const again = openFileJournal(path(), owner);
    await again.append([{ kind: 'ended', session: 's1', outcome: 'closed', statement: null }]);
    for (const name of readdirSync(folder))
      expect(readFileSync(join(folder, name)).includes(piece)).toBe(false);
    await again.close();
  });

  test('drops the upload of a session that ended', async () => {
    const journal = openFileJournal(path(), owner);
    await journal.append([joined('s1', 1), latch('s1', 'r2'), latch('s1', 'r4')]);
    await journal.append([{ kind: 'ended', session: 's1', outcome: 'closed', statement: null }]);
    const [r2, r4] = await journal.latches('s1');
    expect(r2?.attachment).toBeNull();
    expect(r4?.attachment).toEqual(bytes(9, 9));
    await journal.close();
  });
});

describe('secrets of a session', () => {
  test.each([false, true])('with resume %s', async (resume) => {
    const made = await makeWorld();
    const self = made.parties[0] as Party;
    const journal = openFileJournal(join(folder, 'a.journal'), self.identity);
    const drawn: Buffer[] = [];
    const random = (length: number): Uint8Array => {
      const fresh = systemRandom(length);
      drawn.push(Buffer.from(fresh));
      return fresh;
    };
    const onDisk = (secrets: readonly Buffer[]): number => {
      const files = readdirSync(folder).map((name) => readFileSync(join(folder, name)));
      return secrets.filter((secret) => files.some((file) => file.includes(secret))).length;
    };
    let during = 0;
    const found: number[] = [];
    // Drawn in this order: rounding seed, two seeds, the nonce of r0, then b. The first and the fourth are no secrets of
    // the session.
    const secretsDrawn = (): Buffer[] => drawn.filter((one, at) => one.length >= 32 && at !== 0 && at !== 3);
    const places: Record<string, number[]> = {};
    const transport = intercept(made.api(0), async (method, _args, call) => {
      places[method] ??= [drawn[1], drawn[2], drawn[4]].map((one) => (one === undefined ? 0 : onDisk([one])));
      const now = onDisk(secretsDrawn());
      during += now;
      found.push(now);
      return await call();
    });
    const all = made.parties.map((_, index) =>
      made
        .client(index, index === 0 ? { transport, journal, random } : {})
        .contribute({ task: made.taskId, vectors: { counts: valuesOf(index) }, resume }),
    );
    await made.open();
    const [result] = await Promise.all(all);
    const latches = await journal.latches((result as { receipt: { session: string } }).receipt.session);
    const { nonce } = advertiseKeysCodec.decode((latches[0] as LatchEntry).signed.payload);
    expect(drawn[3]?.equals(nonce)).toBe(true);
    expect(secretsDrawn().length).toBeGreaterThanOrEqual(3);
    // The positive control: while the session runs, `resume` does write them, and the search does find them.
    if (resume) expect(during).toBeGreaterThan(0);
    else expect(during).toBe(0);
    // The two seeds are needed until r1, b until r2; no log keeps what was replaced.
    const [seeds, b] = resume ? [1, 1] : [0, 0];
    expect(places).toMatchObject({
      advertiseKeys: [seeds, seeds, 0],
      shareKeys: [0, 0, b],
      beginUpload: [0, 0, 0],
      unmask: [0, 0, 0],
    });
    expect(onDisk(secretsDrawn())).toBe(0);
    expect(onDisk([drawn[3] as Buffer])).toBe(1);
    await journal.close();
    expect(onDisk(secretsDrawn())).toBe(0);
    await made.stop();
  });
});
