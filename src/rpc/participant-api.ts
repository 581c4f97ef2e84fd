/**
 * What a participant can ask of the coordinator, as plain values (PROTOCOL §8). The gRPC client, the gRPC server and the
 * in-memory transport all speak this interface. Nothing in it is trusted: clients verify every signature and hash.
 */
import type { Phase } from '../protocol/phase.js';
import type { RosterEntry } from '../protocol/roster.js';
import type { ShareDelivery, SharePacket } from '../protocol/shares.js';
import type { Signed } from '../protocol/signed.js';
import type { ShownHeaders } from '../protocol/upload-root.js';
import type { LogApi } from './log-api.js';

export interface TaskReply {
  readonly task: Signed;
  /** Increasing; null when the task pins no list. */
  readonly pinned: readonly Uint8Array[] | null;
  readonly revocations: readonly Signed[];
}

/** Announces an open session (phase r0). */
export interface SessionAnnouncement {
  readonly sessionId: string;
  readonly opening: Signed;
  readonly electorate: readonly Uint8Array[];
  readonly hasInput: boolean;
}

export interface PhaseEvent {
  readonly phase: Phase;
  /** By the coordinator's clock; informative. */
  readonly deadlineInMs: number;
  /** Somebody complained about the shares of the participant that is watching. */
  readonly complaints: number;
}

export interface RosterReply {
  readonly statement: Signed;
  readonly entries: readonly RosterEntry[];
  readonly revocations: readonly Signed[];
}

/** Position is the recipient's in an r1 upload, the dealer's in a delivery. */
export type { RosterEntry, ShareDelivery, SharePacket };

export interface SharesReply {
  readonly statement: Signed;
  readonly deliveries: readonly ShareDelivery[];
}

export type BeginUploadReply = { readonly nextOffset: number } | { readonly retryAfterMs: number };

export interface ComplaintNotice {
  /** The complaining holder's signed r2 header. */
  readonly header: Signed;
}

export interface HeadersReply extends ShownHeaders {
  readonly statement: Signed;
}

export interface AnswerDelivery {
  readonly answer: Signed;
  readonly shares: readonly Uint8Array[];
}

export interface SignaturesReply {
  /** Signed r3 messages; carries no lists of survivors. */
  readonly signatures: readonly Signed[];
  readonly answers: readonly AnswerDelivery[];
}

export interface OutcomeReply {
  readonly result: Signed | null;
  readonly abort: Signed | null;
}

/**
 * Every call may reject with a BlindsumError; AbortSignal cancels. Watch iterables end without an error when their own
 * signal aborts.
 */
export interface ParticipantApi extends LogApi {
  getTask(taskId: string, signal?: AbortSignal): Promise<TaskReply>;
  /** Sessions of the task that are open for joining now and later, until aborted. */
  watchSessions(taskId: string, signal: AbortSignal): AsyncIterable<SessionAnnouncement>;
  /** The present phase at once, then each change (also new complaints); ends after closed or aborted. */
  watchSession(sessionId: string, signal: AbortSignal): AsyncIterable<PhaseEvent>;
  /** Not to be written to: within one process all are given the same bytes. */
  getInput(sessionId: string, signal?: AbortSignal): Promise<Uint8Array>;
  advertiseKeys(
    sessionId: string,
    message: Signed,
    certificate: Signed | null,
    signal?: AbortSignal,
  ): Promise<void>;
  getRoster(sessionId: string, signal?: AbortSignal): Promise<RosterReply>;
  shareKeys(
    sessionId: string,
    message: Signed,
    packets: readonly SharePacket[],
    signal?: AbortSignal,
  ): Promise<void>;
  getShares(sessionId: string, signal?: AbortSignal): Promise<SharesReply>;
  beginUpload(sessionId: string, header: Signed, signal?: AbortSignal): Promise<BeginUploadReply>;
  /** At most 1 MiB. */
  putChunk(
    sessionId: string,
    offset: number,
    chunk: Uint8Array,
    signal?: AbortSignal,
  ): Promise<{ readonly nextOffset: number }>;
  commitUpload(sessionId: string, signal?: AbortSignal): Promise<void>;
  getComplaints(sessionId: string, signal?: AbortSignal): Promise<readonly ComplaintNotice[]>;
  answerComplaint(
    sessionId: string,
    answer: Signed,
    shares: readonly Uint8Array[],
    signal?: AbortSignal,
  ): Promise<void>;
  getHeaders(sessionId: string, signal?: AbortSignal): Promise<HeadersReply>;
  consistency(sessionId: string, message: Signed, signal?: AbortSignal): Promise<void>;
  getSignatures(sessionId: string, signal?: AbortSignal): Promise<SignaturesReply>;
  unmask(
    sessionId: string,
    message: Signed,
    shares: readonly Uint8Array[],
    signal?: AbortSignal,
  ): Promise<void>;
  getOutcome(sessionId: string, signal?: AbortSignal): Promise<OutcomeReply>;
  /** The packed aggregate; not to be written to. */
  getAggregate(sessionId: string, signal?: AbortSignal): Promise<Uint8Array>;
}

export const MAX_CHUNK_BYTES = 1 << 20;
