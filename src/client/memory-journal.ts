/**
 * A journal in memory: for tests, demonstrations and simulations. It forgets with the process, and with it the votes:
 * never use it for real data.
 */
import type { ScopeRecord } from '../protocol/scope.js';
import type { EndedEntry, EvidenceEntry, JoinedEntry, Journal, JournalEntry, LatchEntry } from './journal.js';

export function createMemoryJournal(identity: Uint8Array | null = null): Journal {
  const joined = new Map<string, JoinedEntry>();
  const ended = new Map<string, EndedEntry>();
  const latches: LatchEntry[] = [];
  const scopes = new Map<string, ScopeRecord>();
  const secrets = new Map<string, Uint8Array>();
  const evidence: EvidenceEntry[] = [];

  const lastOf = (task: string): number | null => {
    const numbers = [...joined.values()].filter((entry) => entry.task === task).map(({ number }) => number);
    return numbers.length === 0 ? null : Math.max(...numbers);
  };

  function check(entry: JournalEntry): void {
    if (entry.kind === 'joined' && (joined.has(entry.session) || entry.number <= (lastOf(entry.task) ?? -1)))
      throw new Error('the session or its number was joined before'); // check: A9, A10
    if (entry.kind === 'latch' && latches.some((latch) => isSameMessage(latch, entry)))
      throw new Error(`${entry.message} of this session is latched already`); // check: A3, A10
  }

  function apply(entry: JournalEntry): void {
    switch (entry.kind) {
      case 'joined':
        joined.set(entry.session, entry);
        break;
      case 'latch':
        latches.push(entry);
        break;
      case 'scope':
        scopes.set(entry.scope, entry.record);
        break;
      case 'secret':
        secrets.get(entry.session)?.fill(0);
        secrets.set(entry.session, entry.bytes);
        break;
      case 'ended':
        secrets.get(entry.session)?.fill(0);
        secrets.delete(entry.session);
        ended.set(entry.session, entry);
        break;
      case 'evidence':
        evidence.push(entry);
        break;
    }
  }

  return {
    identity,
    async append(entries) {
      entries.forEach(check);
      // Copies: the caller may wipe what it passed in.
      copy(entries).forEach(apply);
    },
    lastSession: async (task) => lastOf(task),
    unfinished: async (task) =>
      [...joined.values()]
        .filter((entry) => entry.task === task && !ended.has(entry.session))
        .sort((a, b) => a.number - b.number),
    scope: async (scope) => copy(scopes.get(scope) ?? null),
    latches: async (session) => copy(latches.filter((latch) => latch.session === session)),
    secret: async (session) => copy(secrets.get(session) ?? null),
    evidence: async (session) => copy(evidence.filter((entry) => entry.session === session)),
    close: async () => undefined,
  };
}

const isSameMessage = (a: LatchEntry, b: LatchEntry): boolean =>
  a.session === b.session && a.message === b.message && a.subject === b.subject;

/** Entries are plain data; by hand, because a structured clone may be of another realm. */
function copy<T>(value: T): T;
function copy(value: unknown): unknown {
  if (value instanceof Uint8Array) return value.slice();
  if (Array.isArray(value)) return value.map((item: unknown) => copy(item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copy(item as unknown)]));
}
