// Original file: protos/blindsum/v1/operator.proto


export interface CancelSessionRequest {
  'sessionId'?: (string);
  'reason'?: (string);
}

export interface CancelSessionRequest__Output {
  'sessionId': (string);
  'reason': (string);
}
