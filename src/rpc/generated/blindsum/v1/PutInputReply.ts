// Original file: protos/blindsum/v1/operator.proto

import type { Long } from '@grpc/proto-loader';

export interface PutInputReply {
  /**
   * Where to go on. 0 when the bytes sent before are not on this node; total_bytes when the input is stored.
   */
  'nextOffset'?: (number | string | Long);
  'stored'?: (boolean);
}

export interface PutInputReply__Output {
  /**
   * Where to go on. 0 when the bytes sent before are not on this node; total_bytes when the input is stored.
   */
  'nextOffset': (number);
  'stored': (boolean);
}
