// Original file: protos/blindsum/v1/participant.proto

import type { Signed as _blindsum_v1_Signed, Signed__Output as _blindsum_v1_Signed__Output } from '../../blindsum/v1/Signed.js';

/**
 * Sealed shares from one dealer, with the proof that the dealer signed them.
 */
export interface ShareDelivery {
  /**
   * Roster position of the dealer.
   */
  'position'?: (number);
  'ciphertext'?: (Buffer | Uint8Array | string);
  'leaves'?: (Buffer | Uint8Array | string)[];
  'r1'?: (_blindsum_v1_Signed | null);
  /**
   * Inclusion proof of the caller's entry under the dealer's shareRoot (RFC 9162).
   */
  'proof'?: (Buffer | Uint8Array | string)[];
}

/**
 * Sealed shares from one dealer, with the proof that the dealer signed them.
 */
export interface ShareDelivery__Output {
  /**
   * Roster position of the dealer.
   */
  'position': (number);
  'ciphertext': (Buffer);
  'leaves': (Buffer)[];
  'r1': (_blindsum_v1_Signed__Output | null);
  /**
   * Inclusion proof of the caller's entry under the dealer's shareRoot (RFC 9162).
   */
  'proof': (Buffer)[];
}
