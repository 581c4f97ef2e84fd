// Original file: protos/blindsum/v1/participant.proto

import type { Long } from '@grpc/proto-loader';

export interface PutChunkRequest {
  'sessionId'?: (string);
  'offset'?: (number | string | Long);
  'chunk'?: (Buffer | Uint8Array | string);
}

export interface PutChunkRequest__Output {
  'sessionId': (string);
  'offset': (number);
  'chunk': (Buffer);
}
