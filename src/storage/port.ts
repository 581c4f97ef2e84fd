/**
 * The store port: asynchronous and transactional, the same for memory, SQLite and PostgreSQL. The state of a session is
 * its records; nothing lives only in a process. A protocol refusal is a value (`Outcome`), a failure of the
 * infrastructure is a rejected promise.
 *
 * Two operations carry the privacy claim: `putRecord`/`commitInput` are accepted only while their phase is open, and
 * `transition` is one compare-and-set per phase, so a round has exactly one closing set, and an abort and a closing
 * cannot both exist.
 */
import type { Phase } from '../protocol/phase.js';
import type { RecordKind, StatementKind } from '../protocol/coordinator/state.js';
import type { Signed } from '../protocol/signed.js';
import type { Accumulator } from '../protocol/suite.js';

export type { Accumulator, RecordKind, StatementKind };

export interface TaskRow {
  /** Task hash, lower-case hex. */
  readonly id: string;
  readonly signed: Signed;
  /** Identities of the pinned electorate in increasing order; null when the task pins none. Not to be written to, as below. */
  readonly pinned: readonly Uint8Array[] | null;
  readonly createdMs: number;
  readonly closed: boolean;
}

export interface SessionRow {
  /** H(opening), lower-case hex. */
  readonly id: string;
  readonly taskId: string;
  readonly number: number;
  readonly opening: Signed;
  /** Increasing. Not to be written to: all readers may be given the same arrays. */
  readonly electorate: readonly Uint8Array[];
  /** SHA-256 digest of the input blob in hex; null when the session has none. */
  readonly input: string | null;
  readonly phase: Phase;
  /** Counts transitions, starting at 0; the compare half of compare-and-set. */
  readonly version: number;
  readonly phaseSinceMs: number;
  readonly phaseDeadlineMs: number;
  /** Statements of closed rounds (u1, u2, u3), result or abort. */
  readonly statements: Readonly<Partial<Record<StatementKind, Signed>>>;
  /** Session tree so far. */
  readonly tree: { readonly size: number; readonly root: Uint8Array };
  /** Identities proven at fault, hex. */
  readonly blamed: readonly string[];
  /** When its bulk was deleted after its end; null while it is all there. */
  readonly purgedMs: number | null;
}

/** That an upload is complete is known by `commitInput`, not by its `r2` record. */
export interface SessionRecord {
  readonly kind: RecordKind;
  /** Hex of the sender's identity. */
  readonly sender: string;
  /** Distinguishes several records of one kind and sender (answers: the holder); '' otherwise. */
  readonly subject: string;
  readonly signed: Signed;
  /** Bulk data that the payload names by digest. */
  readonly attachment: Uint8Array | null;
}

/**
 * stored: new; same: the identical message was there already; conflict: another one was; late: phase closed; taken: a
 * `unique` value is in use. Checked in the order late, same or conflict, taken: after the close even the identical
 * message is late. A refused message leaves no trace. An unknown session is a closed one.
 */
export type Outcome = 'stored' | 'same' | 'conflict' | 'late' | 'taken';

export interface PutRecord extends SessionRecord {
  /** Values no other participant of the session may bring too (hex of session keys). */
  readonly unique?: readonly string[];
}

export interface CommitInput {
  readonly sender: string;
  /** The header record must exist with exactly these signed bytes. */
  readonly signed: Signed;
  readonly upload: Uint8Array;
  /** The upload is kept, too, until the session is purged: for a sum that an auditor can compute again. */
  readonly keep?: boolean;
}

export interface TransitionFrom {
  readonly phase: Phase;
  readonly version: number;
  /**
   * How many records of a kind, and how many complete uploads, the change was computed from. A set is only ever added
   * to, so equal counts are equal sets: a message that was accepted after they were read makes the transition fail
   * instead of being left out of the closing set. Read again and try again.
   */
  readonly seen?: Readonly<Partial<Record<RecordKind | 'inputs', number>>>;
}

