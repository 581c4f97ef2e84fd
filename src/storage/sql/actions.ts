/** What operators did, and whether the store can commit. */
import type { OperatorAction, Store } from '../port.js';
import type { Context } from './engine.js';

export const actions = ({
  db,
  engine,
  node,
}: Context): Pick<Store, 'recordAction' | 'listActions' | 'health'> => ({
  async recordAction({ actor, action, subject, detail }) {
    await db
      .insertInto('action')
      .values({ at_ms: engine.clock(), actor, action, subject, detail: JSON.stringify(detail) })
      .execute();
  },

  async listActions({ limit, before }) {
    const newest = db.selectFrom('action').selectAll().orderBy('id', 'desc').limit(limit);
    const rows = await (before === undefined ? newest : newest.where('id', '<', before)).execute();
    return rows.map(({ id, at_ms: atMs, actor, action, subject, detail }) => ({
      id,
      atMs,
      actor,
      action,
      subject,
      detail: JSON.parse(detail) as OperatorAction['detail'],
    }));
  },

  async health() {
    await db
      .insertInto('node')
      .values({ id: node, until_ms: 0, checked_ms: engine.clock() })
      .onConflict((conflict) => conflict.column('id').doUpdateSet({ checked_ms: engine.clock() }))
      .execute();
  },
});
