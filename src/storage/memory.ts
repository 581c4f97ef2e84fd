/**
 * The store in memory, for unit tests, simulation and `serve --dev`; nothing survives the process. It is the plainest
 * reading of the port: every operation runs to its end before the next one begins, because none of them waits inside.
 *
 * Per session it keeps records and one running sum, never the uploads. What comes in and what goes out is copied, so
 * nobody can change a record after it was accepted. Not copied are an upload, which is folded during the call, and what
 * goes out of blobs and aggregates: many read them at a time, each for as long as it likes.
 */
import { isEnded, type Phase } from '../protocol/phase.js';
import { sameSigned, type Signed } from '../protocol/signed.js';
import { copyBytes, copyList, copyRecord, copySession, copySigned, copyTask } from './copy.js';
import { Hints } from './hints.js';
import type {
  Accumulator,
  CommitInput,
  EnrolmentRow,
  Outcome,
  PutRecord,
  RecordKind,
  SessionRecord,
  SessionRow,
  Store,
  TaskRow,
  Transition,
  TransitionFrom,
} from './port.js';
import { sameRecord } from './same-record.js';

export interface MemoryStoreOptions {
  /** Milliseconds since 1970; dates the transitions. */
  readonly now?: () => number;
}

export function createMemoryStore(options: MemoryStoreOptions = {}): Store {
  return new MemoryStore(options.now ?? Date.now);
}

interface Session {
  row: SessionRow;
  /** By kind, then by sender and subject. */
  readonly records: Map<RecordKind, Map<string, SessionRecord>>;
  /** Sender by claimed value. */
  readonly claimed: Map<string, string>;
  readonly inputs: Set<string>;
  /** Null until something was folded. Replaced by every fold, never written to. */
  sum: Uint8Array | null;
  leaves: readonly Uint8Array[];
  aggregate: Uint8Array | null;
}

interface Kept {
  readonly tasks: Map<string, TaskRow>;
  readonly enrolments: Map<string, Signed>;
  readonly revocations: Map<string, Signed>;
  readonly blobs: Map<string, Uint8Array>;
  readonly sessions: Map<string, Session>;
}

