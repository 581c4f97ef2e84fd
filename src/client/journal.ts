/**
 * The journal: a client's durable record, and the reason why it never says two different things. Before a message is
 * sent its exact bytes are here; a vote is here before it is cast (PROTOCOL §4 latches, §7). One journal belongs to one
 * identity and to one process at a time.
 *
 * It also remembers the newest head of the coordinator's log, which the next one must continue, and keeps the receipts.
 *
 * Security: without `resume` it never holds a secret of a session. What it always holds is one rounding seed per scope.
 */
import type { ScopeRecord } from '../protocol/scope.js';
import type { Signed } from '../protocol/signed.js';
import type { ReceiptFile } from '../protocol/transcript/receipt-files.js';

/** Written with the r0 latch: this session number of the task is used up. */
export interface JoinedEntry {
  readonly kind: 'joined';
  /** Hash of the opening, hex. */
  readonly session: string;
  /** Task id, hex. */
  readonly task: string;
  readonly number: number;
  readonly opening: Signed;
}

export type LatchedMessage = 'r0' | 'r1' | 'r2' | 'answer' | 'r3' | 'r4';

/** The exact bytes of a message. There is one per (session, message, subject), for ever. */
export interface LatchEntry {
  readonly kind: 'latch';
  readonly session: string;
  readonly message: LatchedMessage;
  /** Holder in hex for an answer, else ''. */
  readonly subject: string;
  /** What was asked for: opening, context or sets. The same request gets the same bytes, another is an equivocation. */
  readonly key: Uint8Array;
  readonly signed: Signed;
  /** Certificate, packets, upload or shares, as bytes. */
  readonly attachment: Uint8Array | null;
  /** The coordinator's statement that this message relies on; evidence. */
  readonly statement: Signed | null;
  /** r4: public state with which the result can be checked after a restart. */
  readonly state: Uint8Array | null;
}

export interface ScopeEntry {
  readonly kind: 'scope';
  /** Scope key, hex. */
  readonly scope: string;
  readonly record: ScopeRecord;
}

/** State of a running session; only with `resume`. Replaces the one before. */
export interface SecretEntry {
  readonly kind: 'secret';
  readonly session: string;
  readonly bytes: Uint8Array;
}

/** Deletes the session's secret and may drop its upload. */
export interface EndedEntry {
  readonly kind: 'ended';
  readonly session: string;
  /** 'closed' or an error code. */
  readonly outcome: string;
  /** The signed result or abort, when there is one. */
  readonly statement: Signed | null;
}

/** Signed bytes that prove what a peer did. */
export interface EvidenceEntry {
  readonly kind: 'evidence';
  readonly session: string;
  readonly code: string;
  readonly statements: readonly Signed[];
}

/** The newest head of a log that was accepted; replaces the one before. */
export interface CheckpointEntry {
  readonly kind: 'checkpoint';
  /** Key of the coordinator, hex. */
  readonly coordinator: string;
  /** Signed note. */
  readonly note: string;
}

/** Evidence that a log forked. While it is here, no session of this coordinator is joined. */
export interface ForkEntry {
  readonly kind: 'fork';
  /** Key of the coordinator, hex. */
  readonly coordinator: string;
  /** In which it was noticed; '' for none. */
  readonly session: string;
  /** Signed note: the head that was accepted last. */
  readonly seen: string;
  /** Signed note that does not continue it; null: the log was said to be empty. */
  readonly shown: string | null;
}

/** Written with the end of a session, and again once its receipt was verified. */
export interface ReceiptEntry {
  readonly kind: 'receipt';
  readonly session: string;
  /** Null: it has to be asked for. */
  readonly files: readonly ReceiptFile[] | null;
}

export type JournalEntry =
  | JoinedEntry
  | LatchEntry
  | ScopeEntry
  | SecretEntry
  | EndedEntry
  | EvidenceEntry
  | CheckpointEntry
  | ForkEntry
  | ReceiptEntry;

/** A session that ended, and whose receipt has to be asked for. */
export interface ReceiptDue extends Omit<JoinedEntry, 'kind'> {
  /** Signed result or abort that was accepted; null when this participant left before. */
  readonly outcome: Signed | null;
}

export interface Journal {
  /** Public key the journal belongs to; null when it does not remember one. */
  readonly identity: Uint8Array | null;
  /**
   * All entries or none; durable when it resolves; copied, as the caller wipes what it passed. Must reject a second latch of the same (session, message, subject),
   * a second `joined` of a session, and a session number not greater than the task's last.
   */
  append(entries: readonly JournalEntry[]): Promise<void>;
  /** Highest session number of the task joined so far. */
  lastSession(task: string): Promise<number | null>;
  /** Sessions of the task that were joined and have not ended, by number. */
  unfinished(task: string): Promise<readonly JoinedEntry[]>;
  scope(scope: string): Promise<ScopeRecord | null>;
  /** In the order they were appended. */
  latches(session: string): Promise<readonly LatchEntry[]>;
  secret(session: string): Promise<Uint8Array | null>;
  evidence(session: string): Promise<readonly EvidenceEntry[]>;
  /** @param coordinator key, hex @returns a signed note; null when no head of its log was accepted yet */
  checkpoint(coordinator: string): Promise<string | null>;
  /** @param coordinator key, hex; the first evidence counts */
  fork(coordinator: string): Promise<ForkEntry | null>;
  forks(): Promise<readonly ForkEntry[]>;
  /** Somebody decided to go on with this coordinator: its evidence and the head that was accepted last are deleted. */
  removeFork(coordinator: string): Promise<void>;
  /** Null: none is kept. */
  receipt(session: string): Promise<readonly ReceiptFile[] | null>;
  /** Sessions whose receipts are kept, in the order they came. */
  receipts(): Promise<readonly string[]>;
  /** Of the task, by number. @param task null: of all */
  receiptsDue(task: string | null): Promise<readonly ReceiptDue[]>;
  close(): Promise<void>;
}
