// Original file: protos/blindsum/v1/participant.proto

import type { Signed as _blindsum_v1_Signed, Signed__Output as _blindsum_v1_Signed__Output } from '../../blindsum/v1/Signed.js';
import type { ShareDelivery as _blindsum_v1_ShareDelivery, ShareDelivery__Output as _blindsum_v1_ShareDelivery__Output } from '../../blindsum/v1/ShareDelivery.js';

export interface SharesPage {
  'statement'?: (_blindsum_v1_Signed | null);
  'deliveries'?: (_blindsum_v1_ShareDelivery)[];
}

export interface SharesPage__Output {
  'statement': (_blindsum_v1_Signed__Output | null);
  'deliveries': (_blindsum_v1_ShareDelivery__Output)[];
}
