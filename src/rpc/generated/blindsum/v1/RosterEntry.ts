// Original file: protos/blindsum/v1/participant.proto

import type { Signed as _blindsum_v1_Signed, Signed__Output as _blindsum_v1_Signed__Output } from '../../blindsum/v1/Signed.js';

export interface RosterEntry {
  'identity'?: (Buffer | Uint8Array | string);
  'certificate'?: (_blindsum_v1_Signed | null);
  /**
   * H(Signed r0), 32 bytes.
   */
  'r0Hash'?: (Buffer | Uint8Array | string);
  /**
   * For neighbours and for those whose signature counts.
   */
  'r0'?: (_blindsum_v1_Signed | null);
}

export interface RosterEntry__Output {
  'identity': (Buffer);
  'certificate': (_blindsum_v1_Signed__Output | null);
  /**
   * H(Signed r0), 32 bytes.
   */
  'r0Hash': (Buffer);
  /**
   * For neighbours and for those whose signature counts.
   */
  'r0': (_blindsum_v1_Signed__Output | null);
}
