// Original file: protos/blindsum/v1/participant.proto

import type { Signed as _blindsum_v1_Signed, Signed__Output as _blindsum_v1_Signed__Output } from '../../blindsum/v1/Signed.js';
import type { RosterEntry as _blindsum_v1_RosterEntry, RosterEntry__Output as _blindsum_v1_RosterEntry__Output } from '../../blindsum/v1/RosterEntry.js';

export interface RosterPage {
  'statement'?: (_blindsum_v1_Signed | null);
  'entries'?: (_blindsum_v1_RosterEntry)[];
  'revocations'?: (_blindsum_v1_Signed)[];
}

export interface RosterPage__Output {
  'statement': (_blindsum_v1_Signed__Output | null);
  'entries': (_blindsum_v1_RosterEntry__Output)[];
  'revocations': (_blindsum_v1_Signed__Output)[];
}
