// Original file: protos/blindsum/v1/participant.proto

import type { Signed as _blindsum_v1_Signed, Signed__Output as _blindsum_v1_Signed__Output } from '../../blindsum/v1/Signed.js';

export interface SessionAnnouncementPage {
  'sessionId'?: (Buffer | Uint8Array | string);
  'opening'?: (_blindsum_v1_Signed | null);
  'hasInput'?: (boolean);
  /**
   * Identities, increasing; the opening names hash and size.
   */
  'electorate'?: (Buffer | Uint8Array | string)[];
  /**
   * The next page continues this announcement.
   */
  'more'?: (boolean);
}

export interface SessionAnnouncementPage__Output {
  'sessionId': (Buffer);
  'opening': (_blindsum_v1_Signed__Output | null);
  'hasInput': (boolean);
  /**
   * Identities, increasing; the opening names hash and size.
   */
  'electorate': (Buffer)[];
  /**
   * The next page continues this announcement.
   */
  'more': (boolean);
}
