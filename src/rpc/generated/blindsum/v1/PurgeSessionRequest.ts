// Original file: protos/blindsum/v1/operator.proto


export interface PurgeSessionRequest {
  'sessionId'?: (Buffer | Uint8Array | string);
  /**
   * The aggregate too.
   */
  'aggregate'?: (boolean);
}

export interface PurgeSessionRequest__Output {
  'sessionId': (Buffer);
  /**
   * The aggregate too.
   */
  'aggregate': (boolean);
}
