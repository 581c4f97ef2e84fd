/**
 * Whole sessions on the pure functions, both roles, without network, store, time or promises. Keys and randomness follow
 * from a seed. Each round is a value that later rounds branch from, so that a test can try every subset of those who
 * answer without running the rounds before again.
 *
 *   setUp → open → r0 ─close→ AtR1 ─close→ AtR2 ─close→ AtR3 ─close→ AtR4 ─close→ Closed          (or Aborted)
 */
export * from './deviating.js';
export * from './parties.js';
export * from './protocol/close.js';
export * from './protocol/job.js';
export * from './protocol/rounds.js';
export * from './protocol/sessions.js';
export * from './protocol/set-up.js';
export * from './values.js';
