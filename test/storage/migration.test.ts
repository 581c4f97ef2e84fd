// What an earlier version of the program left behind: version-1.sql is a file that schema version 1 wrote, with a
// session in r2, one that has closed, and something of every table.
import { test } from '@jest/globals';
import Database from 'better-sqlite3';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSqliteStore } from '../../src/storage/sqlite/index.js';
import { expectVersion1 } from './version-1.js';

test('a SQLite file of schema version 1 is migrated and keeps everything', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'blindsum-migration-'));
  const path = join(folder, 'store.sqlite');
  const old = new Database(path);
  old.exec(readFileSync(new URL('./version-1.sql', import.meta.url), 'utf8'));
  old.close();
  for (let opened = 0; opened < 2; opened += 1) {
    const store = await createSqliteStore({ path });
    await expectVersion1(store, opened === 0, opened > 0);
    await store.close();
  }
  rmSync(folder, { recursive: true, force: true });
});
