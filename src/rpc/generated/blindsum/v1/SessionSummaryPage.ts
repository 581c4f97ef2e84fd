// Original file: protos/blindsum/v1/operator.proto

import type { Phase as _blindsum_v1_Phase, Phase__Output as _blindsum_v1_Phase__Output } from '../../blindsum/v1/Phase.js';
import type { AcceptedCounts as _blindsum_v1_AcceptedCounts, AcceptedCounts__Output as _blindsum_v1_AcceptedCounts__Output } from '../../blindsum/v1/AcceptedCounts.js';
import type { AbortReason as _blindsum_v1_AbortReason, AbortReason__Output as _blindsum_v1_AbortReason__Output } from '../../blindsum/v1/AbortReason.js';
import type { Long } from '@grpc/proto-loader';

export interface SessionSummaryPage {
  'sessionId'?: (Buffer | Uint8Array | string);
  'taskId'?: (Buffer | Uint8Array | string);
  'number'?: (number | string | Long);
  'phase'?: (_blindsum_v1_Phase);
  'electorate'?: (Buffer | Uint8Array | string)[];
  /**
   * n_C.
   */
  'maxColluders'?: (number);
  /**
   * q: signatures that make a set final.
   */
  'quorum'?: (number);
  'openedMs'?: (number | string | Long);
  'phaseDeadlineInMs'?: (number | string);
  'accepted'?: (_blindsum_v1_AcceptedCounts | null);
  /**
   * The sets of identities whose r0, r1, r2 was accepted, each once its round closed.
   */
  'hasU1'?: (boolean);
  'u1'?: (Buffer | Uint8Array | string)[];
  'hasU2'?: (boolean);
  'u2'?: (Buffer | Uint8Array | string)[];
  'hasU3'?: (boolean);
  'u3'?: (Buffer | Uint8Array | string)[];
  'abort'?: (_blindsum_v1_AbortReason | null);
  /**
   * The next page continues this summary.
   */
  'more'?: (boolean);
  /**
   * Survivors without which it aborts: at least the quorum.
   */
  'needed'?: (number);
  /**
   * When the present phase began; of an ended session, when it ended.
   */
  'phaseSinceMs'?: (number | string | Long);
  /**
   * When its sums, shares and input were deleted; 0: they are there.
   */
  'purgedMs'?: (number | string | Long);
}

export interface SessionSummaryPage__Output {
  'sessionId': (Buffer);
  'taskId': (Buffer);
  'number': (number);
  'phase': (_blindsum_v1_Phase__Output);
  'electorate': (Buffer)[];
  /**
   * n_C.
   */
  'maxColluders': (number);
  /**
   * q: signatures that make a set final.
   */
  'quorum': (number);
  'openedMs': (number);
  'phaseDeadlineInMs': (number);
  'accepted': (_blindsum_v1_AcceptedCounts__Output | null);
  /**
   * The sets of identities whose r0, r1, r2 was accepted, each once its round closed.
   */
  'hasU1': (boolean);
  'u1': (Buffer)[];
  'hasU2': (boolean);
  'u2': (Buffer)[];
  'hasU3': (boolean);
  'u3': (Buffer)[];
  'abort': (_blindsum_v1_AbortReason__Output | null);
  /**
   * The next page continues this summary.
   */
  'more': (boolean);
  /**
   * Survivors without which it aborts: at least the quorum.
   */
  'needed': (number);
  /**
   * When the present phase began; of an ended session, when it ended.
   */
  'phaseSinceMs': (number);
  /**
   * When its sums, shares and input were deleted; 0: they are there.
   */
  'purgedMs': (number);
}
