/** What an operator can ask of the coordinator, as plain values (PROTOCOL §8). Authenticated by the operator token. */
import type { Phase, Round } from '../protocol/phase.js';
import type { Signed } from '../protocol/signed.js';

export interface TaskSummary {
  /** Task hash, lower-case hex. */
  readonly taskId: string;
  readonly task: Signed;
  readonly pinned: readonly Uint8Array[] | null;
  readonly createdMs: number;
  readonly closed: boolean;
  readonly sessions: number;
}

export interface OpenSession {
  readonly taskId: string;
  /** Blob put before with putInput, or null. */
  readonly inputDigest: Uint8Array | null;
  /** How long r0 stays open at most. */
  readonly joinMs: number;
  /** How long every later round stays open at most. */
  readonly roundMs: number;
  /** Organiser-signed exceptions of the one-vote rule that the session may use. */
  readonly grants?: readonly Signed[];
}

export interface SessionSummary {
  readonly sessionId: string;
  readonly taskId: string;
  readonly number: number;
  readonly phase: Phase;
  readonly electorate: readonly Uint8Array[];
  /** n_C of the task, quorum q of this electorate. */
  readonly maxColluders: number;
  readonly quorum: number;
  /** Survivors without which it aborts: max(q, minSurvivors). */
  readonly needed: number;
  readonly openedMs: number;
  /** When the present phase began; of an ended session, when it ended. */
  readonly phaseSinceMs: number;
  readonly phaseDeadlineInMs: number;
  /** When sums, shares and input were deleted; 0: they are there. */
  readonly purgedMs: number;
  /** Accepted messages per round so far. */
  readonly accepted: Readonly<Record<Round, number>>;
  readonly u1: readonly Uint8Array[] | null;
  readonly u2: readonly Uint8Array[] | null;
  readonly u3: readonly Uint8Array[] | null;
  readonly abort: {
    readonly code: string;
    readonly message: string;
    readonly blamed: readonly Uint8Array[];
  } | null;
}

export interface SessionOutcome {
  readonly opening: Signed;
  readonly result: Signed | null;
  readonly abort: Signed | null;
  /** Packed aggregate; null unless closed, and once it was deleted. */
  readonly aggregate: Uint8Array | null;
}

export interface LogExport {
  /** Signed note over exactly these entries, with the cosignatures that are there; null: nothing was logged yet. */
  readonly checkpoint: string | null;
  /** Payloads, from the first. */
  readonly entries: readonly Uint8Array[];
}

/** What an operator changed, or tried to. */
export interface ActionSummary {
  /** Increases with every action; gaps mean nothing. */
  readonly id: number;
  readonly atMs: number;
  /** The name of the token. */
  readonly actor: string;
  /** As the call is named: 'OpenSession'. */
  readonly action: string;
  /** Id of a task or session, hash of an input, identity; or ''. */
  readonly subject: string;
  /** `outcome`: 'done' or a reason code. */
  readonly detail: Readonly<Record<string, string | number | boolean | null>>;
}

export interface ActionQuery {
  /** 1 to 1000. */
  readonly limit: number;
  /** Only those with a smaller id. */
  readonly before?: number;
}

/** Every call may reject with a BlindsumError. Watch iterables end without an error when their own signal aborts. */
export interface OperatorApi {
  /** `pinned`: identities of the electorate, increasing, when the task pins one. */
  createTask(task: Signed, pinned: readonly Uint8Array[] | null): Promise<{ taskId: string }>;
  listTasks(): Promise<readonly TaskSummary[]>;
  getTask(taskId: string): Promise<TaskSummary>;
  closeTask(taskId: string): Promise<void>;
  /** Stores an input blob; resolves with inputHash(bytes). `onProgress` counts bytes. */
  putInput(bytes: Uint8Array, onProgress?: (sent: number) => void): Promise<Uint8Array>;
  openSession(request: OpenSession): Promise<SessionSummary>;
  listSessions(taskId?: string): Promise<readonly SessionSummary[]>;
  getSession(sessionId: string): Promise<SessionSummary>;
  /** The present state at once, then each change of the phase or of what was accepted; ends after closed or aborted. */
  watchSession(sessionId: string, signal: AbortSignal): AsyncIterable<SessionSummary>;
  cancelSession(sessionId: string, reason: string): Promise<void>;
  /**
   * Deletes sums, shares and input of an ended session, with `aggregate` its aggregate too; the transcript stays. Again
   * is the same.
   */
  purgeSession(sessionId: string, options: { readonly aggregate: boolean }): Promise<void>;
  getOutcome(sessionId: string): Promise<SessionOutcome>;
  /** Items of a transcript (PROTOCOL §12.5): the head, then the leaves of the session tree in order. */
  exportSession(sessionId: string): AsyncIterable<Uint8Array>;
  exportLog(): Promise<LogExport>;
  /**
   * Items of the escrow of a closed session (PROTOCOL §12.6), as far as uploads were kept. For auditors: the one call that
   * hands out what single participants sent.
   */
  exportEscrow(sessionId: string): AsyncIterable<Uint8Array>;
  putCertificate(certificate: Signed): Promise<void>;
  putRevocation(revocation: Signed): Promise<void>;
  /** The newest first. */
  listActions(query: ActionQuery): Promise<readonly ActionSummary[]>;
}
