// Original file: protos/blindsum/v1/operator.proto

import type { Long } from '@grpc/proto-loader';

export interface ListActionsRequest {
  /**
   * 1 to 1000.
   */
  'limit'?: (number);
  /**
   * Only those with a smaller id; 0: all.
   */
  'before'?: (number | string | Long);
}

export interface ListActionsRequest__Output {
  /**
   * 1 to 1000.
   */
  'limit': (number);
  /**
   * Only those with a smaller id; 0: all.
   */
  'before': (number);
}
