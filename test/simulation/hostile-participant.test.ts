/**
 * Participants that do anything, against the real coordinator (PROTOCOL §4.4, attacks B1–B5): it neither crashes nor
 * hangs past a deadline, sums exactly U3 or nothing, and never blames anybody honest.
 */
import { describe, expect, test } from '@jest/globals';
import { toHex } from '../../crypto/bytes.js';
import { judge } from './hostile-participant/oracle.js';
import { planOf, type Trick } from './hostile-participant/play.js';
import { playOut, runPlays } from './hostile-participant/run.js';
import { SCENARIOS } from './hostile-participant/scenarios.js';
import { overriding, perform } from './hostile-participant/stage.js';

describe('scenarios', () => {
  test.each(Object.entries(SCENARIOS))('%s', async (_, { play, ending, u3, blamed }) => {
    const seen = await perform(play);
    const verdict = await judge(seen);
    expect(verdict).toMatchObject({ problems: [], ending });
    const indexOf = (hex: string): number =>
      seen.members.findIndex(({ party }) => toHex(party.identity) === hex);
    expect(seen.row.blamed.map(indexOf).sort()).toEqual(blamed);
    const summary = await seen.coordinator.operator.getSession(seen.row.id);
    expect(summary.u3?.map((identity) => indexOf(toHex(identity))) ?? null).toEqual(u3);
    if (ending !== 'closed') expect(summary.abort?.blamed.map(toHex).map(indexOf)).toEqual(blamed);
  });

  test('a complaint about oneself is refused, and the right header after it is taken', async () => {
    const trick: Trick = { trick: 'bad-complaint', at: 0, how: 5 };
    const { verdict, outcomes } = await playOut({
      n: 5,
      colluders: 1,
      hostile: { 1: planOf({ r2: { tricks: [trick] } }) },
    });
    expect(verdict).toMatchObject({ problems: [], ending: 'closed' });
    expect(outcomes.has('CONFLICT')).toBe(false);
    expect(outcomes.get('MALFORMED')).toBe(2);
  });
});

describe('generated plays', () => {
  test('with at most n_C hostile participants', async () => {
    const { plays, closed, blamed, outcomes } = await runPlays(false, 40, 20_261);
    expect(closed).toBeGreaterThan(plays / 3);
    expect(blamed).toBeGreaterThan(plays / 10);
    expect(outcomes.size).toBeGreaterThan(10);
  });

  test('with more hostile participants than n_C', async () => {
    const { plays, aborted, blamed } = await runPlays(true, 15, 20_262);
    expect([...aborted.values()].reduce((all, some) => all + some, 0)).toBeGreaterThan(plays / 4);
    expect(blamed).toBeGreaterThan(plays / 10);
  });
});

/** The harness sees what it should: each of these coordinators is broken in one place. */
describe('a coordinator that', () => {
  const lying = { n: 5, colluders: 1, hostile: { 1: planOf({ r2: { main: 'random-upload' } }) } };
  const complaining = { n: 5, colluders: 1, hostile: { 1: planOf({ r2: { main: 'all-complaints' } }) } };
  const problemsOf = async (...given: Parameters<typeof playOut>): Promise<string> =>
    (await playOut(...given)).verdict.problems.join('\n');

  test('adds an upload twice is caught', async () => {
    const problems = await problemsOf(lying, {
      wrap: (store) =>
        overriding(store, {
          commitInput: (session, input, sums) =>
            store.commitInput(session, input, {
              ...sums,
              fold(sum, upload) {
                sums.fold(sum, upload);
                sums.fold(sum, upload);
              },
            }),
        }),
    });
    expect(problems).toMatch(/vector counts is/);
  });

  test('blames somebody honest is caught', async () => {
    const problems = await problemsOf(complaining, {
      wrap: (store) =>
        overriding(store, {
          async transition(session, from, change) {
            const { electorate } = (await store.getSession(session)) ?? { electorate: [] };
            const blamed = change.to === 'r3' ? [toHex(electorate[0] as Uint8Array)] : (change.blamed ?? []);
            return store.transition(session, from, { ...change, blamed });
          },
        }),
    });
    expect(problems).toMatch(/honest 0 is blamed/);
  });

  test('blames nobody is caught', async () => {
    const plan = planOf({ r1: { main: 'garbage-packet', victims: 8 } }, 'does-not-fit');
    const problems = await problemsOf(
      { ...lying, hostile: { 1: plan } },
      {
        wrap: (store) =>
          overriding(store, {
            transition: (session, from, change) => store.transition(session, from, { ...change, blamed: [] }),
          }),
      },
    );
    expect(problems).toMatch(/proven bad in r2 and is not named/);
  });

  test('crashes on a message is caught', async () => {
    const problems = await problemsOf(complaining, {
      wrap: (store) =>
        overriding(store, {
          async putRecord(session, phase, record) {
            if (record.kind === 'r2') return (undefined as unknown as Uint8Array).length as never;
            return store.putRecord(session, phase, record);
          },
        }),
    });
    expect(problems).toMatch(/TypeError/);
  });

  test('does not close a round is caught', async () => {
    const problems = await problemsOf(lying, {
      wrap: (store) =>
        overriding(store, {
          async transition(session, from, change) {
            if (change.to === 'r3') throw new Error('the disk is full');
            return store.transition(session, from, change);
          },
        }),
    });
    expect(problems).toMatch(/r2 is open after its deadline/);
  });
});
