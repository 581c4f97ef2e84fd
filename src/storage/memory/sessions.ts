/** Sessions of the memory store: how they begin, change and, after their end, lose their bulk. */
import { isEnded } from '../../protocol/phase.js';
import { copyBytes, copyList, copySession, shareSession } from '../copy.js';
import type { RecordKind, SessionRow, Store, Transition, TransitionFrom } from '../port.js';
import { SHARE_KINDS } from '../purged.js';
import { type Kept, order, type Session } from './kept.js';
import { appendToLog } from './log.js';

type Sessions = Pick<
  Store,
  'createSession' | 'getSession' | 'listSessions' | 'transition' | 'readLeaves' | 'readAggregate' | 'purge'
>;

export const sessions = (kept: Kept): Sessions => ({
  async createSession(row, leaves) {
    const { sessions: known, blobs, held } = kept.data;
    if (known.has(row.id)) return false;
    if (row.input !== null && !blobs.has(row.input)) return false;
    for (const { row: other } of known.values()) {
      if (other.taskId === row.taskId && other.number === row.number) return false;
    }
    const session: Session = {
      row: copySession(row),
      records: new Map(),
      claimed: new Map(),
      inputs: new Set(),
      uploads: new Map(),
      sum: null,
      spare: null,
      leaves: copyList(leaves),
      aggregate: null,
    };
    known.set(row.id, session);
    held.add(row.id);
    kept.hint(session);
    return true;
  },

  async getSession(id) {
    const session = kept.data.sessions.get(id);
    return session ? shareSession(session.row) : null;
  },

  async listSessions(taskId) {
    return [...kept.data.sessions.values()]
      .map((session) => session.row)
      .filter((row) => taskId === undefined || row.taskId === taskId)
      .sort((a, b) => a.number - b.number || order(a.taskId, b.taskId))
      .map(shareSession);
  },

  async transition(sessionId, from, change) {
    const session = kept.data.sessions.get(sessionId);
    if (!session || isEnded(session.row.phase)) return false;
    const { row } = session;
    if (row.phase !== from.phase || row.version !== from.version) return false;
    if (!sawEverything(session, from)) return false;

    const next = shareSession({
      ...row,
      phase: change.to,
      version: row.version + 1,
      phaseSinceMs: kept.now(),
      phaseDeadlineMs: change.phaseDeadlineMs,
      statements: withStatement(row, change),
      tree: change.tree,
      blamed: [...new Set([...row.blamed, ...(change.blamed ?? [])])],
    });
    if (isEnded(next.phase)) appendToLog(kept, next);
    session.row = next;
    session.leaves = [...session.leaves, ...copyList(change.leaves)];
    session.spare = null;
    if (change.aggregate) session.aggregate = copyBytes(change.aggregate);
    kept.hint(session);
    return true;
  },

  async readLeaves(sessionId) {
    return copyList(kept.data.sessions.get(sessionId)?.leaves ?? []);
  },

  async readAggregate(sessionId) {
    return kept.data.sessions.get(sessionId)?.aggregate ?? null;
  },

  async purge(sessionId, { aggregate = false } = {}) {
    const { sessions: known, blobs } = kept.data;
    const session = known.get(sessionId);
    if (!session || !isEnded(session.row.phase)) return false;
    session.row = shareSession({ ...session.row, purgedMs: session.row.purgedMs ?? kept.now() });
    session.sum = null;
    session.spare = null;
    session.uploads.clear();
    if (aggregate) session.aggregate = null;
    for (const kind of SHARE_KINDS) {
      const ofKind = session.records.get(kind) ?? new Map<string, never>();
      for (const [key, record] of ofKind) ofKind.set(key, { ...record, attachment: null });
    }
    const { input } = session.row;
    const isNamed = [...known.values()].some(({ row }) => row.input === input && row.purgedMs === null);
    if (input !== null && !isNamed) blobs.delete(input);
    return true;
  },
});

/** Nothing is ever removed while a session runs, so equal counts are equal sets. */
function sawEverything(session: Session, { seen = {} }: TransitionFrom): boolean {
  const { inputs, ...kinds } = seen;
  if (inputs !== undefined && inputs !== session.inputs.size) return false;
  return Object.entries(kinds).every(
    ([kind, count]) => count === (session.records.get(kind as RecordKind)?.size ?? 0),
  );
}

function withStatement(row: SessionRow, { statement }: Transition): SessionRow['statements'] {
  if (!statement) return row.statements;
  // Two closing statements of one round would be an equivocation, signed by ourselves.
  if (row.statements[statement.kind])
    throw new Error(`the session has its ${statement.kind} statement already`);
  return { ...row.statements, [statement.kind]: statement.signed };
}
