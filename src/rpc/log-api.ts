/**
 * What the coordinator's log says, as plain values (PROTOCOL §8, §12). Nothing in it is trusted: whoever reads it verifies
 * the notes and every proof.
 */
import type {
  CheckpointReply,
  LeafProof,
  ReceiptReply,
  StatementProof,
} from '../protocol/transcript/replies.js';

export interface CheckpointQuery {
  /** Of the tree that the caller saw last; 0: none. */
  readonly oldSize: number;
  /** The newest checkpoint with cosignatures of this many witnesses is wanted; when there is none, the newest of all. */
  readonly witnesses: number;
}

export type { CheckpointReply, LeafProof, ReceiptReply, StatementProof };

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
