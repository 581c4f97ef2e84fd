/** Lineage in a file, so that a restarted participant still knows which model has to come next. */
import { readFile, rename, writeFile } from 'node:fs/promises';

import { isBlindsumError, refuse } from '../client/index.js';
import type { LineageRecord, LineageStore } from './lineage.js';

/**
 * One JSON object, task id → record. One process at a time.
 * @throws BlindsumError UNREADABLE_FILE on use, when the file is there but is something else
 */
export function fileLineage(path: string): LineageStore {
  let records: Promise<Map<string, LineageRecord>> | null = null;
  const all = (): Promise<Map<string, LineageRecord>> => (records ??= read(path));
  return {
    load: async (task) => (await all()).get(task) ?? null,
    async save(task, record) {
      const known = (await all()).set(task, record);
      await writeFile(`${path}.new`, JSON.stringify(Object.fromEntries(known)), { mode: 0o600, flush: true });
      await rename(`${path}.new`, path);
    },
  };
}

async function read(path: string): Promise<Map<string, LineageRecord>> {
  try {
    const entries = Object.entries(JSON.parse(await readFile(path, 'utf8')) as object);
    return new Map(entries.map(([task, record]) => [task, checked(path, record)]));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return new Map();
    if (isBlindsumError(cause)) throw cause;
    return refuse('UNREADABLE_FILE', 'self', `${path} is not a lineage file`, { cause });
  }
}

function checked(path: string, value: unknown): LineageRecord {
  const { step, attempt, input, offered, next } = (value ?? {}) as Record<string, unknown>;
  const fits =
    Number.isSafeInteger(step) &&
    Number.isSafeInteger(attempt) &&
    typeof input === 'string' &&
    typeof offered === 'string' &&
    (next === null || typeof next === 'string');
  if (!fits) refuse('UNREADABLE_FILE', 'self', `${path} is not a lineage file`); // check: A11
  return { step, attempt, input, offered, next } as LineageRecord;
}
