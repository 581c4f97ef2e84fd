// Original file: protos/blindsum/v1/participant.proto

import type { Long } from '@grpc/proto-loader';

export interface PutChunkReply {
  'nextOffset'?: (number | string | Long);
}

export interface PutChunkReply__Output {
  'nextOffset': (number);
}
