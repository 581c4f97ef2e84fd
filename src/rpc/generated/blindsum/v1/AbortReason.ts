// Original file: protos/blindsum/v1/operator.proto


export interface AbortReason {
  'code'?: (string);
  'message'?: (string);
  /**
   * Identities proven to be at fault.
   */
  'blamed'?: (Buffer | Uint8Array | string)[];
}

export interface AbortReason__Output {
  'code': (string);
  'message': (string);
  /**
   * Identities proven to be at fault.
   */
  'blamed': (Buffer)[];
}
