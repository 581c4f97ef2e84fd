// Original file: protos/blindsum/v1/participant.proto

import type { Signed as _blindsum_v1_Signed, Signed__Output as _blindsum_v1_Signed__Output } from '../../blindsum/v1/Signed.js';
import type { InclusionPath as _blindsum_v1_InclusionPath, InclusionPath__Output as _blindsum_v1_InclusionPath__Output } from '../../blindsum/v1/InclusionPath.js';

export interface HeadersPage {
  'statement'?: (_blindsum_v1_Signed | null);
  /**
   * In roster order: of all of U3; in sparse suites of the caller's neighbours in it and its own.
   */
  'headers'?: (_blindsum_v1_Signed)[];
  /**
   * Sparse suites only: the root that r3 signs, and for each header the path to it.
   */
  'uploads'?: (Buffer | Uint8Array | string);
  'paths'?: (_blindsum_v1_InclusionPath)[];
}

export interface HeadersPage__Output {
  'statement': (_blindsum_v1_Signed__Output | null);
  /**
   * In roster order: of all of U3; in sparse suites of the caller's neighbours in it and its own.
   */
  'headers': (_blindsum_v1_Signed__Output)[];
  /**
   * Sparse suites only: the root that r3 signs, and for each header the path to it.
   */
  'uploads': (Buffer);
  'paths': (_blindsum_v1_InclusionPath__Output)[];
}
