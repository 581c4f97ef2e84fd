// Original file: protos/blindsum/v1/participant.proto

import type { Signed as _blindsum_v1_Signed, Signed__Output as _blindsum_v1_Signed__Output } from '../../blindsum/v1/Signed.js';

/**
 * A signed message with the shares that it names by digest: r4, or the answer to a complaint.
 */
export interface SignedSharesRequest {
  'sessionId'?: (string);
  'message'?: (_blindsum_v1_Signed | null);
  'shares'?: (Buffer | Uint8Array | string)[];
}

/**
 * A signed message with the shares that it names by digest: r4, or the answer to a complaint.
 */
export interface SignedSharesRequest__Output {
  'sessionId': (string);
  'message': (_blindsum_v1_Signed__Output | null);
  'shares': (Buffer)[];
}
