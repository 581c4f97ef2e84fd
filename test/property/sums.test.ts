import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { runAndCheck, type Session, sessions } from './sums.js';

test('small sessions: the sum of U3, exactly, or the right abort', () => {
  let sums = 0;
  fc.assert(
    fc.property(sessions(3, 10), (session) => {
      if (runAndCheck(session) === 'sum') sums += 1;
    }),
    { numRuns: 150 },
  );
  expect(sums).toBeGreaterThan(15);
});

const CODES = [
  'TOO_FEW_PARTICIPANTS',
  'TOO_FEW_SURVIVORS',
  'TOO_FEW_SURVIVORS',
  'NO_QUORUM',
  'TOO_FEW_SHARES',
];
test.each(CODES.map((code, round) => ({ code, round })))(
  'exactly enough in round $round is enough, one fewer is $code',
  ({ code, round }) => {
    for (const [n, maxColluders] of [
      [3, 0],
      [5, 1],
      [8, 3],
      [9, 1],
    ] as const) {
      const [sample] = fc.sample(sessions(n, n), { seed: 7 * n + round, numRuns: 1 }) as [Session];
      const session = {
        ...sample,
        suite: 'masking/complete',
        maxColluders,
        maxWeight: null,
        minSurvivors: 2,
      };
      const given = {
        ...session,
        vectors: session.vectors.map((vector) => ({ ...vector, weighted: false })),
      };
      expect(runAndCheck({ ...given, silent: { round, beyond: 0 } })).toBe('sum');
      expect(runAndCheck({ ...given, silent: { round, beyond: 1 } })).toBe(code);
    }
  },
);

test('up to forty participants', () => {
  fc.assert(
    fc.property(sessions(11, 40), (session) => {
      runAndCheck(session);
    }),
    { numRuns: 8 },
  );
});
