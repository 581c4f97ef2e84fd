// Original file: protos/blindsum/v1/participant.proto

import type { Signed as _blindsum_v1_Signed, Signed__Output as _blindsum_v1_Signed__Output } from '../../blindsum/v1/Signed.js';

export interface ShareKeysRequest {
  'sessionId'?: (Buffer | Uint8Array | string);
  'message'?: (_blindsum_v1_Signed | null);
  /**
   * How many the dealer deals to, itself among them: its holders.
   */
  'holders'?: (number);
  /**
   * Its own place among them, in roster order.
   */
  'own'?: (number);
  /**
   * Sealed shares for each of the others, in roster order and all of one length, end to end.
   */
  'ciphertexts'?: (Buffer | Uint8Array | string);
  /**
   * For each holder the hash of each kind of share, end to end.
   */
  'leaves'?: (Buffer | Uint8Array | string);
}

export interface ShareKeysRequest__Output {
  'sessionId': (Buffer);
  'message': (_blindsum_v1_Signed__Output | null);
  /**
   * How many the dealer deals to, itself among them: its holders.
   */
  'holders': (number);
  /**
   * Its own place among them, in roster order.
   */
  'own': (number);
  /**
   * Sealed shares for each of the others, in roster order and all of one length, end to end.
   */
  'ciphertexts': (Buffer);
  /**
   * For each holder the hash of each kind of share, end to end.
   */
  'leaves': (Buffer);
}
