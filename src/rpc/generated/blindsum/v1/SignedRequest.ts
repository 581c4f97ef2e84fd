// Original file: protos/blindsum/v1/participant.proto

import type { Signed as _blindsum_v1_Signed, Signed__Output as _blindsum_v1_Signed__Output } from '../../blindsum/v1/Signed.js';

/**
 * One signed message of a session: r2 header or r3.
 */
export interface SignedRequest {
  'sessionId'?: (Buffer | Uint8Array | string);
  'message'?: (_blindsum_v1_Signed | null);
}

/**
 * One signed message of a session: r2 header or r3.
 */
export interface SignedRequest__Output {
  'sessionId': (Buffer);
  'message': (_blindsum_v1_Signed__Output | null);
}
