// Original file: protos/blindsum/v1/participant.proto

import type { CheckpointReply as _blindsum_v1_CheckpointReply, CheckpointReply__Output as _blindsum_v1_CheckpointReply__Output } from '../../blindsum/v1/CheckpointReply.js';
import type { LeafProof as _blindsum_v1_LeafProof, LeafProof__Output as _blindsum_v1_LeafProof__Output } from '../../blindsum/v1/LeafProof.js';
import type { StatementProof as _blindsum_v1_StatementProof, StatementProof__Output as _blindsum_v1_StatementProof__Output } from '../../blindsum/v1/StatementProof.js';

export interface ReceiptReply {
  /**
   * Of the log: the newest with the session in it that is cosigned as wanted; when there is none, the newest of all.
   */
  'log'?: (_blindsum_v1_CheckpointReply | null);
  /**
   * Entry of the session in the log, its index, and its inclusion proof.
   */
  'entry'?: (Buffer | Uint8Array | string);
  'index'?: (number);
  'inclusion'?: (Buffer | Uint8Array | string)[];
  /**
   * Signed note over the whole tree of the session.
   */
  'sessionCheckpoint'?: (string);
  /**
   * Those of the caller's messages that are in the tree, in its order, then the result or abort.
   */
  'leaves'?: (_blindsum_v1_LeafProof)[];
  /**
   * For the tree in each statement that was made, u1, u2, u3, result or abort, that the whole tree continues it.
   */
  'statements'?: (_blindsum_v1_StatementProof)[];
}

export interface ReceiptReply__Output {
  /**
   * Of the log: the newest with the session in it that is cosigned as wanted; when there is none, the newest of all.
   */
  'log': (_blindsum_v1_CheckpointReply__Output | null);
  /**
   * Entry of the session in the log, its index, and its inclusion proof.
   */
  'entry': (Buffer);
  'index': (number);
  'inclusion': (Buffer)[];
  /**
   * Signed note over the whole tree of the session.
   */
  'sessionCheckpoint': (string);
  /**
   * Those of the caller's messages that are in the tree, in its order, then the result or abort.
   */
  'leaves': (_blindsum_v1_LeafProof__Output)[];
  /**
   * For the tree in each statement that was made, u1, u2, u3, result or abort, that the whole tree continues it.
   */
  'statements': (_blindsum_v1_StatementProof__Output)[];
}
