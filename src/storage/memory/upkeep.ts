/** Leases, operator actions and health of the memory store. Its one process is its one node, which always lives. */
import { isEnded } from '../../protocol/phase.js';
import { RETENTION_LEASE, type Store } from '../port.js';
import type { Kept } from './kept.js';

type Upkeep = Pick<
  Store,
  'renewLeases' | 'acquireLeases' | 'releaseLeases' | 'recordAction' | 'listActions' | 'health'
>;

export function upkeep(kept: Kept): Upkeep {
  const leases = (): string[] => [
    ...[...kept.data.sessions.values()].filter(({ row }) => !isEnded(row.phase)).map(({ row }) => row.id),
    RETENTION_LEASE,
  ];
  return {
    async renewLeases() {
      return { nowMs: kept.now(), held: leases().filter((name) => kept.data.held.has(name)) };
    },

    async acquireLeases() {
      const { held } = kept.data;
      const free = leases().filter((name) => !held.has(name));
      for (const name of free) held.add(name);
      return free.map((name) => ({ name, isOrphan: false }));
    },

    async releaseLeases() {
      const { held, sessions } = kept.data;
      const given = leases().filter((name) => held.has(name));
      held.clear();
      for (const name of given) {
        const session = sessions.get(name);
        if (session)
          kept.hints.tell({ taskId: session.row.taskId, sessionId: session.row.id, released: true });
      }
    },

    async recordAction({ actor, action, subject, detail }) {
      const { actions } = kept.data;
      actions.push({
        id: actions.length + 1,
        atMs: kept.now(),
        actor,
        action,
        subject,
        detail: { ...detail },
      });
    },

    async listActions({ limit, before = Infinity }) {
      return kept.data.actions
        .filter(({ id }) => id < before)
        .reverse()
        .slice(0, limit)
        .map((row) => ({ ...row, detail: { ...row.detail } }));
    },

    async health() {
      void kept.data;
    },
  };
}
