/**
 * Which node runs which session. A node lives for as long as it said last; a lease whose node does not live is free. Of
 * several nodes that reach for free leases, each takes those that no other is just taking.
 */
import { type Expression, type ExpressionBuilder, sql, type SqlBool } from 'kysely';
import type { Store } from '../port.js';
import type { Context, Engine } from './engine.js';
import type { Schema } from './schema.js';

type Leases = Pick<Store, 'renewLeases' | 'acquireLeases' | 'releaseLeases'>;

/** Dead nodes are forgotten after this time. */
const FORGET_MS = 60_000;

export const leases = ({ db, engine, node }: Context): Leases => ({
  async renewLeases(leaseMs) {
    return await db.transaction().execute(async (tx) => {
      const until = sql<number>`${engine.clock()} + ${leaseMs}`;
      const { until_ms: untilMs } = await tx
        .insertInto('node')
        .values({ id: node, until_ms: until, checked_ms: 0 })
        .onConflict((conflict) => conflict.column('id').doUpdateSet({ until_ms: until }))
        .returning('until_ms')
        .executeTakeFirstOrThrow();
      const nowMs = untilMs - leaseMs;
      await tx
        .deleteFrom('node')
        .where('until_ms', '<', nowMs - FORGET_MS)
        .execute();
      const held = await tx.selectFrom('lease').select('name').where('node', '=', node).execute();
      return { nowMs, held: held.map(({ name }) => name) };
    });
  },

  async acquireLeases() {
    const free = db.selectFrom('lease').select('name').where(isFree(engine));
    // Most of the time there is nothing to take, and nothing to write.
    if ((await free.limit(1).execute()).length === 0) return [];
    return await db.transaction().execute(async (tx) => {
      const query = tx.selectFrom('lease').select(['name', 'node']).where(isFree(engine));
      const taken = await (engine.name === 'sqlite' ? query : query.forUpdate().skipLocked()).execute();
      const names = taken.map(({ name }) => name);
      if (names.length > 0) await tx.updateTable('lease').set({ node }).where('name', 'in', names).execute();
      return taken.map((lease) => ({ name: lease.name, isOrphan: lease.node !== null }));
    });
  },

  async releaseLeases() {
    const released = await db.transaction().execute(async (tx) => {
      const held = await tx
        .selectFrom('lease')
        .innerJoin('session', 'session.id', 'lease.name')
        .select(['session.id as sessionId', 'session.task as taskId'])
        .where('lease.node', '=', node)
        .execute();
      await tx.updateTable('lease').set({ node: null }).where('node', '=', node).execute();
      await tx.deleteFrom('node').where('id', '=', node).execute();
      const changes = held.map((change) => ({ ...change, released: true as const }));
      for (const change of changes) await engine.announce(tx, change);
      return changes;
    });
    for (const change of released) engine.hints.tell(change);
  },
});

const isFree =
  (engine: Engine) =>
  (lease: ExpressionBuilder<Schema, 'lease'>): Expression<SqlBool> =>
    lease.not(isAlive(engine, lease.ref('node')));

/** @param node the column that names the node; null names none */
export const isAlive = (engine: Engine, node: Expression<string | null>): Expression<SqlBool> =>
  sql<SqlBool>`EXISTS (SELECT 1 FROM node WHERE node.id = ${node} AND node.until_ms > ${engine.clock()})`;
