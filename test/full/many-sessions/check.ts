/** What must hold after many sessions: exact sums, and metrics that say what happened. */
import { expect } from '@jest/globals';
import type { ManyResult } from './run.js';

export function checkMany({ sessions, page, log }: ManyResult): void {
  expect(sessions.map(({ summary }) => summary.phase)).toEqual(sessions.map(() => 'closed'));
  expect(sessions.map(({ sums }) => sums)).toEqual(sessions.map(({ expected }) => [expected]));

  const total = (count: (session: ManyResult['sessions'][number]['summary']) => number): number =>
    sessions.reduce((sum, { summary }) => sum + count(summary), 0);
  expect(page.of('blindsum_sessions_opened_total')).toBe(sessions.length);
  expect(page.of('blindsum_sessions_ended_total', { outcome: 'closed' })).toBe(sessions.length);
  expect(page.of('blindsum_sessions_ended_total')).toBe(sessions.length);
  expect(page.of('blindsum_sessions_open')).toBe(0);
  expect(page.of('blindsum_unmask_seconds_count')).toBe(sessions.length);
  for (const round of ['r0', 'r1', 'r2', 'r3', 'r4'] as const) {
    expect(page.of('blindsum_round_seconds_count', { round })).toBe(sessions.length);
    expect(page.of('blindsum_messages_accepted_total', { round })).toBe(
      total(({ accepted }) => accepted[round]),
    );
  }
  const dropped = (round: string): number => page.of('blindsum_participants_dropped_total', { round });
  const size = (set: readonly Uint8Array[] | null): number => set?.length ?? 0;
  expect(dropped('r0')).toBe(total(({ electorate, u1 }) => electorate.length - size(u1)));
  expect(dropped('r1')).toBe(total(({ u1, u2 }) => size(u1) - size(u2)));
  expect(dropped('r2')).toBe(total(({ u2, u3 }) => size(u2) - size(u3)));
  expect(dropped('r3')).toBe(total(({ u3, accepted }) => size(u3) - accepted.r3));
  expect(dropped('r0')).toBeGreaterThan(0);
  expect(dropped('r2')).toBeGreaterThan(0);
  expect(page.of('blindsum_store_failures_total')).toBe(0);
  expect(page.of('blindsum_staged_uploads')).toBe(0);
  expect(page.of('blindsum_store_up')).toBe(1);

  const lines = log
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { msg: string }).msg);
  const count = (message: string): number => lines.filter((line) => line === message).length;
  expect(count('session opened')).toBe(sessions.length);
  expect(count('session closed')).toBe(sessions.length);
  expect(count('round closed')).toBe(5 * sessions.length);
  expect(count('participant dropped')).toBe(page.of('blindsum_participants_dropped_total'));
  expect([lines[0], lines.at(-1)]).toEqual(['starting', 'stopped']);
}
