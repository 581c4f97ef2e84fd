// Original file: protos/blindsum/v1/operator.proto

import type { Long } from '@grpc/proto-loader';

export interface OpenSessionRequest {
  'taskId'?: (string);
  /**
   * Empty when the session has no input.
   */
  'inputDigest'?: (Buffer | Uint8Array | string);
  'joinMs'?: (number | string | Long);
  'roundMs'?: (number | string | Long);
}

export interface OpenSessionRequest__Output {
  'taskId': (string);
  /**
   * Empty when the session has no input.
   */
  'inputDigest': (Buffer);
  'joinMs': (number);
  'roundMs': (number);
}
