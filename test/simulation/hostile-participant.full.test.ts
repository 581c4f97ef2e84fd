/** More plays than the fast test, from other seeds. */
import { expect, test } from '@jest/globals';
import { runPlays } from './hostile-participant/run.js';

const MINUTES_MS = 60_000;

test(
  'many plays with at most n_C hostile participants',
  async () => {
    const { plays, closed, blamed, aborted, outcomes } = await runPlays(false, 150, 20_263);
    expect(closed).toBeGreaterThan(plays / 2);
    expect(blamed).toBeGreaterThan(plays / 10);
    expect([...aborted.keys()]).toEqual(expect.arrayContaining(['BAD_DEALER in r2', 'BAD_DEALER in r4']));
    const codes = ['MALFORMED', 'BAD_SIGNATURE', 'CONTEXT_MISMATCH', 'CONFLICT', 'LATE', 'WRONG_ROUND'];
    const more = [
      'DIGEST_MISMATCH',
      'DUPLICATE_KEY',
      'OUT_OF_ORDER',
      'UNKNOWN_SESSION',
      'UNKNOWN_PARTICIPANT',
    ];
    expect([...outcomes.keys()]).toEqual(expect.arrayContaining([...codes, ...more, 'accepted']));
  },
  5 * MINUTES_MS,
);

test(
  'many plays with more hostile participants than n_C',
  async () => {
    const { plays, closed, aborted } = await runPlays(true, 80, 20_264);
    expect(closed).toBeGreaterThan(0);
    expect([...aborted.values()].reduce((all, some) => all + some, 0)).toBeGreaterThan(plays / 4);
  },
  5 * MINUTES_MS,
);
