/** What people are told when a session has aborted. */
import { expect, test } from '@jest/globals';
import { abortText } from '../../src/protocol/after-abort.js';

const told = (code: string, round: string): string => abortText({ code, round, message: '3 joined' });

test('before votes anybody may be missing next time, after them nobody', () => {
  for (const round of ['r0', 'r1', 'r2'])
    expect(told('TOO_FEW_SURVIVORS', round)).toMatch(
      new RegExp(`^the session aborted in ${round}: 3 joined; nobody has voted, .* --join, --round\\)$`),
    );
  for (const round of ['r3', 'r4'])
    expect(told('TOO_FEW_SHARES', round)).toMatch(/only for the same participants, with the same values$/);
});

test('a sum that does not open is no reason to leave participants out', () => {
  expect(told('KEY_MISMATCH', 'r4')).toMatch(/do not leave participants out .* same participants/);
});

test('other reasons speak for themselves, and none steers a terminal', () => {
  expect(told('CANCELLED', 'r0')).toBe('the session aborted in r0: 3 joined');
  expect(abortText({ code: 'CANCELLED', round: 'r0\u001b[2J', message: '\u001b[31m' })).not.toContain(
    '\u001b',
  );
});
