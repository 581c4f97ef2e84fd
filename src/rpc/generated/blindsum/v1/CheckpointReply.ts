// Original file: protos/blindsum/v1/common.proto


export interface CheckpointReply {
  /**
   * Signed note (c2sp.org/tlog-checkpoint), with the cosignatures that are there.
   */
  'checkpoint'?: (string);
  /**
   * RFC 9162 consistency proof from old_size; empty when old_size is 0.
   */
  'consistency'?: (Buffer | Uint8Array | string)[];
}

export interface CheckpointReply__Output {
  /**
   * Signed note (c2sp.org/tlog-checkpoint), with the cosignatures that are there.
   */
  'checkpoint': (string);
  /**
   * RFC 9162 consistency proof from old_size; empty when old_size is 0.
   */
  'consistency': (Buffer)[];
}
