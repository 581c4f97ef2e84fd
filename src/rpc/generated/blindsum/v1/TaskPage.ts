// Original file: protos/blindsum/v1/participant.proto

import type { Signed as _blindsum_v1_Signed, Signed__Output as _blindsum_v1_Signed__Output } from '../../blindsum/v1/Signed.js';

export interface TaskPage {
  'task'?: (_blindsum_v1_Signed | null);
  /**
   * The task pins a list.
   */
  'hasPinned'?: (boolean);
  /**
   * Identities, increasing.
   */
  'pinned'?: (Buffer | Uint8Array | string)[];
  'revocations'?: (_blindsum_v1_Signed)[];
}

export interface TaskPage__Output {
  'task': (_blindsum_v1_Signed__Output | null);
  /**
   * The task pins a list.
   */
  'hasPinned': (boolean);
  /**
   * Identities, increasing.
   */
  'pinned': (Buffer)[];
  'revocations': (_blindsum_v1_Signed__Output)[];
}
