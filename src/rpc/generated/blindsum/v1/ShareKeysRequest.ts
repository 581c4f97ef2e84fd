// Original file: protos/blindsum/v1/participant.proto

import type { Signed as _blindsum_v1_Signed, Signed__Output as _blindsum_v1_Signed__Output } from '../../blindsum/v1/Signed.js';
import type { SharePacket as _blindsum_v1_SharePacket, SharePacket__Output as _blindsum_v1_SharePacket__Output } from '../../blindsum/v1/SharePacket.js';

export interface ShareKeysRequest {
  'sessionId'?: (string);
  'message'?: (_blindsum_v1_Signed | null);
  'packets'?: (_blindsum_v1_SharePacket)[];
}

export interface ShareKeysRequest__Output {
  'sessionId': (string);
  'message': (_blindsum_v1_Signed__Output | null);
  'packets': (_blindsum_v1_SharePacket__Output)[];
}
