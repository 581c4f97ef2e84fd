// Original file: protos/blindsum/v1/common.proto

import type { Long } from '@grpc/proto-loader';

/**
 * Part of a blob, in order and without gaps.
 */
export interface BlobChunk {
  /**
   * Length of the whole blob; in the first chunk only.
   */
  'totalBytes'?: (number | string | Long);
  'chunk'?: (Buffer | Uint8Array | string);
}

/**
 * Part of a blob, in order and without gaps.
 */
export interface BlobChunk__Output {
  /**
   * Length of the whole blob; in the first chunk only.
   */
  'totalBytes': (number);
  'chunk': (Buffer);
}
