// Original file: protos/blindsum/v1/participant.proto

import type { Signed as _blindsum_v1_Signed, Signed__Output as _blindsum_v1_Signed__Output } from '../../blindsum/v1/Signed.js';

export interface AnswerDelivery {
  'answer'?: (_blindsum_v1_Signed | null);
  'shares'?: (Buffer | Uint8Array | string)[];
}

export interface AnswerDelivery__Output {
  'answer': (_blindsum_v1_Signed__Output | null);
  'shares': (Buffer)[];
}
