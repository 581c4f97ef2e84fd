import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { runAndCheck, sessions } from './sums.js';

test('up to sixty-four participants', () => {
  fc.assert(
    fc.property(sessions(41, 64), (session) => {
      runAndCheck({ ...session, suite: 'masking/complete' });
    }),
    { numRuns: 3 },
  );
});

test('sixty-four participants of whom as many are silent as may be', () => {
  const [session] = fc.sample(sessions(64, 64), { seed: 64, numRuns: 1 });
  if (session === undefined) throw new Error('no sample');
  // N = 64, n_C = 20: q = 43.
  const silent = Array.from({ length: 64 }, (_, index) => (index < 43 ? 5 : 2));
  const end = runAndCheck({
    ...session,
    suite: 'masking/complete',
    maxColluders: 20,
    minSurvivors: 2,
    silent,
  });
  expect(end).toBe('sum');
});
