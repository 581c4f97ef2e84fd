import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSqliteStore } from '../../src/storage/sqlite/index.js';
import { storeConformance } from './conformance/index.js';

storeConformance('sqlite', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'blindsum-sqlite-'));
  const store = await createSqliteStore({ path: join(folder, 'store.sqlite') });
  return {
    store,
    dispose: async () => {
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
});
