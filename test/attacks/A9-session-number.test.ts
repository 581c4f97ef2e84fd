/** A9, replays: an opening, a task or a session number that was there before. Checked before anything is sent. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { utf8 } from '../../crypto/bytes.js';
import { sha256 } from '../../crypto/hash.js';
import { createMemoryJournal } from '../../src/client/index.js';
import type { Journal } from '../../src/client/journal.js';
import { openFileJournal } from '../../src/client/node/file-journal.js';
import { MAX_SESSION_JUMP, openSession } from '../../src/protocol/client/open.js';
import type { Task } from '../../src/protocol/documents.js';
import type { Opening } from '../../src/protocol/statements.js';
import {
  anchorsOf,
  codeOf,
  depsOf,
  openingOf,
  participants,
  type Party,
  signOpening,
  signTask,
  taskOf,
} from '../helpers/protocol.js';

const parties = participants(3);
const electorate = parties.map(({ identity }) => identity);
const self = parties[0] as Party;
const task = signTask(taskOf(parties));

const open = (opening: Partial<Opening>, lastSession: number | null, changes: Partial<Task> = {}) =>
  codeOf(() =>
    openSession(
      anchorsOf(),
      {
        task: signTask(taskOf(parties, changes)),
        opening: signOpening(openingOf(task, electorate, opening)),
        electorate,
        dataset: null,
        answersInput: true,
        grants: [],
      },
      { lastSession, scopeOf: () => null },
      depsOf(self, 'open'),
    ),
  );

test('A9 an opening that was joined before is refused, and every one with a lower number', () => {
  expect(open({ session: 8 }, 7)).toBe(null);
  expect(open({ session: 7 }, 7)).toBe('SESSION_NUMBER');
  expect(open({ session: 6 }, 7)).toBe('SESSION_NUMBER');
  expect(open({ session: 0 }, 0)).toBe('SESSION_NUMBER');
  expect(open({ session: 0 }, null)).toBe(null);
});

test('A9 a new nonce does not make an old session number new', () => {
  expect(open({ session: 7, nonce: sha256(utf8('another')) }, 7)).toBe('SESSION_NUMBER');
});

test('A9 a jump of 2^20 and more, which would use up the numbers of a task, is refused', () => {
  for (const last of [0, 1, 7, 2 ** 20, 2 ** 40]) {
    expect(open({ session: last + MAX_SESSION_JUMP - 1 }, last)).toBe(null);
    expect(open({ session: last + MAX_SESSION_JUMP }, last)).toBe('SESSION_NUMBER');
  }
  expect(MAX_SESSION_JUMP).toBe(2 ** 20);
  expect(open({ session: 2 ** 20 - 1 }, null)).toBe(null);
  expect(open({ session: 2 ** 20 }, null)).toBe('SESSION_NUMBER');
});

test('A9 an opening of another task is refused, though the coordinator signed it', () => {
  expect(open({}, null, { nonce: new Uint8Array(16).fill(1) })).toBe('TASK_MISMATCH');
  expect(open({}, null, { name: 'another name' })).toBe('TASK_MISMATCH');
});

const joined = (session: string, number: number) => ({
  kind: 'joined' as const,
  session,
  task: 'task',
  number,
  opening: signOpening(openingOf(task, electorate, { session: number })),
});

const folder = mkdtempSync(join(tmpdir(), 'blindsum-a9-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each<[string, () => Journal]>([
  ['in memory', () => createMemoryJournal(self.identity)],
  ['in a file', () => openFileJournal(join(folder, 'a.journal'), self.identity)],
])('A9 a journal %s takes each session, and each number of a task, once', async (_, make) => {
  const journal = make();
  await journal.append([joined('a', 5)]);
  // Not toThrow: the errors of better-sqlite3 are of the realm of the test file that loaded it first.
  const refused = { message: expect.stringMatching(/joined before|UNIQUE constraint failed: joined/) };
  await expect(journal.append([joined('a', 6)])).rejects.toMatchObject(refused);
  await expect(journal.append([joined('b', 5)])).rejects.toMatchObject(refused);
  await expect(journal.append([joined('b', 4)])).rejects.toMatchObject(refused);
  expect(await journal.lastSession('task')).toBe(5);
  await journal.append([joined('b', 6)]);
  expect(await journal.lastSession('task')).toBe(6);
  await journal.close();
});
