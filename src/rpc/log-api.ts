/**
 * What the coordinator's log says, as plain values (PROTOCOL §8, §12). Nothing in it is trusted: whoever reads it verifies
 * the notes and every proof.
 */

export interface CheckpointQuery {
  /** Of the tree that the caller saw last; 0: none. */
  readonly oldSize: number;
  /** The newest checkpoint with cosignatures of this many witnesses is wanted; when there is none, the newest of all. */
  readonly witnesses: number;
}

export interface CheckpointReply {
  /** Signed note, with the cosignatures that are there; null: nothing was logged yet. */
  readonly checkpoint: string | null;
  /** RFC 9162 consistency proof from `oldSize`; empty when that is 0. */
  readonly consistency: readonly Uint8Array[];
}

export interface LeafProof {
  /** CBOR [payload, signature]. */
  readonly leaf: Uint8Array;
  /** 0-based, in the tree of the session. */
  readonly index: number;
  readonly inclusion: readonly Uint8Array[];
}

/** That the whole tree of a session continues the one that a statement in it gives. */
export interface StatementProof {
  readonly size: number;
  readonly consistency: readonly Uint8Array[];
}

export interface ReceiptReply {
  readonly log: CheckpointReply;
  /** Payload of the log entry of the session. */
  readonly entry: Uint8Array;
  /** 0-based, of the entry in the log. */
  readonly index: number;
  readonly inclusion: readonly Uint8Array[];
  /** Signed note over the whole tree of the session. */
  readonly sessionCheckpoint: string;
  /** The caller's messages in the order of the tree, then the result or abort. */
  readonly leaves: readonly LeafProof[];
  /** U1, U2, U3, result or abort, as far as the session got. */
  readonly statements: readonly StatementProof[];
}

export interface LogApi {
  getCheckpoint(query: CheckpointQuery, signal?: AbortSignal): Promise<CheckpointReply>;
  /** Of an ended session, for those who sent something in it. */
  getReceipt(sessionId: string, query: CheckpointQuery, signal?: AbortSignal): Promise<ReceiptReply>;
}

export interface WitnessApi {
  getCheckpoint(query: CheckpointQuery, signal?: AbortSignal): Promise<CheckpointReply>;
  /** @param line signature line of a note, without its newline */
  putCosignature(size: number, line: string, signal?: AbortSignal): Promise<void>;
}
