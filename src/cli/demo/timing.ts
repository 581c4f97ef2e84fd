/** How long the demo's sessions wait. A round ends as soon as all have answered, so only a killed participant costs time. */
export const LIMITS_MS = { joinMs: 60_000, roundMs: 30_000 } as const;

/** Where somebody is killed the round runs to its deadline: as short as a busy machine allows the others. */
export const killRoundMs = (participants: number): number => 3000 + 250 * participants;
