// Original file: protos/blindsum/v1/operator.proto

import type { Signed as _blindsum_v1_Signed, Signed__Output as _blindsum_v1_Signed__Output } from '../../blindsum/v1/Signed.js';
import type { Long } from '@grpc/proto-loader';

/**
 * The first page names the signed statements, each page a chunk of the aggregate.
 */
export interface SessionOutcomePage {
  'opening'?: (_blindsum_v1_Signed | null);
  'result'?: (_blindsum_v1_Signed | null);
  'abort'?: (_blindsum_v1_Signed | null);
  'hasAggregate'?: (boolean);
  /**
   * Length of the whole aggregate; in the first page only.
   */
  'totalBytes'?: (number | string | Long);
  'chunk'?: (Buffer | Uint8Array | string);
}

/**
 * The first page names the signed statements, each page a chunk of the aggregate.
 */
export interface SessionOutcomePage__Output {
  'opening': (_blindsum_v1_Signed__Output | null);
  'result': (_blindsum_v1_Signed__Output | null);
  'abort': (_blindsum_v1_Signed__Output | null);
  'hasAggregate': (boolean);
  /**
   * Length of the whole aggregate; in the first page only.
   */
  'totalBytes': (number);
  'chunk': (Buffer);
}
