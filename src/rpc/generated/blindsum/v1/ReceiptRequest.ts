// Original file: protos/blindsum/v1/participant.proto

import type { CheckpointRequest as _blindsum_v1_CheckpointRequest, CheckpointRequest__Output as _blindsum_v1_CheckpointRequest__Output } from '../../blindsum/v1/CheckpointRequest.js';

export interface ReceiptRequest {
  'sessionId'?: (Buffer | Uint8Array | string);
  /**
   * As in CheckpointRequest.
   */
  'log'?: (_blindsum_v1_CheckpointRequest | null);
}

export interface ReceiptRequest__Output {
  'sessionId': (Buffer);
  /**
   * As in CheckpointRequest.
   */
  'log': (_blindsum_v1_CheckpointRequest__Output | null);
}
