/** Loads `pg` on first use: whoever keeps the store in SQLite needs not install it. */
import type * as Pg from 'pg';
import { BlindsumError } from '../../protocol/errors.js';

/** @throws BlindsumError MISSING_PACKAGE */
export async function loadPg(): Promise<Pick<typeof Pg, 'Client' | 'Pool' | 'types'>> {
  try {
    const loaded = await import('pg');
    return loaded.default;
  } catch (cause) {
    if ((cause as { code?: unknown }).code !== 'ERR_MODULE_NOT_FOUND') throw cause;
    throw new BlindsumError(
      'MISSING_PACKAGE',
      'environment',
      'pg is not installed, and the store is on PostgreSQL; run: npm install pg@8.23.1',
      { cause },
    );
  }
}
