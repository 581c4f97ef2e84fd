/** The life of a session (PROTOCOL §4): r0 → r1 → r2 → r3 → r4 → closed, or aborted from any of them. */
export const ROUNDS = ['r0', 'r1', 'r2', 'r3', 'r4'] as const;
export type Round = (typeof ROUNDS)[number];
export type Phase = Round | 'closed' | 'aborted';
export const isEnded = (phase: Phase): boolean => phase === 'closed' || phase === 'aborted';
