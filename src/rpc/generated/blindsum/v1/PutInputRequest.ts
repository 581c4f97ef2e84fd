// Original file: protos/blindsum/v1/operator.proto

import type { Long } from '@grpc/proto-loader';

export interface PutInputRequest {
  /**
   * Names the upload: the hash that openings will name the input by, 32 bytes.
   */
  'digest'?: (Buffer | Uint8Array | string);
  'totalBytes'?: (number | string | Long);
  'offset'?: (number | string | Long);
  'chunk'?: (Buffer | Uint8Array | string);
}

export interface PutInputRequest__Output {
  /**
   * Names the upload: the hash that openings will name the input by, 32 bytes.
   */
  'digest': (Buffer);
  'totalBytes': (number);
  'offset': (number);
  'chunk': (Buffer);
}
