// Original file: protos/blindsum/v1/common.proto


export interface SessionRequest {
  /**
   * H(opening payload), 32 bytes.
   */
  'sessionId'?: (Buffer | Uint8Array | string);
}

export interface SessionRequest__Output {
  /**
   * H(opening payload), 32 bytes.
   */
  'sessionId': (Buffer);
}
