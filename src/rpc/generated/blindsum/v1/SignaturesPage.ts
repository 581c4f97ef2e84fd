// Original file: protos/blindsum/v1/participant.proto

import type { Signed as _blindsum_v1_Signed, Signed__Output as _blindsum_v1_Signed__Output } from '../../blindsum/v1/Signed.js';
import type { AnswerDelivery as _blindsum_v1_AnswerDelivery, AnswerDelivery__Output as _blindsum_v1_AnswerDelivery__Output } from '../../blindsum/v1/AnswerDelivery.js';

export interface SignaturesPage {
  'signatures'?: (_blindsum_v1_Signed)[];
  'answers'?: (_blindsum_v1_AnswerDelivery)[];
}

export interface SignaturesPage__Output {
  'signatures': (_blindsum_v1_Signed__Output)[];
  'answers': (_blindsum_v1_AnswerDelivery__Output)[];
}
