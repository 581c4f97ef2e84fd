/**
 * Archives of sessions that the real rounds of both roles played, honestly and not: the audit and the independent verifier
 * find the same in each. Here they meet dropouts, aborts, grants, all suites, and every record that can be left out.
 */
import { describe, expect, test } from '@jest/globals';
import { grantCodec, grantHash } from '../../src/protocol/documents.js';
import type { Policy } from '../../src/protocol/policy.js';
import { datasetScope } from '../../src/protocol/scope.js';
import { signBody } from '../../src/protocol/signed.js';
import {
  type Archive,
  archived,
  archiveOf,
  archiveOfPlayed,
  audit,
  forged,
} from '../audit/helpers/archive.js';
import { codes } from '../audit/helpers/edits.js';
import { archiveFiles } from '../audit/helpers/files.js';
import { type PlayOptions, playSession } from '../audit/helpers/played.js';
import { type DropRound, fill, organiser, participants, policyOf } from '../helpers/protocol.js';
import { ckksTask, floats } from '../protocol/ckks/task.js';
import { parseTrust } from './notes.js';
import { reasonCodes } from './vectors.js';
import { verifyArchive } from './verify.js';

const parties = participants(5);
const reasons = reasonCodes();

/** What both find. */
async function found(archive: Archive, policy: Policy = policyOf()): Promise<string[]> {
  const files = archiveFiles(archive);
  const anchors = parseTrust(files.get('trust.yaml') as Buffer);
  const independent = verifyArchive(files, { anchors, policy, reasons });
  expect(codes(await audit(archive, { policy }))).toEqual(independent);
  return independent;
}

test.each<[string, DropRound[]]>([
  ['nobody drops out', [5, 5, 5, 5, 5]],
  ['one in r1', [5, 1, 5, 5, 5]],
  ['one in r2', [5, 5, 2, 5, 5]],
  ['one in r3', [3, 5, 5, 5, 5]],
  ['one in r4', [5, 5, 5, 4, 5]],
  ['too many in r0', [0, 0, 5, 5, 5]],
  ['too many in r1', [5, 1, 1, 5, 5]],
  ['too many in r2', [5, 2, 2, 5, 5]],
  ['too many in r3', [5, 5, 5, 3, 3]],
  ['too many in r4', [5, 5, 5, 4, 4]],
])('%s', async (_what, drops) => {
  expect(await found(archiveOfPlayed([playSession(parties, { drops })]))).toEqual([]);
});

test('ckks/sumkey', async () => {
  const played = playSession(parties, { task: ckksTask(5), input: floats, drops: [5, 5, 5, 5, 2] });
  expect(await found(archiveOfPlayed([played]))).toEqual([]);
});

describe('masking/ring', () => {
  const many = participants(26);
  const task = { suite: 'masking/ring', maxColluders: 1, minSurvivors: 22 };
  const stay = many.map((): DropRound => 5);
  const play = (rounds: Readonly<Record<number, DropRound>>) =>
    playSession(many, { task, drops: Object.assign([...stay], rounds) });
  const played = play({ 3: 1, 4: 2, 9: 4 });

  test('some drop out, too many in r1, too many in r3', async () => {
    expect(await found(archiveOfPlayed([played]))).toEqual([]);
    expect(await found(archiveOfPlayed([play({ 0: 1, 1: 1, 2: 1, 3: 1, 4: 1 })]))).toEqual([]);
    const half = Object.fromEntries(stay.map((_, index) => [index, index < 13 ? 3 : 5]));
    expect(await found(archiveOfPlayed([play(half as Record<number, DropRound>)]))).toEqual([]);
  });

  test('a record left out by a coordinator that signs everything anew', async () => {
    const { leaves } = archived(played);
    // task, opening, r0 of 26, U1, r1 of 25, U2, r2 of 24, then U3.
    const u3 = 3 + 26 + 25 + 1 + 24;
    // After task, opening, r0 and U1: with another roster there would be another ring.
    for (let index = 3 + many.length; index < leaves.length; index += 12) {
      const without = <T>(items: readonly T[]): T[] => items.filter((_, at) => at !== index);
      const both = await found(archiveOf([forged(played, without)]));
      // Nobody misses a vote or an answer beyond those that it takes.
      const isNeeded = index < u3;
      expect([index, both.length > 0]).toEqual([index, isNeeded]);
    }
  });
});

const first = playSession(parties);
const second = (options: PlayOptions) =>
  playSession(parties, { number: 2, previous: [first], drops: [5, 5, 5, 5, 2], ...options });

test('two sets of the same data', async () => {
  expect(await found(archiveOfPlayed([first, second({})]))).toEqual(['DOUBLE_VOTE', 'TWO_SETS']);
});

test('two sets under a grant', async () => {
  const from = parties.map(({ identity }) => identity);
  const body = { scope: datasetScope('records'), from, to: from.slice(0, 4) };
  const grant = signBody(grantCodec, body, organiser.signer);
  const policy = policyOf({ acceptGrants: true });
  const granted = second({ policy, grants: [grant], opening: { grants: [grantHash(grant)] } });
  expect(await found(archiveOfPlayed([first, granted]), policy)).toEqual(['GRANT_USED']);
});

test('sums of an evolving task that single somebody out', async () => {
  const task = { scope: { kind: 'evolving' } } as const;
  const played = [1, 2].map((number) => {
    const drops: DropRound[] = [5, 5, 5, 5, number === 1 ? 5 : 2];
    return playSession(parties, { number, task, opening: { input: fill(number) }, drops });
  });
  expect(await found(archiveOfPlayed(played))).toEqual(['SINGLED_OUT']);
});

test('every record, left out by a coordinator that signs everything anew, and by somebody else', async () => {
  const played = playSession(parties, { drops: [5, 5, 5, 5, 2] });
  const session = archived(played);
  for (const index of session.leaves.keys()) {
    const without = <T>(items: readonly T[]): T[] => items.filter((_, at) => at !== index);
    const changed = { ...archiveOf([session]), sessions: [{ ...session, leaves: without(session.leaves) }] };
    // Without task or opening there is nothing that a coordinator could log.
    const signed = index < 2 ? [] : [archiveOf([forged(played, without)])];
    for (const archive of [changed, ...signed])
      expect([index, await found(archive)]).not.toEqual([index, []]);
  }
});
