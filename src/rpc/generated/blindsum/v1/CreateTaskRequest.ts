// Original file: protos/blindsum/v1/operator.proto

import type { Signed as _blindsum_v1_Signed, Signed__Output as _blindsum_v1_Signed__Output } from '../../blindsum/v1/Signed.js';

export interface CreateTaskRequest {
  'task'?: (_blindsum_v1_Signed | null);
  'hasPinned'?: (boolean);
  /**
   * Identities of the electorate, increasing; the task names hash and size.
   */
  'pinned'?: (Buffer | Uint8Array | string)[];
}

export interface CreateTaskRequest__Output {
  'task': (_blindsum_v1_Signed__Output | null);
  'hasPinned': (boolean);
  /**
   * Identities of the electorate, increasing; the task names hash and size.
   */
  'pinned': (Buffer)[];
}
