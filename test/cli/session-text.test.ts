import { expect, test } from '@jest/globals';
import { sessionLine } from '../../src/cli/session/text.js';
import type { SessionSummary } from '../../src/rpc/operator-api.js';

const session: SessionSummary = {
  sessionId: '5e'.repeat(32),
  taskId: '7a51'.repeat(16),
  number: 3,
  phase: 'r2',
  electorate: [1, 2, 3, 4, 5].map((byte) => new Uint8Array(32).fill(byte)),
  maxColluders: 1,
  quorum: 4,
  needed: 4,
  openedMs: 0,
  phaseSinceMs: 1_700_000_000_500,
  phaseDeadlineInMs: 1000,
  purgedMs: 0,
  accepted: { r0: 5, r1: 5, r2: 2, r3: 0, r4: 0 },
  u1: null,
  u2: null,
  u3: null,
  abort: null,
};

test('a session is shown with its task, its numbers and how far it is', () => {
  expect(sessionLine(session)).toBe(
    `${session.sessionId}  task 7a517a51  session 3  r2  N = 5, n_C = 1, q = 4, spare 1  accepted: r0 5  r1 5  r2 2  r3 0  r4 0`,
  );
  const abort = { code: 'NO_QUORUM', message: 'too few', blamed: [] };
  expect(sessionLine({ ...session, phase: 'aborted', abort })).toBe(
    `${session.sessionId}  task 7a517a51  session 3  aborted  NO_QUORUM: too few`,
  );
});
