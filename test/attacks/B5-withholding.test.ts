/**
 * B5, withholding: some send nothing in a round, or something that the others would have to refuse. Within the margin
 * the session gives the sum; beyond it, it ends at the deadline with a reason that says what was missing. Nobody is
 * blamed for silence, and nobody waits for longer than the round.
 */
import { expect, test } from '@jest/globals';
import { requireRound } from '../../src/coordinator/outcome.js';
import { acceptConsistency } from '../../src/protocol/coordinator/r3-consistency.js';
import { acceptHeader } from '../../src/protocol/coordinator/r2-masked-input.js';
import { acceptUnmask } from '../../src/protocol/coordinator/r4-unmask.js';
import { consistencyCodec, maskedInputCodec, unmaskCodec } from '../../src/protocol/messages.js';
import type { SessionRow } from '../../src/storage/port.js';
import {
  all,
  expectSum,
  JOIN_MS,
  makeWorld,
  openSession,
  ROUND_MS,
  ROUND_OF,
  upTo,
} from '../coordinator/world.js';
import {
  type Aborted,
  altered,
  at,
  type AtR1,
  type AtR2,
  type AtR3,
  type AtR4,
  type Closed,
  closeR0,
  closeR1,
  closeR2,
  closeR3,
  closeR4,
  codeOf,
  coordinatorDeps,
  type DropRound,
  expectedSums,
  participants,
  runSession,
  setUp,
  zeros,
} from '../helpers/protocol.js';

const parties = participants(5);
const ALL = [0, 1, 2, 3, 4];
const FOUR = [0, 1, 2, 3];

/** Five participants, n_C = 1, q = t = 4: one may fall silent. */
const silent = (...rounds: DropRound[]) =>
  runSession(parties, [...rounds, ...Array<DropRound>(5 - rounds.length).fill(5)]);

test.each<[DropRound, number]>([
  [0, 4],
  [1, 4],
  [2, 4],
  [3, 5],
  [4, 5],
])('B5 one that falls silent in r%i does not stop the others: a sum over %i', (round, size) => {
  const { outcome, survivors } = silent(round);
  expect(survivors).toHaveLength(size);
  expect((outcome as Closed).sums).toEqual(expectedSums(setUp(parties), survivors));
});

test.each<[DropRound, string, string]>([
  [0, 'TOO_FEW_PARTICIPANTS', '3 joined, 4 are needed'],
  [1, 'TOO_FEW_SURVIVORS', '3 shared their keys, 4 are needed'],
  [2, 'TOO_FEW_SURVIVORS', '3 sent their masked input, 4 are needed'],
  [3, 'NO_QUORUM', '3 signed the sets, 4 are needed'],
  [4, 'TOO_FEW_SHARES', 'only 3 of the 4 shares needed for one participant arrived'],
])('B5 two that fall silent in r%i end it with %s: %s', (round, code, message) => {
  const { abort } = silent(round, round).outcome as Aborted;
  expect(abort).toMatchObject({ code, message, round: `r${round}`, blamed: [] });
});

test('B5 silence in different rounds counts together', () => {
  const { abort } = silent(1, 2).outcome as Aborted;
  expect(abort).toMatchObject({ code: 'TOO_FEW_SURVIVORS', round: 'r2' });
});

// ---------------------------------------------------------------------------------------------- by the clock

const STEPS = ['join', 'share', 'mask', 'sign', 'reveal'] as const;
const MISSING = {
  join: 'TOO_FEW_PARTICIPANTS',
  share: 'TOO_FEW_SURVIVORS',
  mask: 'TOO_FEW_SURVIVORS',
  sign: 'NO_QUORUM',
  reveal: 'TOO_FEW_SHARES',
} as const;

