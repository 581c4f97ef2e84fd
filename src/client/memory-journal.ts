/**
 * A journal in memory: for tests, demonstrations and simulations. It forgets with the process, and with it the votes:
 * never use it for real data.
 */
import type { ScopeRecord } from '../protocol/scope.js';
import type {
  EndedEntry,
  EvidenceEntry,
  ForkEntry,
  JoinedEntry,
  Journal,
  JournalEntry,
  LatchEntry,
  ReceiptEntry,
} from './journal.js';

export function createMemoryJournal(identity: Uint8Array | null = null): Journal {
  const joined = new Map<string, JoinedEntry>();
  const ended = new Map<string, EndedEntry>();
  const latches: LatchEntry[] = [];
  const scopes = new Map<string, ScopeRecord>();
  const secrets = new Map<string, Uint8Array>();
  const evidence: EvidenceEntry[] = [];
  const checkpoints = new Map<string, string>();
  const forks = new Map<string, ForkEntry>();
  const receipts = new Map<string, ReceiptEntry>();

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
      case 'checkpoint':
        checkpoints.set(entry.coordinator, entry.note);
        break;
      case 'fork':
        if (!forks.has(entry.coordinator)) forks.set(entry.coordinator, entry);
        break;
      case 'receipt':
        if (!receipts.get(entry.session)?.files) receipts.set(entry.session, entry);
        break;
    }
  }

  return {
    identity,
    async append(entries) {
      entries.forEach(check);
      // Copies: the caller may wipe what it passed in.
      for (const entry of entries)
        apply(entry.kind === 'scope' ? { ...entry, record: copyScope(entry.record) } : copy(entry));
    },
    lastSession: async (task) => lastOf(task),
    unfinished: async (task) =>
      [...joined.values()]
        .filter((entry) => entry.task === task && !ended.has(entry.session))
        .sort((a, b) => a.number - b.number),
    scope: async (scope) => copyScope(scopes.get(scope)),
    latches: async (session) => copy(latches.filter((latch) => latch.session === session)),
    secret: async (session) => copy(secrets.get(session) ?? null),
    evidence: async (session) => copy(evidence.filter((entry) => entry.session === session)),
    checkpoint: async (coordinator) => checkpoints.get(coordinator) ?? null,
    fork: async (coordinator) => forks.get(coordinator) ?? null,
    forks: async () => [...forks.values()],
    async removeFork(coordinator) {
      forks.delete(coordinator);
      checkpoints.delete(coordinator);
    },
    receipt: async (session) => copy(receipts.get(session)?.files ?? null),
    receipts: async () => [...receipts.values()].flatMap(({ session, files }) => (files ? [session] : [])),
    receiptsDue: async (task) =>
      [...joined.values()]
        .filter(
          ({ session, ...entry }) =>
            (task ?? entry.task) === entry.task && receipts.get(session)?.files === null,
        )
        .sort((a, b) => a.number - b.number)
        .map(({ kind: _, ...entry }) =>
          copy({ ...entry, outcome: ended.get(entry.session)?.statement ?? null }),
        ),
    close: async () => undefined,
  };
}

const isSameMessage = (a: LatchEntry, b: LatchEntry): boolean =>
  a.session === b.session && a.message === b.message && a.subject === b.subject;

/** Identities are public, may be thousands, and are written to by nobody. */
function copyScope(record: ScopeRecord): ScopeRecord;
function copyScope(record: ScopeRecord | undefined): ScopeRecord | null;
function copyScope(record: ScopeRecord | undefined): ScopeRecord | null {
  if (record === undefined) return null;
  const { electorate, vote, ...rest } = record;
  return { ...copy(rest), electorate, vote };
}

/** Entries are plain data; by hand, because a structured clone may be of another realm. */
function copy<T>(value: T): T;
function copy(value: unknown): unknown {
  if (value instanceof Uint8Array) return value.slice();
  if (Array.isArray(value)) return value.map((item: unknown) => copy(item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copy(item as unknown)]));
}
