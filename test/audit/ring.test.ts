/**
 * Archives of sessions on a ring: everything holds, the sum comes out again from escrow, and the windows, whose signatures
 * count and how many a dealer answers are asked as participants ask them (PROTOCOL §5.2, §12.7).
 */
import { expect, test } from '@jest/globals';
import type { Suite } from '../../src/protocol/suite.js';
import { maskingRing } from '../../src/protocol/suites/masking-ring/index.js';
import { ringOf } from '../../src/protocol/suites/masking-ring/ring.js';
import { type AtR1, closeR0, type DropRound, participants, policyOf, setUp } from '../helpers/protocol.js';
import { archived, archiveOf, archiveOfPlayed, audit, engine, escrowOf, idOf } from './helpers/archive.js';
import { codes, finding } from './helpers/edits.js';
import { type Played, playSession } from './helpers/played.js';

/** The smallest ring that stands one colluder and four dropouts: w = 6, h = 2, t = 2. */
const COUNT = 26;
const parties = participants(COUNT);
const task = { suite: 'masking/ring', maxColluders: 1, minSurvivors: COUNT - 4 };

const { session } = (
  closeR0(setUp(parties, { task, seed: 'session 1', opening: { session: 1, openedMs: 1 } }), [
    ...parties.keys(),
  ]) as AtR1
).frozen;
/** Everybody stays but who stands at these places. */
const dropping = (rounds: Readonly<Record<number, DropRound>>): DropRound[] => {
  const drops = parties.map((): DropRound => 5);
  for (const [place, round] of Object.entries(rounds)) {
    drops[ringOf(session).order[Number(place)] as number] = round;
  }
  return drops;
};
const played = playSession(parties, {
  task,
  drops: dropping({ 3: 1, 4: 2, 5: 2, 9: 4 }),
}) as Required<Played>;
const archive = archiveOfPlayed([played]);
const auditedAs = (changes: Partial<Suite>) =>
  audit(archive, {
    suite: () => ({ ...maskingRing, ...changes }),
    policy: policyOf({ acceptCommittee: true }),
  });

test('nothing is found in an honest session, and its sum comes out again', async () => {
  const escrow = new Map([[idOf(played.leaves), escrowOf(played)]]);
  const verdict = await audit(archiveOf([archived(played)], { escrow }), { engine });
  expect(verdict.findings).toEqual([]);
  const { checks, outcome } = verdict.sessions[0] as (typeof verdict.sessions)[number];
  expect(outcome).toBe('closed');
  for (const check of ['V6', 'V7', 'V8', 'V9', 'V10', 'V11', 'V16'] as const)
    expect([check, checks[check].state]).toEqual([check, 'holds']);
});

test('sessions that end early', async () => {
  const early = [
    dropping({ 0: 1, 1: 1, 2: 1, 3: 1, 4: 1 }),
    dropping({ 0: 2, 1: 2, 2: 2, 3: 2, 4: 2 }),
    parties.map((_, index): DropRound => (index < 13 ? 3 : 5)),
  ].map((drops) => playSession(parties, { task, drops }));
  for (const one of early) expect(codes(await audit(archiveOfPlayed([one])))).toEqual([]);
});

test.each([
  // Of places 3 to 8, U2 keeps five and U3 three.
  ['U3', 4],
  ['U2', 6],
])('a window of %s keeps fewer than it must', async (set, h) => {
  const verdict = await auditedAs({
    checkSets(context, sets) {
      maskingRing.checkSets({ ...context, parameters: { ...context.parameters, h } }, sets);
    },
  });
  expect(codes(verdict)).toEqual(['WRONG_GRAPH']);
  expect(finding(verdict, 'WRONG_GRAPH').message).toContain(set);
});

test('votes of others than the signers make no quorum', async () => {
  const q = session.parameters.q;
  const first = (count: number) => ({
    signers: () => [...(played.r3.frozen.u3?.members ?? [])].slice(0, count),
  });
  expect(codes(await auditedAs(first(q)))).toEqual([]);
  expect(codes(await auditedAs(first(q - 1)))).toEqual(['NO_QUORUM']);
});
