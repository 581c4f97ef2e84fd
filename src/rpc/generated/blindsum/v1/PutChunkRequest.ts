// Original file: protos/blindsum/v1/participant.proto

import type { Long } from '@grpc/proto-loader';

export interface PutChunkRequest {
  'sessionId'?: (Buffer | Uint8Array | string);
  'offset'?: (number | string | Long);
  'chunk'?: (Buffer | Uint8Array | string);
}

export interface PutChunkRequest__Output {
  'sessionId': (Buffer);
  'offset': (number);
  'chunk': (Buffer);
}
