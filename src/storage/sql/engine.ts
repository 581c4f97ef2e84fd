/** What differs between the engines, besides the types of columns. */
import type { Dialect, Kysely, RawBuilder, SelectQueryBuilder } from 'kysely';
import type { Hints } from '../hints.js';
import type { Change } from '../port.js';
import type { Tx } from './bulk.js';
import type { EngineName, Schema } from './schema.js';

export interface Engine {
  readonly name: EngineName;
  readonly dialect: Dialect;
  /** The store's clock in a statement, in milliseconds since 1970: with PostgreSQL the server's, one for all nodes. */
  clock(): RawBuilder<number>;
  /** Tells this process, and with PostgreSQL the other nodes, of changes that were committed. */
  readonly hints: Hints;
  /** In the transaction of the change: other nodes hear of it when it commits. */
  announce(tx: Tx, change: Change): Promise<void>;
  close(): Promise<void>;
}

/** What the parts of the store share. */
export interface Context {
  readonly db: Kysely<Schema>;
  readonly engine: Engine;
  /** Names this process among those that share the data. */
  readonly node: string;
}

/** SQLite has one writer at a time, so its transactions need no locks. */
export function locked<Q extends SelectQueryBuilder<Schema, 'session' | 'shard' | 'bulk', object>>(
  engine: Engine,
  query: Q,
  strength: 'share' | 'update',
): Q {
  if (engine.name === 'sqlite') return query;
  return (strength === 'share' ? query.forShare() : query.forUpdate()) as Q;
}
