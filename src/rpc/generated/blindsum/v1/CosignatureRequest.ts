// Original file: protos/blindsum/v1/witness.proto


export interface CosignatureRequest {
  /**
   * Of the log, as in the checkpoint that was cosigned.
   */
  'size'?: (number);
  /**
   * A signature line of a note (c2sp.org/tlog-cosignature), without its newline.
   */
  'line'?: (string);
}

export interface CosignatureRequest__Output {
  /**
   * Of the log, as in the checkpoint that was cosigned.
   */
  'size': (number);
  /**
   * A signature line of a note (c2sp.org/tlog-cosignature), without its newline.
   */
  'line': (string);
}
