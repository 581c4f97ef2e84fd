// Original file: protos/blindsum/v1/common.proto


export interface SessionRequest {
  /**
   * Hash of the opening, lower-case hex.
   */
  'sessionId'?: (string);
}

export interface SessionRequest__Output {
  /**
   * Hash of the opening, lower-case hex.
   */
  'sessionId': (string);
}
