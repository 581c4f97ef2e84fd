/** Everybody shares a machine: no call is given up for being slow. */
export const TIMEOUT_MS = 600_000;
