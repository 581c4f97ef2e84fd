// What an earlier version of the program left behind: version-1.sql is a file that schema version 1 wrote, with a
// session in r2, one that has closed, and something of every table.
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { logEntryCodec } from '../../src/protocol/transcript/log-entry.js';
import { createSqliteStore } from '../../src/storage/sqlite/index.js';
import { expectLogOfEnded, expectVersion1, MORE_ENDED } from './version-1.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'blindsum-migration-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** @returns the path of the file */
function version1(more: readonly string[] = []): string {
  const path = join(folder, 'store.sqlite');
  const old = new Database(path);
  old.exec(readFileSync(new URL('./version-1.sql', import.meta.url), 'utf8'));
  for (const statement of more) old.exec(statement);
  old.close();
  return path;
}

test('a SQLite file of schema version 1 is migrated and keeps everything', async () => {
  const path = version1();
  for (let opened = 0; opened < 2; opened += 1) {
    const store = await createSqliteStore({ path });
    await expectVersion1(store, opened === 0, opened > 0);
    await store.close();
  }
});

test('what had ended before there was a log is logged by the time of its end, then by id', async () => {
  const store = await createSqliteStore({ path: version1(MORE_ENDED) });
  await expectLogOfEnded(store);
  await store.close();
});

test('what a node of an earlier version ended beside this one is logged at the next start', async () => {
  const path = version1();
  await (await createSqliteStore({ path })).close();
  const old = new Database(path);
  old.exec("UPDATE session SET phase = 'aborted', phase_since_ms = 1 WHERE number = 1");
  old.close();
  for (let opened = 0; opened < 2; opened += 1) {
    const store = await createSqliteStore({ path });
    const logged = await store.readLog(0, await store.logSize());
    expect(logged.map((entry) => logEntryCodec.decode(entry)).map(({ number }) => number)).toEqual([2, 1]);
    await store.close();
  }
});
