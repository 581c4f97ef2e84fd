/** What the organiser signed, and the auditor's policy: enrolment, revocations, tasks that nobody should run. */
import { describe, expect, test } from '@jest/globals';
import { toHex } from '../../crypto/bytes.js';
import { certificateCodec, electorateHash, taskCodec } from '../../src/protocol/documents.js';
import { type Signed, signBody } from '../../src/protocol/signed.js';
import { openingCodec } from '../../src/protocol/statements.js';
import { sessionHeadCodec } from '../../src/protocol/transcript/session-head.js';
import {
  altered,
  at,
  coordinator,
  type DropRound,
  organiser,
  participants,
  type Party,
  policyOf,
  taskOf,
  vectorOf,
} from '../helpers/protocol.js';
import { archived, archiveOf, archiveOfPlayed, audit, forged, withHead } from './helpers/archive.js';
import { codes, finding, replace } from './helpers/edits.js';
import { playSession } from './helpers/played.js';

const parties = participants(4);
const certify = (member: Party, changes: object = {}, by: Party = organiser): Signed =>
  signBody(
    certificateCodec,
    { identity: member.identity, name: member.name, notBeforeMs: 0, expiresMs: 10_000, ...changes },
    by.signer,
  );
const enrolled = playSession(parties, { task: { pinned: null }, certificate: (member) => certify(member) });

describe('enrolment', () => {
  test('by certificates', async () => {
    expect((await audit(archiveOfPlayed([enrolled]))).findings).toEqual([]);
  });

  test.each<[string, (member: Party) => Signed]>([
    ['expired before', (member) => certify(member, { expiresMs: 1 })],
    ['began after', (member) => certify(member, { notBeforeMs: 70_000, expiresMs: 80_000 })],
    ['made by the coordinator', (member) => certify(member, {}, coordinator)],
  ])('with a certificate that %s', async (_what, other) => {
    const session = archived(enrolled);
    const head = sessionHeadCodec.decode(session.head);
    const certificates = head.certificates.map((signed, index) =>
      index === 1 ? other(at(parties, 1)) : signed,
    );
    const verdict = await audit(
      archiveOf([{ ...session, head: sessionHeadCodec.encode({ ...head, certificates }) }]),
    );
    // The roster has the hash of the other one.
    expect(codes(verdict)).toEqual(['NOT_ENROLLED', 'OTHER_HEADER', 'OTHER_SETS', 'OTHER_VOTE', 'NO_QUORUM', 'WRONG_CONTEXT', 'WRONG_RESULT'].sort()); // prettier-ignore
    expect(finding(verdict, 'NOT_ENROLLED')).toMatchObject({
      by: 'coordinator',
      identities: [toHex(at(parties, 1).identity)],
    });
  });

  test('renewed while the session was open', async () => {
    const session = archived(enrolled);
    const head = sessionHeadCodec.decode(session.head);
    const certificates = parties.map((member) => certify(member, { notBeforeMs: 30_000, expiresMs: 90_000 }));
    const verdict = await audit(
      archiveOf([{ ...session, head: sessionHeadCodec.encode({ ...head, certificates }) }]),
    );
    // The roster has other hashes; but these would have been valid when they were shown.
    expect(codes(verdict)).toContain('WRONG_CONTEXT');
    expect(codes(verdict)).not.toContain('NOT_ENROLLED');
  });

  test('in another order than everybody sees', async () => {
    const electorate = [...enrolled.setup.electorate].reverse();
    const edit = replace('opening', undefined, (signed) =>
      altered(openingCodec, signed, coordinator, {
        electorate: { hash: electorateHash(electorate), size: electorate.length },
      }),
    );
    const verdict = await audit(archiveOf([withHead(forged(enrolled, edit), { electorate })]));
    expect(codes(verdict)).toContain('ELECTORATE_MISMATCH');
  });

  test('without one', async () => {
    const session = archived(enrolled);
    const head = sessionHeadCodec.decode(session.head);
    const certificates = head.certificates.slice(1);
    const verdict = await audit(
      archiveOf([{ ...session, head: sessionHeadCodec.encode({ ...head, certificates }) }]),
    );
    expect(finding(verdict, 'NOT_ENROLLED').identities).toEqual([toHex(at(parties, 0).identity)]);
  });

  test('a session that ended in r0 has no list of certificates', async () => {
    const drops: DropRound[] = [0, 0, 5, 5];
    const early = playSession(parties, {
      task: { pinned: null },
      certificate: (member) => certify(member),
      drops,
    });
    expect((await audit(archiveOfPlayed([early]))).findings).toEqual([]);
    const certificates = [2, 3].map((index) => certify(at(parties, index)));
    const listed = archiveOf([withHead(archived(early), { certificates })]);
    expect(codes(await audit(listed))).toEqual(['CERTIFICATES_MISMATCH']);
  });

  test.each([true, false])('somebody who was revoked since (pinned: %s)', async (pinned) => {
    const played = pinned ? playSession(parties) : enrolled;
    const identity = toHex(at(parties, 2).identity);
    const verdict = await audit(archiveOfPlayed([played]), { revoked: new Set([identity]) });
    expect(verdict.findings).toMatchObject([
      { code: 'REVOKED', severity: 'warning', identities: [identity] },
    ]);
  });
});

