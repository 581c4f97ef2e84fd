// Original file: protos/blindsum/v1/participant.proto

import type { Long } from '@grpc/proto-loader';

export interface BeginUploadReply {
  /**
   * 0 when the bytes sent before are not on this node.
   */
  'nextOffset'?: (number | string | Long);
  'retryAfterMs'?: (number | string | Long);
  'reply'?: "nextOffset"|"retryAfterMs";
}

export interface BeginUploadReply__Output {
  /**
   * 0 when the bytes sent before are not on this node.
   */
  'nextOffset'?: (number);
  'retryAfterMs'?: (number);
  'reply'?: "nextOffset"|"retryAfterMs";
}
