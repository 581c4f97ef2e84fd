/** One vote per scope, over all sessions of an archive (PROTOCOL §7; attack A11), and what the rule does not cover. */
import { describe, expect, test } from '@jest/globals';
import { toHex } from '../../crypto/bytes.js';
import { grantCodec, grantHash, taskHash } from '../../src/protocol/documents.js';
import { datasetScope } from '../../src/protocol/scope.js';
import { type Signed, signBody } from '../../src/protocol/signed.js';
import {
  at,
  coordinator,
  type DropRound,
  fill,
  organiser,
  participants,
  type Party,
  policyOf,
} from '../helpers/protocol.js';
import { archiveOfPlayed, audit, idOf } from './helpers/archive.js';
import { codes, finding } from './helpers/edits.js';
import { type PlayOptions, playSession } from './helpers/played.js';

const parties = participants(5);
const everyone: DropRound[] = [5, 5, 5, 5, 5];
const without4: DropRound[] = [5, 5, 5, 5, 2];
const all = playSession(parties, { number: 1 });
const identities = parties.map(({ identity }) => identity);

const grantOf = (changes: object = {}, by: Party = organiser): Signed =>
  signBody(
    grantCodec,
    { scope: datasetScope('records'), from: identities, to: identities.slice(0, 4), ...changes },
    by.signer,
  );
const granted = (grant: Signed): PlayOptions => ({
  policy: policyOf({ acceptGrants: true }),
  grants: [grant],
  opening: { grants: [grantHash(grant)] },
});
const second = (options: PlayOptions = {}) =>
  playSession(parties, { number: 2, previous: [all], drops: without4, ...options });

test('the same set again', async () => {
  const verdict = await audit(archiveOfPlayed([all, second({ drops: everyone })]));
  expect(verdict.findings).toEqual([]);
});

test('two sets of the same data: the second session, and who voted twice', async () => {
  const two = second();
  const verdict = await audit(archiveOfPlayed([all, two]));
  expect(codes(verdict)).toEqual(['DOUBLE_VOTE', 'TWO_SETS']);
  expect(finding(verdict, 'TWO_SETS')).toMatchObject({
    check: 'V13',
    severity: 'error',
    session: idOf(two.leaves),
    message: expect.stringContaining('1 are in only one of the two'),
  });
  expect(finding(verdict, 'DOUBLE_VOTE')).toMatchObject({
    severity: 'warning',
    by: 'participant',
    identities: identities.slice(0, 4).map(toHex),
  });
  expect(verdict.sessions.map(({ checks }) => checks.V13.state)).toEqual(['holds', 'fails']);
  expect(verdict.scopes).toMatchObject([{ sessions: 2, voted: 2, sets: 2 }]);
});

test('an evolving task has a scope for each input', async () => {
  const task = { scope: { kind: 'evolving' } } as const;
  const [a, b] = [1, 2].map((number) =>
    playSession(parties, {
      number,
      task,
      opening: { input: fill(number) },
      drops: number === 1 ? everyone : without4,
    }),
  );
  const verdict = await audit(archiveOfPlayed([a as typeof all, b as typeof all]), {
    policy: policyOf({ minHonest: 2 }),
  });
  expect(verdict.scopes).toHaveLength(2);
  expect(codes(verdict)).toEqual(['SINGLED_OUT']);
});

test('a sum that a quorum voted for counts as opened, also where the transcript lacks the answers', async () => {
  const evolving = (number: number, drops: DropRound[]) =>
    playSession(parties, {
      ...{ number, drops, task: { scope: { kind: 'evolving' } } },
      opening: { input: fill(number) },
    });
  const unpublished = evolving(2, [4, 4, 5, 5, 2]);
  expect(unpublished.outcome).toMatchObject({ abort: { round: 'r4' } });
  const verdict = await audit(archiveOfPlayed([evolving(1, everyone), unpublished]));
  expect(codes(verdict)).toEqual(['SINGLED_OUT']);
  // Nobody answers before there is a quorum.
  const before = evolving(2, [3, 3, 5, 5, 2]);
  expect(before.outcome).toMatchObject({ abort: { round: 'r3' } });
  expect((await audit(archiveOfPlayed([evolving(1, everyone), before]))).findings).toEqual([]);
});

describe('the second set', () => {
  test('is granted', async () => {
    const grant = grantOf();
    const options = { policy: policyOf({ acceptGrants: true }) };
    const verdict = await audit(archiveOfPlayed([all, second(granted(grant))]), options);
    expect(verdict.findings).toMatchObject([{ code: 'GRANT_USED', severity: 'warning', by: 'organiser' }]);
    expect(verdict.holds).toBe(true);
    const strict = await audit(archiveOfPlayed([all, second(granted(grant))]));
    expect(codes(strict)).toEqual(['BELOW_POLICY', 'GRANT_USED']);
  });

  test.each<[string, Signed]>([
    ['another scope', grantOf({ scope: fill(1) })],
    ['from another set', grantOf({ from: identities.slice(1) })],
    ['to another set', grantOf({ to: identities.slice(1) })],
  ])('is not granted by a grant for %s', async (_what, grant) => {
    const options = { policy: policyOf({ acceptGrants: true }) };
    const verdict = await audit(archiveOfPlayed([all, second(granted(grant))]), options);
    expect(codes(verdict)).toEqual(['DOUBLE_VOTE', 'TWO_SETS']);
  });

  test('is not granted by the coordinator', async () => {
    const options = { policy: policyOf({ acceptGrants: true }) };
    const verdict = await audit(archiveOfPlayed([all, second(granted(grantOf({}, coordinator)))]), options);
    expect(codes(verdict)).toEqual(['DOUBLE_VOTE', 'TWO_SETS', 'WRONG_ORGANISER']);
  });
});

test('votes among other invited participants, or with other colluders assumed', async () => {
  const fewer = playSession(parties.slice(0, 4), { number: 1, seed: 'fewer', task: { name: 'another' } });
  const verdict = await audit(archiveOfPlayed([all, fewer]));
  expect(codes(verdict)).toEqual(['DOUBLE_VOTE', 'ELECTORATE_CHANGED', 'TWO_SETS']);
  expect(finding(verdict, 'ELECTORATE_CHANGED').session).toBe(idOf(fewer.leaves));
  const colluders = playSession(parties, { number: 1, seed: 'more', task: { maxColluders: 2 } });
  expect(codes(await audit(archiveOfPlayed([all, colluders])))).toEqual(['ELECTORATE_CHANGED']);
});

test('a set without a quorum opens nothing, but who voted for it voted twice', async () => {
  const split = second({ drops: [5, 5, 3, 3, 2] });
  expect(split.outcome).toMatchObject({ round: 'aborted', abort: { code: 'NO_QUORUM' } });
  const verdict = await audit(archiveOfPlayed([all, split]));
  expect(verdict.findings).toMatchObject([
    { code: 'DOUBLE_VOTE', identities: identities.slice(0, 2).map(toHex) },
  ]);
});

test('who took part in what is told only when it is asked for', async () => {
  const archive = archiveOfPlayed([all]);
  expect((await audit(archive)).tasks[0]?.participation).toBeNull();
  const verdict = await audit(archive, { participation: true });
  expect(verdict.tasks[0]).toMatchObject({ id: toHex(taskHash(all.setup.task)), participants: 5, closed: 1 });
  expect(verdict.tasks[0]?.participation).toEqual(
    Object.fromEntries(identities.map((identity) => [toHex(identity), [idOf(all.leaves)]])),
  );
  expect(at(verdict.tasks, 0).rank).toBeNull();
});
