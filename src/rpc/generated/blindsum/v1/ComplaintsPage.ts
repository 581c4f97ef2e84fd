// Original file: protos/blindsum/v1/participant.proto

import type { Signed as _blindsum_v1_Signed, Signed__Output as _blindsum_v1_Signed__Output } from '../../blindsum/v1/Signed.js';

export interface ComplaintsPage {
  /**
   * r2 headers of the complaining holders.
   */
  'headers'?: (_blindsum_v1_Signed)[];
}

export interface ComplaintsPage__Output {
  /**
   * r2 headers of the complaining holders.
   */
  'headers': (_blindsum_v1_Signed__Output)[];
}
