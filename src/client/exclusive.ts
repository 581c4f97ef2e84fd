/**
 * One thing at a time on one journal: what reads a scope, decides and appends must not interleave with another session
 * of the same process doing so. (Other processes are kept out by the journal itself.)
 */
import type { Journal } from './journal.js';

interface Shared {
  tail: Promise<unknown>;
  /** Sessions that this process is in, and how many runs of it are in each. */
  readonly active: Map<string, number>;
}

const shared = new WeakMap<Journal, Shared>();

function sharedOf(journal: Journal): Shared {
  const known = shared.get(journal) ?? { tail: Promise.resolve(), active: new Map<string, number>() };
  shared.set(journal, known);
  return known;
}

/** Nobody takes a session for an interrupted one while somebody in this process is in it. */
export const isActive = (journal: Journal, session: string): boolean => sharedOf(journal).active.has(session);

/** @returns what to call, once, when this run is no longer in the session; others may still be */
export function enterSession(journal: Journal, session: string): () => void {
  const { active } = sharedOf(journal);
  active.set(session, (active.get(session) ?? 0) + 1);
  let left = false;
  return () => {
    if (left) return;
    left = true;
    const others = (active.get(session) ?? 1) - 1;
    if (others === 0) active.delete(session);
    else active.set(session, others);
  };
}

export function exclusively<T>(journal: Journal, body: () => Promise<T>): Promise<T> {
  const state = sharedOf(journal);
  const result = state.tail.then(body, body);
  state.tail = result.catch(() => undefined);
  return result;
}
