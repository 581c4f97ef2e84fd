// Original file: protos/blindsum/v1/participant.proto

import type { Signed as _blindsum_v1_Signed, Signed__Output as _blindsum_v1_Signed__Output } from '../../blindsum/v1/Signed.js';

/**
 * A signed message with the shares that it names by digest: r4, or the answer to a complaint.
 */
export interface SignedSharesRequest {
  'sessionId'?: (Buffer | Uint8Array | string);
  'message'?: (_blindsum_v1_Signed | null);
  /**
   * How many shares.
   */
  'count'?: (number);
  /**
   * All of one length, end to end.
   */
  'shares'?: (Buffer | Uint8Array | string);
}

/**
 * A signed message with the shares that it names by digest: r4, or the answer to a complaint.
 */
export interface SignedSharesRequest__Output {
  'sessionId': (Buffer);
  'message': (_blindsum_v1_Signed__Output | null);
  /**
   * How many shares.
   */
  'count': (number);
  /**
   * All of one length, end to end.
   */
  'shares': (Buffer);
}
