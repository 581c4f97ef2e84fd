// Original file: protos/blindsum/v1/operator.proto

import type { Signed as _blindsum_v1_Signed, Signed__Output as _blindsum_v1_Signed__Output } from '../../blindsum/v1/Signed.js';

export interface PutSignedRequest {
  'document'?: (_blindsum_v1_Signed | null);
}

export interface PutSignedRequest__Output {
  'document': (_blindsum_v1_Signed__Output | null);
}
