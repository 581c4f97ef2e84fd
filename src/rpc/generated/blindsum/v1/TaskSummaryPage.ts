// Original file: protos/blindsum/v1/operator.proto

import type { Signed as _blindsum_v1_Signed, Signed__Output as _blindsum_v1_Signed__Output } from '../../blindsum/v1/Signed.js';
import type { Long } from '@grpc/proto-loader';

export interface TaskSummaryPage {
  'taskId'?: (Buffer | Uint8Array | string);
  'task'?: (_blindsum_v1_Signed | null);
  'hasPinned'?: (boolean);
  'pinned'?: (Buffer | Uint8Array | string)[];
  /**
   * Milliseconds since 1970.
   */
  'createdMs'?: (number | string | Long);
  'closed'?: (boolean);
  'sessions'?: (number);
  /**
   * The next page continues this summary.
   */
  'more'?: (boolean);
}

export interface TaskSummaryPage__Output {
  'taskId': (Buffer);
  'task': (_blindsum_v1_Signed__Output | null);
  'hasPinned': (boolean);
  'pinned': (Buffer)[];
  /**
   * Milliseconds since 1970.
   */
  'createdMs': (number);
  'closed': (boolean);
  'sessions': (number);
  /**
   * The next page continues this summary.
   */
  'more': (boolean);
}
