/** What differs between the engines, besides the types of columns. */
import type { Dialect, SelectQueryBuilder } from 'kysely';
import type { Change, Hints } from '../hints.js';
import type { Tx } from './bulk.js';
import type { EngineName, Schema } from './schema.js';

export interface Engine {
  readonly name: EngineName;
  readonly dialect: Dialect;
  /** Tells this process, and with PostgreSQL the other nodes, of changes that were committed. */
  readonly hints: Hints;
  /** In the transaction of the change: other nodes hear of it when it commits. */
  announce(tx: Tx, change: Change): Promise<void>;
  close(): Promise<void>;
}

/** SQLite has one writer at a time, so its transactions need no locks. */
export function locked<Q extends SelectQueryBuilder<Schema, 'session' | 'shard', object>>(
  engine: Engine,
  query: Q,
  strength: 'share' | 'update',
): Q {
  if (engine.name === 'sqlite') return query;
  return (strength === 'share' ? query.forShare() : query.forUpdate()) as Q;
}
