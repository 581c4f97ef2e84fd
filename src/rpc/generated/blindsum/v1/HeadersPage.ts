// Original file: protos/blindsum/v1/participant.proto

import type { Signed as _blindsum_v1_Signed, Signed__Output as _blindsum_v1_Signed__Output } from '../../blindsum/v1/Signed.js';

export interface HeadersPage {
  'statement'?: (_blindsum_v1_Signed | null);
  /**
   * In roster order of U3.
   */
  'headers'?: (_blindsum_v1_Signed)[];
}

export interface HeadersPage__Output {
  'statement': (_blindsum_v1_Signed__Output | null);
  /**
   * In roster order of U3.
   */
  'headers': (_blindsum_v1_Signed__Output)[];
}