describe('the floor of the auditor', () => {
  const archive = archiveOfPlayed([playSession(parties)]);
  test.each([
    ['minHonest', { minHonest: 3 }],
    ['minParticipants', { minParticipants: 5 }],
    ['minColluders', { minColluders: 2 }],
    ['suites', { suites: ['ckks/sumkey'] }],
  ])('%s', async (_key, floor) => {
    const verdict = await audit(archive, { policy: policyOf(floor) });
    expect(codes(verdict)).toEqual(['BELOW_POLICY']);
    expect(finding(verdict, 'BELOW_POLICY')).toMatchObject({ check: 'V3', by: 'unknown' });
    expect(verdict.sessions[0]?.checks.V3.state).toBe('fails');
  });

  test('evolving', async () => {
    const evolving = archiveOfPlayed([playSession(parties, { task: { scope: { kind: 'evolving' } } })]);
    expect((await audit(evolving)).findings).toEqual([]);
    expect(codes(await audit(evolving, { policy: policyOf({ evolving: false }) }))).toEqual(['BELOW_POLICY']);
  });
});

describe('what nobody should take part in', () => {
  const played = playSession(parties);
  const withTask = (changes: object) =>
    forged(
      played,
      replace('task', undefined, (signed) => altered(taskCodec, signed, organiser, changes)),
    );

  test('a task whose sum could wrap', async () => {
    const verdict = await audit(archiveOf([withTask({ vectors: [vectorOf({ bits: 4 })] })]));
    expect(codes(verdict)).toContain('BAD_TASK');
    expect(finding(verdict, 'BAD_TASK')).toMatchObject({ check: 'V3', by: 'organiser' });
    expect(verdict.sessions[0]?.checks.V5.state).toBe('not applicable');
  });

  test('a suite that there is none of', async () => {
    const verdict = await audit(archiveOf([withTask({ suite: 'masking/none' })]));
    expect(codes(verdict)).toContain('UNSUPPORTED');
    expect(verdict.sessions[0]?.checks.V2.state).toBe('fails');
  });

  test.each([{ critical: ['more'] }, { keyTypes: ['p-256'] }])('an opening with %j', async (changes) => {
    const other = forged(
      played,
      replace('opening', undefined, (signed) => altered(openingCodec, signed, coordinator, changes)),
    );
    expect(codes(await audit(archiveOf([other])))).toContain('UNSUPPORTED');
  });
});

test('the report of a task says what it is about', async () => {
  const task = { vectors: [vectorOf({ weighted: true })], maxWeight: 10 };
  const verdict = await audit(archiveOfPlayed([playSession(parties, { task })]));
  expect(verdict.findings).toEqual([]);
  const { name, suite, scope, maxParticipants, maxColluders, minSurvivors } = taskOf(parties, task);
  expect(verdict.tasks).toMatchObject([
    {
      name,
      suite,
      scope,
      maxParticipants,
      maxColluders,
      minSurvivors,
      weighted: true,
      pinned: true,
      rank: null,
    },
  ]);
  expect(verdict.sessions[0]).toMatchObject({
    suite: 'masking/complete',
    numbers: { electorate: 4, maxColluders: 1, quorum: 3, threshold: 3, needed: 3 },
    counts: {
      roster: 4,
      shared: 4,
      survivors: 4,
      headers: 4,
      complaints: 0,
      answers: 0,
      signed: 4,
      unmasked: 4,
    },
    revealed: { maskKey: 0, selfMask: 16, withheld: 0 },
  });
});
