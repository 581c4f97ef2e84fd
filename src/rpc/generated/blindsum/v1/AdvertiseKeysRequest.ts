// Original file: protos/blindsum/v1/participant.proto

import type { Signed as _blindsum_v1_Signed, Signed__Output as _blindsum_v1_Signed__Output } from '../../blindsum/v1/Signed.js';

export interface AdvertiseKeysRequest {
  'sessionId'?: (Buffer | Uint8Array | string);
  'message'?: (_blindsum_v1_Signed | null);
  /**
   * Absent when the task pins its list.
   */
  'certificate'?: (_blindsum_v1_Signed | null);
}

export interface AdvertiseKeysRequest__Output {
  'sessionId': (Buffer);
  'message': (_blindsum_v1_Signed__Output | null);
  /**
   * Absent when the task pins its list.
   */
  'certificate': (_blindsum_v1_Signed__Output | null);
}
