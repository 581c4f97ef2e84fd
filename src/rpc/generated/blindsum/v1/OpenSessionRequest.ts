// Original file: protos/blindsum/v1/operator.proto

import type { Signed as _blindsum_v1_Signed, Signed__Output as _blindsum_v1_Signed__Output } from '../../blindsum/v1/Signed.js';
import type { Long } from '@grpc/proto-loader';

export interface OpenSessionRequest {
  'taskId'?: (Buffer | Uint8Array | string);
  /**
   * Empty when the session has no input.
   */
  'inputDigest'?: (Buffer | Uint8Array | string);
  'joinMs'?: (number | string | Long);
  'roundMs'?: (number | string | Long);
  /**
   * Organiser-signed exceptions of the one-vote rule; the opening names their hashes.
   */
  'grants'?: (_blindsum_v1_Signed)[];
}

export interface OpenSessionRequest__Output {
  'taskId': (Buffer);
  /**
   * Empty when the session has no input.
   */
  'inputDigest': (Buffer);
  'joinMs': (number);
  'roundMs': (number);
  /**
   * Organiser-signed exceptions of the one-vote rule; the opening names their hashes.
   */
  'grants': (_blindsum_v1_Signed__Output)[];
}