class MemoryStore implements Store {
  /** Null once closed. */
  #data: Kept | null = {
    tasks: new Map(),
    enrolments: new Map(),
    revocations: new Map(),
    blobs: new Map(),
    sessions: new Map(),
  };
  readonly #hints = new Hints();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  get #kept(): Kept {
    if (this.#data === null) throw new Error('the store is closed');
    return this.#data;
  }

  async putTask(task: TaskRow): Promise<'stored' | 'same'> {
    const { tasks } = this.#kept;
    if (tasks.has(task.id)) return 'same';
    tasks.set(task.id, copyTask(task));
    return 'stored';
  }

  async getTask(id: string): Promise<TaskRow | null> {
    const task = this.#kept.tasks.get(id);
    return task ? copyTask(task) : null;
  }

  async listTasks(): Promise<TaskRow[]> {
    const byAge = (a: TaskRow, b: TaskRow) => a.createdMs - b.createdMs || order(a.id, b.id);
    return [...this.#kept.tasks.values()].sort(byAge).map(copyTask);
  }

  async closeTask(id: string): Promise<boolean> {
    const { tasks } = this.#kept;
    const task = tasks.get(id);
    if (task) tasks.set(id, { ...task, closed: true });
    return task !== undefined;
  }

  async putEnrolment(row: EnrolmentRow): Promise<void> {
    this.#kept.enrolments.set(row.identity, copySigned(row.certificate));
  }

  async listEnrolments(): Promise<EnrolmentRow[]> {
    return sortedEntries(this.#kept.enrolments).map(([identity, certificate]) => ({
      identity,
      certificate: copySigned(certificate),
    }));
  }

  async putRevocation(identity: string, revocation: Signed): Promise<void> {
    const { revocations } = this.#kept;
    if (!revocations.has(identity)) revocations.set(identity, copySigned(revocation));
  }

  async listRevocations(): Promise<{ identity: string; revocation: Signed }[]> {
    return sortedEntries(this.#kept.revocations).map(([identity, revocation]) => ({
      identity,
      revocation: copySigned(revocation),
    }));
  }

  async putBlob(digest: string, bytes: Uint8Array): Promise<void> {
    const { blobs } = this.#kept;
    if (!blobs.has(digest)) blobs.set(digest, copyBytes(bytes));
  }

  async getBlob(digest: string): Promise<Uint8Array | null> {
    return this.#kept.blobs.get(digest) ?? null;
  }

  async createSession(row: SessionRow, leaves: readonly Uint8Array[]): Promise<boolean> {
    const { sessions } = this.#kept;
    if (sessions.has(row.id)) return false;
    for (const { row: other } of sessions.values()) {
      if (other.taskId === row.taskId && other.number === row.number) return false;
    }
    const session: Session = {
      row: copySession(row),
      records: new Map(),
      claimed: new Map(),
      inputs: new Set(),
      sum: null,
      leaves: copyList(leaves),
      aggregate: null,
    };
    sessions.set(row.id, session);
    this.#hint(session);
    return true;
  }

  async getSession(id: string): Promise<SessionRow | null> {
    const session = this.#kept.sessions.get(id);
    return session ? copySession(session.row) : null;
  }

  async listSessions(taskId?: string): Promise<SessionRow[]> {
    return [...this.#kept.sessions.values()]
      .map((session) => session.row)
      .filter((row) => taskId === undefined || row.taskId === taskId)
      .sort((a, b) => a.number - b.number || order(a.taskId, b.taskId))
      .map(copySession);
  }

  async putRecord(sessionId: string, phase: Phase, record: PutRecord): Promise<Outcome> {
    const session = this.#kept.sessions.get(sessionId);
    if (!session || session.row.phase !== phase || isEnded(phase)) return 'late'; // check: A8
    const { kind, sender, subject, unique = [] } = record;
    const earlier = session.records.get(kind)?.get(recordKey(sender, subject));
    if (earlier) return sameRecord(earlier, record) ? 'same' : 'conflict';
    if (unique.some((value) => (session.claimed.get(value) ?? sender) !== sender)) return 'taken'; // check: A10

    for (const value of unique) session.claimed.set(value, sender);
    const ofKind = session.records.get(kind) ?? new Map<string, SessionRecord>();
    ofKind.set(recordKey(sender, subject), copyRecord(record));
    session.records.set(kind, ofKind);
    this.#hint(session);
    return 'stored';
  }

  async getRecord(
    sessionId: string,
    kind: RecordKind,
    sender: string,
    subject = '',
  ): Promise<SessionRecord | null> {
    const record = this.#kept.sessions.get(sessionId)?.records.get(kind)?.get(recordKey(sender, subject));
    return record ? copyRecord(record) : null;
  }

  async readRecords(sessionId: string, kind: RecordKind): Promise<SessionRecord[]> {
    const records = this.#kept.sessions.get(sessionId)?.records.get(kind)?.values() ?? [];
    return [...records]
      .sort((a, b) => order(a.sender, b.sender) || order(a.subject, b.subject))
      .map(copyRecord);
  }

  async countRecords(sessionId: string, kind: RecordKind): Promise<number> {
    return this.#kept.sessions.get(sessionId)?.records.get(kind)?.size ?? 0;
  }

  async commitInput(sessionId: string, input: CommitInput, sums: Accumulator): Promise<Outcome> {
    const session = this.#kept.sessions.get(sessionId);
    if (session?.row.phase !== 'r2') return 'late'; // check: A8
    const header = session.records.get('r2')?.get(recordKey(input.sender, ''));
    if (!header || !sameSigned(header.signed, input.signed)) return 'conflict';
    if (session.inputs.has(input.sender)) return 'same';

    // Into a copy: a fold that throws halfway must not leave half an upload in the sum.
    const sum = sumOf(session, sums);
    sums.fold(sum, input.upload);
    session.sum = sum;
    session.inputs.add(input.sender);
    this.#hint(session);
    return 'stored';
  }

  async readInputs(sessionId: string): Promise<string[]> {
    return [...(this.#kept.sessions.get(sessionId)?.inputs ?? [])].sort(order);
  }

  async readSum(sessionId: string, sums: Accumulator): Promise<Uint8Array> {
    return sumOf(this.#kept.sessions.get(sessionId), sums);
  }

  async transition(sessionId: string, from: TransitionFrom, change: Transition): Promise<boolean> {
    const session = this.#kept.sessions.get(sessionId);
    if (!session || isEnded(session.row.phase)) return false;
    const { row } = session;
    if (row.phase !== from.phase || row.version !== from.version) return false;
    if (!sawEverything(session, from)) return false;

    const next = copySession({
      ...row,
      phase: change.to,
      version: row.version + 1,
      phaseSinceMs: this.#now(),
      phaseDeadlineMs: change.phaseDeadlineMs,
      statements: withStatement(row, change),
      tree: change.tree,
      blamed: [...new Set([...row.blamed, ...(change.blamed ?? [])])],
    });
    session.row = next;
    session.leaves = [...session.leaves, ...copyList(change.leaves)];
    if (change.aggregate) session.aggregate = copyBytes(change.aggregate);
    this.#hint(session);
    return true;
  }

  async readLeaves(sessionId: string): Promise<Uint8Array[]> {
    return copyList(this.#kept.sessions.get(sessionId)?.leaves ?? []);
  }

  async readAggregate(sessionId: string): Promise<Uint8Array | null> {
    return this.#kept.sessions.get(sessionId)?.aggregate ?? null;
  }

  watch(listener: Parameters<Store['watch']>[0]): () => void {
    return this.#hints.subscribe(listener);
  }

  async close(): Promise<void> {
    this.#data = null;
    this.#hints.clear();
  }

  #hint({ row }: Session): void {
    this.#hints.tell({ taskId: row.taskId, sessionId: row.id });
  }
}

/** By code unit, the same on every machine whatever its locale. */
const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const sortedEntries = <V>(map: ReadonlyMap<string, V>): [string, V][] =>
  [...map].sort(([a], [b]) => order(a, b));

const recordKey = (sender: string, subject: string): string => JSON.stringify([sender, subject]);

/** The running sum in a new array; zeros when nothing was folded. */
function sumOf(session: Session | undefined, sums: Accumulator): Uint8Array {
  if (!session?.sum) return new Uint8Array(sums.byteLength);
  if (session.sum.length !== sums.byteLength) {
    throw new RangeError(`sums: the sum has ${session.sum.length} bytes, not ${sums.byteLength}`);
  }
  return copyBytes(session.sum);
}

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
