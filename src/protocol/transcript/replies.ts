/**
 * What a coordinator says of its log (PROTOCOL §12.1–12.4), as plain values. Nothing in it is trusted: whoever reads it
 * verifies the notes and every proof.
 */

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
