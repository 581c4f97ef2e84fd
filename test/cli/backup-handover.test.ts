// A backup is asked for and handed over by files in a folder that the coordinator, perhaps under another user, writes to.
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answerBackups, requestBackup } from '../../src/cli/store/handover.js';
import { silentLogger } from '../../src/coordinator/index.js';

let folder: string;
let stop: () => Promise<void> = () => Promise.resolve();
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'blindsum-handover-'));
});
afterEach(async () => {
  await stop();
  rmSync(folder, { recursive: true, force: true });
});

test('a link in the place of the request is not followed', async () => {
  const precious = join(folder, 'precious');
  writeFileSync(precious, 'of somebody else');
  symlinkSync(precious, join(folder, 'backup.request'));
  const asked = requestBackup(folder, join(folder, 'out'), 60_000);
  stop = answerBackups(folder, (path) => writeFile(path, 'the copy'), silentLogger);
  await asked;
  expect(readFileSync(join(folder, 'out'), 'utf8')).toBe('the copy');
  expect(readFileSync(precious, 'utf8')).toBe('of somebody else');
});

test('what keeps the coordinator from making a copy is told', async () => {
  stop = answerBackups(folder, () => Promise.reject(new Error('the disk is full')), silentLogger);
  await expect(requestBackup(folder, join(folder, 'out'), 60_000)).rejects.toMatchObject({
    code: 'STORE_FAILED',
    message: 'the coordinator could make no copy: the disk is full',
  });
});

test('a copy that nobody fetched is deleted when the coordinator starts', async () => {
  const left = ['backup.sqlite', 'backup.unfinished', 'backup.failed'].map((name) => join(folder, name));
  for (const path of left) writeFileSync(path, 'of an earlier run');
  await answerBackups(folder, () => Promise.resolve(), silentLogger)();
  expect(left.filter((path) => existsSync(path))).toEqual([]);
});
