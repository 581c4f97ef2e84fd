// Original file: protos/blindsum/v1/participant.proto

import type { Signed as _blindsum_v1_Signed, Signed__Output as _blindsum_v1_Signed__Output } from '../../blindsum/v1/Signed.js';

export interface OutcomeReply {
  'result'?: (_blindsum_v1_Signed | null);
  'abort'?: (_blindsum_v1_Signed | null);
}

export interface OutcomeReply__Output {
  'result': (_blindsum_v1_Signed__Output | null);
  'abort': (_blindsum_v1_Signed__Output | null);
}
