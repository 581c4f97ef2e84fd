// Original file: protos/blindsum/v1/common.proto


export interface CheckpointRequest {
  /**
   * Of the tree that the caller saw last; 0: none.
   */
  'oldSize'?: (number);
  /**
   * The newest checkpoint with cosignatures of this many witnesses is wanted; when there is none, the newest of all.
   */
  'witnesses'?: (number);
}

export interface CheckpointRequest__Output {
  /**
   * Of the tree that the caller saw last; 0: none.
   */
  'oldSize': (number);
  /**
   * The newest checkpoint with cosignatures of this many witnesses is wanted; when there is none, the newest of all.
   */
  'witnesses': (number);
}
