/** By hand: very many plays. HOSTILE_PLAYS and HOSTILE_SEED choose how many and which. */
import { expect, test } from '@jest/globals';
import { runPlays } from './hostile-participant/run.js';

const plays = Number(process.env.HOSTILE_PLAYS ?? 5000);
const seed = Number(process.env.HOSTILE_SEED ?? 1);
const HOUR_MS = 3_600_000;

test.each([
  ['at most n_C', false],
  ['more than n_C', true],
])(
  'very many plays with %s hostile participants',
  async (_, beyond) => {
    const tally = await runPlays(beyond, plays, seed);
    process.stdout.write(
      `${JSON.stringify({ ...tally, aborted: [...tally.aborted], outcomes: [...tally.outcomes] })}\n`,
    );
    expect(tally.plays).toBe(plays);
  },
  4 * HOUR_MS,
);
