// Original file: protos/blindsum/v1/operator.proto


export interface CancelSessionRequest {
  'sessionId'?: (Buffer | Uint8Array | string);
  'reason'?: (string);
}

export interface CancelSessionRequest__Output {
  'sessionId': (Buffer);
  'reason': (string);
}
