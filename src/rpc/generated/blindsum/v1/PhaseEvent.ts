// Original file: protos/blindsum/v1/participant.proto

import type { Phase as _blindsum_v1_Phase, Phase__Output as _blindsum_v1_Phase__Output } from '../../blindsum/v1/Phase.js';

export interface PhaseEvent {
  'phase'?: (_blindsum_v1_Phase);
  /**
   * By the coordinator's clock; informative.
   */
  'deadlineInMs'?: (number | string);
  /**
   * Complaints about shares that the caller dealt.
   */
  'complaints'?: (number);
}

export interface PhaseEvent__Output {
  'phase': (_blindsum_v1_Phase__Output);
  /**
   * By the coordinator's clock; informative.
   */
  'deadlineInMs': (number);
  /**
   * Complaints about shares that the caller dealt.
   */
  'complaints': (number);
}
