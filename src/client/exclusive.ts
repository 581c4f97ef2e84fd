/**
 * One thing at a time on one journal: what reads a scope, decides and appends must not interleave with another session
 * of the same process doing so. (Other processes are kept out by the journal itself.)
 */
import type { Journal } from './journal.js';

interface Shared {
  tail: Promise<unknown>;
  /** Sessions that this process is in, so that nobody takes them for interrupted ones. */
  readonly active: Set<string>;
}

const shared = new WeakMap<Journal, Shared>();

function sharedOf(journal: Journal): Shared {
  const known = shared.get(journal) ?? { tail: Promise.resolve(), active: new Set<string>() };
  shared.set(journal, known);
  return known;
}

export const activeSessions = (journal: Journal): Set<string> => sharedOf(journal).active;

export function exclusively<T>(journal: Journal, body: () => Promise<T>): Promise<T> {
  const state = sharedOf(journal);
  const result = state.tail.then(body, body);
  state.tail = result.catch(() => undefined);
  return result;
}
