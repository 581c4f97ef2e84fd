/** Where `serve` keeps its sessions: a SQLite file in a folder, PostgreSQL, or nothing that lasts. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../../coordinator/clock.js';
import { BlindsumError, refuse } from '../../protocol/errors.js';
import type { Store } from '../../storage/port.js';
import { parseStoreUrl } from './url.js';

export type StoreConfig =
  | { readonly kind: 'sqlite'; readonly folder: string }
  | { readonly kind: 'postgres'; readonly url: string }
  | { readonly kind: 'memory' };

/** The SQLite file in a data folder. */
export const sqliteFile = (folder: string): string => join(folder, 'blindsum.sqlite');

/**
 * @param text a postgres:// URL, `memory`, or absent: SQLite in `folder`
 * @param where it was given
 * @throws BlindsumError BAD_CONFIG
 */
export function storeConfig(text: string | undefined, folder: string, where: string): StoreConfig {
  if (text === undefined) return { kind: 'sqlite', folder };
  if (text === 'memory') return { kind: 'memory' };
  if (/^postgres(ql)?:\/\//.test(text)) return { kind: 'postgres', url: parseStoreUrl(text).href };
  refuse('BAD_CONFIG', 'caller', `${where}: store: give a postgres:// URL or the word memory`);
}

/** For people; without the password that a URL may hold. */
export function describeStore(config: StoreConfig): string {
  switch (config.kind) {
    case 'sqlite':
      return sqliteFile(config.folder);
    case 'postgres': {
      const { host, pathname } = new URL(config.url);
      return `postgres://${host}${pathname}`;
    }
    case 'memory':
      return 'memory';
  }
}

/**
 * Its clock, where it is this process's own, is the coordinator's: deadlines are kept by one and compared by the other.
 *
 * @throws BlindsumError STORE_LOCKED, STORE_FAILED, UNREADABLE_FILE, MISSING_PACKAGE, BAD_CONFIG
 */
export async function openStore(
  config: StoreConfig,
  onWarning: (message: string) => void = () => undefined,
): Promise<Store> {
  switch (config.kind) {
    case 'sqlite': {
      const { createSqliteStore } = await import('../../storage/sqlite/index.js');
      await makeFolder(config.folder);
      return await createSqliteStore({ path: sqliteFile(config.folder), now: () => systemClock.now() });
    }
    case 'postgres': {
      const { createPostgresStore } = await import('../../storage/postgres/index.js');
      return await createPostgresStore({ url: config.url, node: globalThis.crypto.randomUUID(), onWarning });
    }
    case 'memory': {
      const { createMemoryStore } = await import('../../storage/memory.js');
      return createMemoryStore({ now: () => systemClock.now() });
    }
  }
}

/** The last folder of the path only: a mistyped path is rather an error than a new tree somewhere. */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (cause) {
    if ((cause as { code?: unknown }).code === 'EEXIST') return;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new BlindsumError(
      'UNREADABLE_FILE',
      'environment',
      `data: ${folder} cannot be made: ${reason}: make it, for the user that runs the coordinator, or name another`,
      { cause },
    );
  }
}
