/**
 * The store in memory, for unit tests, simulation and `serve --store memory`; nothing survives the process. It is the
 * plainest reading of the port: every operation runs to its end before the next one begins, because none of them waits
 * inside.
 *
 * What comes in and what goes out is copied, so nobody can change a record after it was accepted. Not copied are an
 * upload, which is folded during the call, and what goes out of blobs and aggregates: many read them at a time, each for
 * as long as it likes.
 */
import { documents } from './memory/documents.js';
import { Kept } from './memory/kept.js';
import { log } from './memory/log.js';
import { records } from './memory/records.js';
import { sessions } from './memory/sessions.js';
import { upkeep } from './memory/upkeep.js';
import type { Store } from './port.js';

export interface MemoryStoreOptions {
  /** Milliseconds since 1970: the store's clock. */
  readonly now?: () => number;
}

export function createMemoryStore({ now = Date.now }: MemoryStoreOptions = {}): Store {
  const kept = new Kept(now);
  return {
    ...documents(kept),
    ...sessions(kept),
    ...records(kept),
    ...log(kept),
    ...upkeep(kept),
    watch: (listener) => kept.hints.subscribe(listener),
    async close() {
      kept.drop();
    },
  };
}