export interface Transition {
  readonly to: Phase;
  readonly phaseDeadlineMs: number;
  /** Each kind once per session; a second one is a bug of the caller and rejects. */
  readonly statement?: { readonly kind: StatementKind; readonly signed: Signed };
  /** Appended to the session tree in this order. */
  readonly leaves: readonly Uint8Array[];
  readonly tree: { readonly size: number; readonly root: Uint8Array };
  /** Added to those already blamed. */
  readonly blamed?: readonly string[];
  /** Kept with the closing record: the packed aggregate. */
  readonly aggregate?: Uint8Array;
}

export interface EnrolmentRow {
  readonly identity: string;
  readonly certificate: Signed;
}

/** A session in the log (PROTOCOL §12.1). */
export interface LoggedSession {
  /** 0-based. */
  readonly index: number;
  readonly entry: Uint8Array;
}

export interface CosignatureRow {
  /** Of the head of the log that was cosigned. */
  readonly size: number;
  /** Names the witness and its key. */
  readonly witness: string;
  /** Signature line of a note, without its newline. */
  readonly line: string;
}

/** The newest head that enough of the witnesses have cosigned is wanted. */
export interface CosignedQuery {
  readonly witnesses: readonly string[];
  /** How many of them; at least 1. */
  readonly count: number;
  /** Sizes of the head, both included. */
  readonly from: number;
  readonly to: number;
}

/** What an operator did. `detail` is short and holds no secret. */
export interface OperatorAction {
  /** Who: a name, never a token. */
  readonly actor: string;
  /** What, as the call is named. */
  readonly action: string;
  /** To what: the id of a task or session, or ''. */
  readonly subject: string;
  readonly detail: Readonly<Record<string, string | number | boolean | null>>;
}

export interface OperatorActionRow extends OperatorAction {
  /** Increases with every action; gaps mean nothing. */
  readonly id: number;
  readonly atMs: number;
}

/**
 * A hint. released: the node that ran the session gave it up, and another one should take it at once.
 */
export interface Change {
  readonly taskId: string;
  readonly sessionId: string;
  readonly released?: true;
}

/** A lease that was free and now is this node's. */
export interface TakenLease {
  readonly name: string;
  /** Its node lives no more and did not give it up. */
  readonly isOrphan: boolean;
}

/** The lease of the node that deletes what is past its retention. All other leases are named by their session. */
export const RETENTION_LEASE = 'retention';

export interface Store {
  /** same: the id is known; the first row stays. */
  putTask(task: TaskRow): Promise<'stored' | 'same'>;
  getTask(id: string): Promise<TaskRow | null>;
  /** By creation time, then id, increasing. */
  listTasks(): Promise<TaskRow[]>;
  /** False: no such task. */
  closeTask(id: string): Promise<boolean>;

  /** Certificates that participants presented and that verified; of one identity the last. */
  putEnrolment(row: EnrolmentRow): Promise<void>;
  /** By identity, increasing. */
  listEnrolments(): Promise<EnrolmentRow[]>;
  /** Of one identity the first: a revocation is final. */
  putRevocation(identity: string, revocation: Signed): Promise<void>;
  /** By identity, increasing. */
  listRevocations(): Promise<{ identity: string; revocation: Signed }[]>;

  /** Of one digest the first. */
  putBlob(digest: string, bytes: Uint8Array): Promise<void>;
  /** Not to be written to: all readers may be given the same array. */
  getBlob(digest: string): Promise<Uint8Array | null>;

  /**
   * Refuses (false) a session number the task already has, an id that is in use, and an input that is not stored. The
   * node that creates a session holds its lease.
   */
  createSession(row: SessionRow, leaves: readonly Uint8Array[]): Promise<boolean>;
  getSession(id: string): Promise<SessionRow | null>;
  /** By session number, then task, increasing. */
  listSessions(taskId?: string): Promise<SessionRow[]>;

