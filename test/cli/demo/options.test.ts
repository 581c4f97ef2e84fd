/** Who is killed in which session, and which wishes are refused. */
import { planKills, spareOf } from '../../../src/cli/demo/options.js';
import { missedRound } from '../../../src/cli/demo/participant.js';

test('by default one of each, in different sessions', () => {
  expect(planKills(undefined, 5, 10)).toEqual([
    { point: 'r2', session: 3, participant: 1 },
    { point: 'r3', session: 6, participant: 3 },
  ]);
});

test('where nobody may drop out nobody is killed by default', () => {
  expect(spareOf(3)).toBe(0);
  expect(planKills(undefined, 3, 10)).toEqual([]);
  expect(() => planKills('r2', 3, 10)).toThrow(expect.objectContaining({ code: 'USAGE' }));
  expect(planKills('none', 3, 10)).toEqual([]);
});

test.each([1, 2, 3, 4, 5, 10, 100])(
  '%d sessions: at most one kill in each, all of them inside',
  (sessions) => {
    const kills = planKills(undefined, 5, sessions);
    expect(kills).toHaveLength(Math.min(2, sessions));
    expect(new Set(kills.map(({ session }) => session)).size).toBe(kills.length);
    for (const { session } of kills) {
      expect(session).toBeGreaterThanOrEqual(1);
      expect(session).toBeLessThanOrEqual(sessions);
    }
  },
);

test.each([4, 5, 6, 7, 20])('%d participants: those killed exist, and one may be missing', (participants) => {
  expect(spareOf(participants)).toBeGreaterThan(0);
  for (const { participant } of planKills('r3,r2', participants, 10)) {
    expect(participant).toBeGreaterThanOrEqual(0);
    expect(participant).toBeLessThan(participants);
  }
});

test.each(['', 'r4', 'r2 r3', 'r2,r2', 'none,r2', 'R2'])('--kill %j is refused', (text) => {
  expect(() => planKills(text, 5, 10)).toThrow(expect.objectContaining({ code: 'USAGE', fault: 'caller' }));
});

test('more kills than sessions are refused when they are asked for', () => {
  expect(() => planKills('r2,r3', 5, 1)).toThrow('2 kills need as many sessions');
});

test('the round that somebody missed comes after the last one accepted', () => {
  expect([null, 'r0', 'r1', 'r2', 'r3', 'r4'].map((last) => missedRound(last as 'r0' | null))).toEqual([
    'r0',
    'r1',
    'r2',
    'r3',
    'r4',
    'r4',
  ]);
});
