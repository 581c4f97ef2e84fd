/** What an application sees of the client: options, progress, results. Plain types, no code. */
import type { Random } from '../../crypto/random.js';
import type { BeaconSource } from '../protocol/beacon.js';
import type { Deps, Once } from '../protocol/client/state.js';
import type { Task } from '../protocol/documents.js';
import type { BlindsumError, ErrorCode } from '../protocol/errors.js';
import type { Round } from '../protocol/phase.js';
import type { Policy } from '../protocol/policy.js';
import type { Clipping, NumericArray } from '../protocol/quantise.js';
import type { Signed, Signer, Verify } from '../protocol/signed.js';
import type { Opening } from '../protocol/statements.js';
import type { Engine, Suite } from '../protocol/suite.js';
import type { ReceiptFile } from '../protocol/transcript/receipt-files.js';
import type { ParticipantApi } from '../rpc/participant-api.js';
import type { RetryEvent } from '../rpc/retry.js';
import type { Journal } from './journal.js';
import type { SparseVector } from './sparse.js';
import type { Trust } from './trust.js';

export interface ClientOptions {
  readonly transport: ParticipantApi;
  /** Durable, of this identity only, and used by nobody else at the same time. */
  readonly journal: Journal;
  readonly trust: Trust;
  readonly identity: Signer;
  /** Organiser-signed; null is enough where the tasks pin the list of participants. */
  readonly certificate: Signed | null;
  /** Default: the reference engine, slow but portable. Closed by whoever made it. */
  readonly engine?: Engine;
  /** Default: the suites of this version. Tests bring others; the policy must accept them all the same. */
  readonly suite?: (id: string) => Suite;
  /** Where values of the beacon that the trust file names come from. Default: none; tasks that need one are refused. */
  readonly beacon?: BeaconSource | null;
  /** Default: the platform's generator. */
  readonly random?: Random;
  readonly verify?: Verify;
  /** For simulations: participants of one process share what is the same for all of them. Default: nothing is shared. */
  readonly once?: Once;
  /** For many participants in one process; default: computes. */
  readonly agreement?: Deps['agreement'];
  /**
   * As `verify`, but off the event loop: for the signatures of many at once. Default: none; `connect` has one.
   */
  readonly verifyElsewhere?: VerifyElsewhere | null;
  /** Wall clock in milliseconds. */
  readonly now?: () => number;
  /** Resolves early, without an error, when `signal` aborts. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
}

export type VerifyElsewhere = (...given: Parameters<Verify>) => Promise<boolean>;

export type Vectors = Readonly<Record<string, NumericArray>>;

export interface Contribution {
  readonly vectors: Vectors;
  /** Instead of `weight` in the options. */
  readonly weight?: number | null;
}

/** What the participant's own work gets to know of the session it works for; everything in it was verified. */
export interface SessionInfo {
  /** Hash of the opening, hex. */
  readonly id: string;
  readonly number: number;
  readonly task: Task;
  readonly opening: Opening;
  /** The participant's own, of its trust file. */
  readonly policy: Readonly<Policy>;
  /** Null when the session has no input. */
  readonly inputHash: Uint8Array | null;
  /** Aborts when the session goes on without this participant, or the caller cancels: the work is then for nothing. */
  readonly signal: AbortSignal;
}

/** Runs before the session is joined, so that slow work is not a dropout. `input` has the hash the opening names. */
export type Work = (
  input: Uint8Array | null,
  session: SessionInfo,
) => Contribution | Vectors | Promise<Contribution | Vectors>;

export interface SessionOptions {
  /** For weighted tasks: an integer from 0 to the task's maximum. */
  readonly weight?: number | null;
  /** Beyond the task's clip: refuse (`reject`, the default) or cut (`clip`). */
  readonly clipping?: Clipping;
  /** This participant's name for the data; the policy pins its label. Default: the task's label itself. */
  readonly dataset?: string;
  /**
   * Whether the vectors depend on the input of the session: default true for a function, false for plain values. Vectors
   * that do not must stay the same for as long as the data set has its label (INPUT_CHANGED), whatever input a session
   * names; vectors that do, for each input. A task of evolving scope takes only vectors that do (BELOW_POLICY).
   */
  readonly answersInput?: boolean;
  /** Organiser-signed exceptions of the one-vote rule; used only if the policy accepts grants. */
  readonly grants?: readonly Signed[];
  readonly signal?: AbortSignal;
  readonly onProgress?: (event: ProgressEvent) => void;
  /**
   * Keep the secrets of a running session in the journal, so that a restarted process goes on with it; they are deleted
   * when the session ends. Default false: secrets live in memory only, and a restart gives the session up.
   */
  readonly resume?: boolean;
}

/**
 * Values that do not depend on the session but need the task to be told: names and order of its vectors, its lengths.
 * Called once with the verified task, before a session is waited for, so that what is wrong costs no session. Counts as
 * plain values: `answersInput` is false unless given.
 */
export interface TaskValues {
  readonly forTask: (task: Task) => Contribution;
}

export interface ContributeOptions extends SessionOptions {
  /** Task id, hex. */
  readonly task: string;
  /** Values, or what makes them: from the task, before a session is waited for, or from a session and its input. */
  readonly vectors: Vectors | TaskValues | Work;
}

