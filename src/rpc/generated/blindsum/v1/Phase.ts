// Original file: protos/blindsum/v1/common.proto

/**
 * The life of a session (PROTOCOL §4).
 */
export const Phase = {
  PHASE_UNSPECIFIED: 'PHASE_UNSPECIFIED',
  /**
   * Round 0: advertise keys.
   */
  PHASE_R0: 'PHASE_R0',
  /**
   * Round 1: share keys.
   */
  PHASE_R1: 'PHASE_R1',
  /**
   * Round 2: masked input.
   */
  PHASE_R2: 'PHASE_R2',
  /**
   * Round 3: consistency.
   */
  PHASE_R3: 'PHASE_R3',
  /**
   * Round 4: unmask.
   */
  PHASE_R4: 'PHASE_R4',
  PHASE_CLOSED: 'PHASE_CLOSED',
  PHASE_ABORTED: 'PHASE_ABORTED',
} as const;

/**
 * The life of a session (PROTOCOL §4).
 */
export type Phase =
  | 'PHASE_UNSPECIFIED'
  | 0
  /**
   * Round 0: advertise keys.
   */
  | 'PHASE_R0'
  | 1
  /**
   * Round 1: share keys.
   */
  | 'PHASE_R1'
  | 2
  /**
   * Round 2: masked input.
   */
  | 'PHASE_R2'
  | 3
  /**
   * Round 3: consistency.
   */
  | 'PHASE_R3'
  | 4
  /**
   * Round 4: unmask.
   */
  | 'PHASE_R4'
  | 5
  | 'PHASE_CLOSED'
  | 6
  | 'PHASE_ABORTED'
  | 7

/**
 * The life of a session (PROTOCOL §4).
 */
export type Phase__Output = typeof Phase[keyof typeof Phase]
