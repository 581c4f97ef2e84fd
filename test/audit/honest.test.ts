/** Honest sessions, whatever happens in them: nothing is found. */
import { describe, expect, test } from '@jest/globals';
import type { CheckId, CheckState, SessionReport } from '../../src/audit/types.js';
import { ROUNDS, type Round } from '../../src/protocol/phase.js';
import { fill, participants, type DropRound, type Party, resigned } from '../helpers/protocol.js';
import { ckksTask, floats } from '../protocol/ckks/task.js';
import { archiveOfPlayed, audit, engine, escrowOf, idOf } from './helpers/archive.js';
import { type Played, playSession, type PlayOptions } from './helpers/played.js';

const parties = participants(5);

/** The round that a session has to come to for a check to have something to look at. */
const FROM: Readonly<Record<CheckId, number>> = {
  ...{ V1: 0, V2: 0, V3: 0, V4: 0, V5: 0, V6: 3, V7: 4, V8: 4, V9: 9, V10: 9, V11: 9, V12: 9 },
  ...{ V13: 3, V14: 0, V15: 9, V16: 2 },
};

function stateOf(check: CheckId, applies: boolean, { outcome, leaves }: Played): CheckState {
  if (outcome.round === 'closed' && (check === 'V10' || check === 'V11')) return 'holds';
  // The uploads of these sessions are small.
  if (outcome.round === 'closed' && check === 'V15') return outcome.sums.length > 0 ? 'not checked' : 'holds';
  // Task, opening and abort: nobody brought a key or was in a set.
  if (leaves.length === 3 && (check === 'V4' || check === 'V5')) return 'not applicable';
  return applies ? 'holds' : 'not applicable';
}
const suites: [string, PlayOptions][] = [
  ['masking/complete', {}],
  ['ckks/sumkey', { task: ckksTask(5), input: floats }],
];

describe.each(suites)('%s', (_suite, options) => {
  const cases: [string, DropRound[]][] = [
    ['nobody drops out', [5, 5, 5, 5, 5]],
    ['one never comes', [0, 5, 5, 5, 5]],
    ['one drops out in r1', [5, 1, 5, 5, 5]],
    ['one drops out in r2', [5, 5, 2, 5, 5]],
    ['one drops out in r3', [5, 5, 5, 3, 5]],
    ['one drops out in r4', [5, 5, 5, 5, 4]],
    ['too few in r0', [0, 0, 5, 5, 5]],
    ['too few in r1', [1, 1, 5, 5, 5]],
    ['too few in r2', [5, 2, 2, 5, 5]],
    ['too few in r3', [5, 5, 5, 3, 3]],
    ['too few in r4', [4, 5, 5, 5, 4]],
    ['nobody comes', [0, 0, 0, 0, 0]],
  ];

  test.each(cases)('%s', async (_what, drops) => {
    const played = playSession(parties, { ...options, drops });
    const { r4 } = played;
    const escrow = new Map(
      r4 === undefined ? [] : [[idOf(played.leaves), escrowOf(played as Required<Played>)]],
    );
    const verdict = await audit(archiveOfPlayed([played], { escrow }), { engine });
    expect(verdict.findings).toEqual([]);
    expect(verdict.holds).toBe(true);
    expect(verdict.sessions[0]?.replayed).toBe(played.outcome.round === 'closed');
    expect(verdict.sessions[0]?.outcome).toBe(played.outcome.round);
    const { checks } = verdict.sessions[0] as SessionReport;
    const reached = ROUNDS.indexOf(
      (played.outcome.round === 'aborted' ? played.outcome.abort.round : 'r4') as Round,
    );
    for (const [check, { state, why }] of Object.entries(checks)) {
      const applies = reached >= FROM[check as CheckId];
      expect([check, state]).toEqual([check, stateOf(check as CheckId, applies, played)]);
      expect(why === '').toBe(state === 'holds');
    }
  });
});

test('a dealer whose secret does not come out is blamed in r4', async () => {
  const dealer = parties[1] as Party;
  const played = playSession(parties, {
    r1: (message, position) =>
      position === 1 ? resigned(message, dealer, message.packets, { commitment: fill(1) }) : message,
  });
  expect(played.outcome).toMatchObject({ abort: { code: 'BAD_DEALER', round: 'r4' } });
  expect((await audit(archiveOfPlayed([played]))).findings).toEqual([]);
});