  /** Durable when it resolves. */
  putRecord(sessionId: string, phase: Phase, record: PutRecord): Promise<Outcome>;
  getRecord(
    sessionId: string,
    kind: RecordKind,
    sender: string,
    subject?: string,
  ): Promise<SessionRecord | null>;
  /** Ordered by (sender, subject), never by arrival. */
  readRecords(sessionId: string, kind: RecordKind): Promise<SessionRecord[]>;
  countRecords(sessionId: string, kind: RecordKind): Promise<number>;

  /**
   * Header digest, upload and running sum become durable together; folding happens once per participant. Phase r2 only.
   * conflict: no header, or another one. A fold that throws rejects and leaves no trace.
   */
  commitInput(sessionId: string, input: CommitInput, sums: Accumulator): Promise<Outcome>;
  hasInput(sessionId: string, sender: string): Promise<boolean>;
  /** Hex identities whose upload is complete, increasing. */
  readInputs(sessionId: string): Promise<string[]>;
  /** An upload that was kept; null: it was not, or it was purged. Not to be written to. */
  readUpload(sessionId: string, sender: string): Promise<Uint8Array | null>;
  /** The running sum of all shards; zeros when nothing was folded. */
  readSum(sessionId: string, sums: Accumulator): Promise<Uint8Array>;

  /**
   * Compare-and-set on (phase, version, seen). False: somebody else closed the phase, or more was accepted than `seen`.
   * Dated by the store's clock. An ended session has no transition.
   *
   * The end of a session is appended to the log with it, in one order for all nodes: no entry is missing, changed or
   * removed, and none comes in between.
   */
  transition(sessionId: string, from: TransitionFrom, change: Transition): Promise<boolean>;
  readLeaves(sessionId: string): Promise<Uint8Array[]>;
  /** Not to be written to: all readers may be given the same array. */
  readAggregate(sessionId: string): Promise<Uint8Array | null>;

  /** Number of sessions that ended. Grows only. */
  logSize(): Promise<number>;
  /** Entries from…to, without `to`; fewer when there are fewer. */
  readLog(from: number, to: number): Promise<Uint8Array[]>;
  /** Null: the session has not ended. */
  findLogged(sessionId: string): Promise<LoggedSession | null>;
  /** Of one size and witness the last. */
  putCosignature(row: CosignatureRow): Promise<void>;
  /** Of one size, by witness, increasing. */
  readCosignatures(size: number): Promise<CosignatureRow[]>;
  /** Size of the head; null: there is none. */
  findCosigned(query: CosignedQuery): Promise<number | null>;

  /**
   * Deletes, of an ended session, what was derived from single participants: running sums, kept uploads, shares (sealed
   * or revealed), the input when no other session names it; with `aggregate` the aggregate too. Signed bytes, statements, leaves
   * and the log stay. Again is the same. False: the session is unknown or has not ended.
   */
  purge(sessionId: string, options?: { readonly aggregate?: boolean }): Promise<boolean>;

  /**
   * Leases say which node runs a session: one per open session and RETENTION_LEASE. They are for liveness only: what two
   * holders do at once is safe, because `transition` happens once. All times are the store's clock, one for all nodes.
   *
   * This node lives for `leaseMs` more; a node whose time has run out holds nothing that another one has taken since.
   * @returns the store's time, and the names of the leases that this node holds
   */
  renewLeases(leaseMs: number): Promise<{ readonly nowMs: number; readonly held: readonly string[] }>;
  /** Takes the leases that no living node holds. */
  acquireLeases(): Promise<TakenLease[]>;
  /** Gives up all leases; the other nodes are told. */
  releaseLeases(): Promise<void>;

  /** Dated by the store's clock. */
  recordAction(action: OperatorAction): Promise<void>;
  /** The newest first. @param before only those with a smaller id */
  listActions(query: { readonly limit: number; readonly before?: number }): Promise<OperatorActionRow[]>;

  /** Resolves when the store can commit now: it has committed something tiny. */
  health(): Promise<void>;

  /** A hint that a session may have changed; never the only way to learn of it. Returns the unsubscribe function. */
  watch(listener: (change: Change) => void): () => void;
  /** Every later operation rejects; closing again does nothing. */
  close(): Promise<void>;
}
