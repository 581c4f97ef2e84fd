// Original file: protos/blindsum/v1/operator.proto


export interface PurgeSessionRequest {
  'sessionId'?: (string);
  /**
   * The aggregate too.
   */
  'aggregate'?: (boolean);
}

export interface PurgeSessionRequest__Output {
  'sessionId': (string);
  /**
   * The aggregate too.
   */
  'aggregate': (boolean);
}