export interface ParticipateOptions extends SessionOptions {
  /** Stop after this many sessions, finished or failed. */
  readonly maxSessions?: number;
}

/** That a session is in the coordinator's log as this participant saw it; the proofs are kept in the journal. */
export interface LogReceipt {
  /** Of the log: signed note, with the cosignatures that are there. */
  readonly checkpoint: string;
  /** 0-based, of the session in the log. */
  readonly index: number;
  /** Names of the witnesses, of those the trust file names, that cosigned the checkpoint. */
  readonly witnesses: readonly string[];
  /** Messages that were sent and are not in the record of the session: an r4 that came too late, say. */
  readonly missing: readonly string[];
}

export interface ReceiptProblem {
  readonly code: 'NO_RECEIPT' | 'NOT_WITNESSED' | 'LOG_FORKED' | 'JOURNAL_FAILED';
  readonly message: string;
}

/** Kept by the participant: what proves which session its input went into, and what came out. */
export interface Receipt {
  readonly session: string;
  readonly number: number;
  readonly result: Signed;
  readonly opening: Signed;
  readonly ctx: Uint8Array;
  /** H(U3) */
  readonly u3: Uint8Array;
  /** Session tree that the result is signed over. */
  readonly tree: { readonly size: number; readonly root: Uint8Array };
  /** Null: the coordinator gave no proof that the session is in its log; `problem` says why. It is asked for again. */
  readonly log: LogReceipt | null;
  readonly problem: ReceiptProblem | null;
}

export interface ContributionResult {
  readonly sum: Readonly<Record<string, Float64Array>>;
  /** Divided by the survivors, or by the total weight for weighted vectors. */
  readonly mean: Readonly<Record<string, Float64Array>>;
  /** Total weight; null when the task is not weighted. */
  readonly weight: number | null;
  readonly survivors: number;
  readonly receipt: Receipt;
}

export type SessionOutcome =
  | { readonly kind: 'closed'; readonly session: string; readonly result: ContributionResult }
  /** Aborted by the coordinator (the error has the abort's code), or refused by this client. */
  | { readonly kind: 'failed'; readonly session: string; readonly error: BlindsumError };

interface OfSession {
  readonly session: string;
  readonly number: number;
}

export type ProgressEvent =
  | { readonly type: 'waiting'; readonly task: string }
  /** Announced, but `last`, a session of this number or a greater one, was joined before: a coordinator restored from a backup? */
  | ({ readonly type: 'passedOver'; readonly last: number } & OfSession)
  | ({ readonly type: 'opened'; readonly participants: number } & OfSession)
  | ({ readonly type: 'input'; readonly bytes: number } & OfSession)
  | ({ readonly type: 'working' } & OfSession)
  /** Before anything is sent: where nobody else has a value in a coordinate that is not zero, the sum gives it away. */
  | ({ readonly type: 'sparse' } & SparseVector & OfSession)
  /** The roster has come; the ring is drawn from a round of the beacon, which is published later. */
  | ({ readonly type: 'beacon'; readonly round: number; readonly publishedMs: number } & OfSession)
  /** This participant's message of the round was accepted. `bytes`: what was sent, without protocol overhead. */
  | ({ readonly type: 'round'; readonly round: Round; readonly bytes: number } & OfSession)
  | ({ readonly type: 'masking'; readonly done: number; readonly total: number } & OfSession)
  /** The coordinator has the header and lets the upload wait: others may still complain about shares, or there is no room. */
  | ({ readonly type: 'held' } & OfSession)
  | ({ readonly type: 'upload'; readonly sentBytes: number; readonly totalBytes: number } & OfSession)
  | ({ readonly type: 'complaint'; readonly answered: boolean } & OfSession)
  /** The receipt was verified and kept (`log`), or there is none (`problem`). Of this session, or of an earlier one. */
  | ({
      readonly type: 'receipt';
      readonly log: LogReceipt | null;
      readonly problem: ReceiptProblem | null;
    } & OfSession)
  | ({ readonly type: 'closed'; readonly survivors: number } & OfSession)
  | ({ readonly type: 'aborted'; readonly code: ErrorCode; readonly message: string } & OfSession)
  | RetryEvent;

export interface Client {
  /** The kept receipt of a session, as files; null for none. @param session hex */
  receipt(session: string): Promise<readonly ReceiptFile[] | null>;
  /**
   * Takes part in the next session of the task, whose sum it resolves with. A session that was interrupted by the end
   * of the process comes first: with `resume` it is finished, without it reported as SESSION_DEAD, once.
   * @throws BlindsumError when the session is refused, aborts (the abort's code, fault `peer`) or is lost
   */
  contribute(options: ContributeOptions): Promise<ContributionResult>;
  /**
   * Takes part in session after session and yields what became of each. Ends when `signal` aborts, after
   * `maxSessions`, or when the loop over it is left. Throws what concerns no single session: an unknown task, a journal
   * that cannot be written, an error of `work` itself.
   */
  participate(
    task: string,
    work: Work,
    options?: ParticipateOptions,
  ): AsyncGenerator<SessionOutcome, void, undefined>;
}