test.each(STEPS)(
  'B5 a coordinator waits for %s until the deadline, and then goes on with who came',
  async (step) => {
    const session = await openSession(makeWorld());
    await upTo(session, step);
    await all(session, step, FOUR);
    const { clock } = session.world;
    expect(await session.phase()).toBe(ROUND_OF[step]);
    await clock.advance((step === 'join' ? JOIN_MS : ROUND_MS) - 1);
    expect(await session.phase()).toBe(ROUND_OF[step]);
    await clock.advance(1);
    expect(await session.phase()).not.toBe(ROUND_OF[step]);
    for (const next of STEPS.slice(STEPS.indexOf(step) + 1)) await all(session, next, FOUR);
    await expectSum(session, step === 'sign' || step === 'reveal' ? ALL : FOUR);
  },
);

test.each(STEPS)(
  'B5 and with too few to %s it ends there, at the deadline, and says what was missing',
  async (step) => {
    const session = await openSession(makeWorld());
    await upTo(session, step);
    await all(session, step, [0, 1, 2]);
    expect(await session.phase()).toBe(ROUND_OF[step]);
    await session.world.clock.advance(step === 'join' ? JOIN_MS : ROUND_MS);
    const { phase, abort } = await session.summary();
    expect(phase).toBe('aborted');
    expect(abort).toMatchObject({ code: MISSING[step], blamed: [] });
    expect(abort?.message).toMatch(/3/);
  },
);

test('B5 who comes after the deadline is too late, even where the round is not closed yet: it does end', () => {
  const row = { phase: 'r3', phaseDeadlineMs: 1000 } as SessionRow;
  const arriving = (nowMs: number) => codeOf(() => requireRound(row, 'r3', nowMs));
  expect(arriving(999)).toBe(null);
  expect(arriving(1000)).toBe('LATE');
});

// ------------------------------------------------------------------- what the others would refuse is not let in

const setup = setUp(parties);
const r1 = closeR0(setup, ALL) as AtR1;
const r2 = closeR1(r1, ALL) as AtR2;
const r3 = closeR2(r2, FOUR) as AtR3;
const r4 = closeR3(r3, FOUR) as AtR4;
const first = at(parties, 0);
const sender = first.identity;

test('B5 a header over other sets, which every survivor would refuse in r3, is refused in r2', () => {
  const { header } = at(r2.members, 0).send;
  const accept = (changes: object) => {
    const signed = altered(maskedInputCodec, header, first, changes);
    return codeOf(() => acceptHeader(r2.frozen, { sender, signed }, r2.dealers, coordinatorDeps));
  };
  expect(accept({})).toBe(null);
  expect(accept({ u1: zeros })).toBe('CONTEXT_MISMATCH');
  expect(accept({ u2: zeros })).toBe('CONTEXT_MISMATCH');
});

test('B5 a signature over other sets, which would look like an equivocation in r4, is refused in r3', () => {
  const accept = (changes: object) => {
    const signed = altered(consistencyCodec, at(r3.members, 0).send, first, changes);
    return codeOf(() => acceptConsistency(r3.frozen, { sender, signed }, r3.uploads, coordinatorDeps));
  };
  expect(accept({})).toBe(null);
  for (const field of ['u1', 'u2', 'u3', 'uploads'])
    expect(accept({ [field]: zeros })).toBe('CONTEXT_MISMATCH');
});

test('B5 shares for other sets, with which the masks would not come off, are refused in r4', () => {
  const { r4: own, shares } = at(r4.members, 0).send;
  const accept = (changes: object) => {
    const signed = altered(unmaskCodec, own, first, changes);
    return codeOf(() => acceptUnmask(r4.frozen, { sender, signed, shares }, coordinatorDeps));
  };
  expect(accept({})).toBe(null);
  for (const field of ['u1', 'u2', 'u3']) expect(accept({ [field]: zeros })).toBe('CONTEXT_MISMATCH');
});

test('B5 who is not in the set has no say in its round', () => {
  const left = at(parties, 4);
  const signed = altered(consistencyCodec, at(r3.members, 0).send, left, { sender: left.identity });
  const request = { sender: left.identity, signed };
  expect(codeOf(() => acceptConsistency(r3.frozen, request, r3.uploads, coordinatorDeps))).toBe(
    'UNKNOWN_PARTICIPANT',
  );
  // Even if one that dropped out could reveal, the others are enough.
  expect((closeR4(r4, FOUR) as Closed).sums).toEqual(expectedSums(setup, FOUR));
});
