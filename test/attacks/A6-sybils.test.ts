/**
 * A6: the coordinator fills a session with participants of its own, so that few of those summed are honest. Who may take
 * part is the organiser's choice, by a pinned list or by certificates; each participant checks the whole roster itself,
 * and its policy puts a floor under the honest ones that are left when n_C collude.
 */
import { afterEach, expect, test } from '@jest/globals';
import { compareBytes, toHex } from '../../crypto/bytes.js';
import { maskKeyPair, shareKeyPair } from '../../crypto/key-agreement.js';
import { openSession } from '../../src/protocol/client/open.js';
import {
  type Certificate,
  certificateCodec,
  electorateHash,
  revocationCodec,
} from '../../src/protocol/documents.js';
import { checkTask } from '../../src/protocol/parameters.js';
import type { RosterEntry } from '../../src/protocol/roster.js';
import { type Signed, signBody } from '../../src/protocol/signed.js';
import { ckksSumkey } from '../../src/protocol/suites/ckks-sumkey/index.js';
import { recording, type Sent } from '../client/helpers/transports.js';
import { makeWorld, trustOf, valuesOf, type World } from '../client/helpers/world.js';
import {
  at,
  type AtR1,
  closeR0,
  codeOf,
  coordinator,
  openingOf,
  organiser,
  type Party,
  policyOf,
  replaced,
  setUp,
  signOpening,
  signTask,
  statedRoster,
  taskOf,
  zeros,
} from '../helpers/protocol.js';
import { wholeTask } from '../protocol/ckks/task.js';
import {
  ALL,
  type Given,
  identities,
  otherKeys,
  parties,
  r1,
  rosterWith,
  setup,
  stranger,
  toOpening,
  toRoster,
} from './helpers/scenario.js';

const revocationOf = ({ identity }: Party, by: Party = organiser): Signed =>
  signBody(revocationCodec, { identity, revokedMs: 0 }, by.signer);

// ------------------------------------------------------------------------------------------------------ the electorate

const anybody = { pinned: null, maxParticipants: 7 };
const sorted = (list: readonly Uint8Array[]) => [...list].sort(compareBytes);
const withSybil = sorted([...identities, stranger.identity]);
const five = { hash: electorateHash(identities), size: 5 };

test('A6 the honest electorate is accepted', () => {
  expect([toOpening(), toOpening({ task: anybody })]).toEqual([null, null]);
});

test.each<[string, string, Given]>([
  ['one more than the organiser pinned', 'BAD_SET', { task: { maxParticipants: 7 }, electorate: withSybil }],
  [
    'one of its own in the place of another',
    'BAD_SET',
    { electorate: sorted([...identities.slice(0, 4), stranger.identity]) },
  ],
  [
    'one less, that is an absent honest one',
    'BAD_SET',
    { electorate: identities.slice(0, 4), policy: { minParticipants: 3 } },
  ],
  [
    'one participant twice, to look larger',
    'BAD_SET',
    { task: anybody, electorate: [...identities, at(identities, 4)] },
  ],
  [
    'a list that is not the one in the opening',
    'BAD_SET',
    { task: anybody, opening: { electorate: { ...five, hash: zeros } } },
  ],
  [
    'a larger number than the list has',
    'BAD_SET',
    { task: anybody, opening: { electorate: { ...five, size: 6 } } },
  ],
  [
    'more than the task allows',
    'BELOW_POLICY',
    { task: { ...anybody, maxParticipants: 4, maxColluders: 0 } },
  ],
])('A6 the coordinator invites %s: %s', (_, code, given) => {
  expect(toOpening(given)).toBe(code);
});

test('A6 a pin of another size than its list', () => {
  expect(toOpening({ task: { maxParticipants: 7, pinned: { ...five, size: 6 } } })).toBe('BAD_SET');
});

// ------------------------------------------------------------------------------------------------- the honest minimum

test.each<[string, Given]>([
  ['assumes fewer colluders than the policy does', { policy: { minColluders: 2 } }],
  ['leaves fewer honest survivors than the policy wants', { policy: { minHonest: 4 } }],
  ['lets so many collude that the rest is no crowd', { task: { maxColluders: 4 } }],
])('A6 a task that %s is below the floor', (_, given) => {
  expect(toOpening(given)).toBe('BELOW_POLICY');
});

test('A6 a task in which everybody may collude promises nobody anything', () => {
  expect(codeOf(() => checkTask(taskOf(parties, { maxColluders: 5 })))).toBe('BAD_TASK');
});

test('A6 in ckks/sumkey, nor does one in which nobody may: t − 1 shares would be all of a key but a word', () => {
  const colluding = (maxColluders: number) =>
    codeOf(() => ckksSumkey.checkTask({ ...wholeTask(5), maxColluders }));
  expect([0, 1, 4, 5].map(colluding)).toEqual(['BAD_TASK', null, null, 'BAD_TASK']);
});

test('A6 n_C is the organiser’s: what the coordinator makes of the task is not signed', () => {
  const signed = signTask(taskOf(parties, { maxColluders: 0 }), coordinator);
  const { deps, opened } = at(setup.members, 0);
  const opening = signOpening(openingOf(signed, identities));
  const message = {
    task: signed,
    opening,
    electorate: identities,
    dataset: null,
    answersInput: true,
    grants: [],
  };
  const ledger = { lastSession: null, scopeOf: () => null };
  expect(codeOf(() => openSession(opened.anchors, message, ledger, deps))).toBe('WRONG_ORGANISER');
});

// ---------------------------------------------------------------------------------------------------------- the roster

/** What a participant that the coordinator invented sends: keys of its own, signed by itself. */
const sybil = (certificate: Signed | null = null): RosterEntry => ({
  identity: stranger.identity,
  certificate,
  ...otherKeys(
    4,
    {
      sender: stranger.identity,
      shareKey: shareKeyPair(zeros).publicKey,
      maskKey: maskKeyPair(zeros).publicKey,
    },
    stranger,
  ),
});
const byIdentity = (entries: readonly RosterEntry[]) =>
  [...entries].sort((a, b) => compareBytes(a.identity, b.identity));

test.each<[string, string, () => ReturnType<typeof rosterWith>]>([
  [
    'somebody who was not invited',
    'UNKNOWN_PARTICIPANT',
    () => rosterWith((all) => byIdentity([...all, sybil()])),
  ],
  ['one participant twice', 'BAD_SET', () => rosterWith((all) => [...all, { ...at(all, 4), r0: null }])],
  ['participants in another order', 'BAD_SET', () => rosterWith((all) => [...all].reverse())],
  [
    'somebody whom the organiser revoked while the session runs',
    'CERTIFICATE_REVOKED',
    () => ({ ...r1.message, revocations: [revocationOf(at(parties, 2))] }),
  ],
  [
    'a revocation that the organiser did not sign',
    'WRONG_ORGANISER',
    () => ({ ...r1.message, revocations: [revocationOf(stranger, coordinator)] }),
  ],
])('A6 the roster has %s: %s', (_, code, message) => {
  expect(toRoster(message())).toBe(code);
});

// -------------------------------------------------------------------------------------------------------- certificates

const certify = (member: Party, changes: Partial<Certificate> = {}, by: Party = organiser): Signed =>
  signBody(
    certificateCodec,
    { identity: member.identity, name: member.name, notBeforeMs: 0, expiresMs: 900, ...changes },
    by.signer,
  );
const enrolled = setUp(parties, {
  task: { pinned: null },
  certificate: (member) => certify(member),
  policy: policyOf({ rosterMaxAgeMs: 1000 }),
});
const { message: honest } = closeR0(enrolled, ALL) as AtR1;
const third = at(parties, 2);
const withCertificate = (certificate: Signed | null) =>
  statedRoster(enrolled, replaced(honest.entries, 2, { ...at(honest.entries, 2), certificate }));

test('A6 the certified roster is accepted until a certificate in it expires', () => {
  expect(toRoster({ ...honest, nowMs: 899 }, enrolled)).toBe(null);
  expect(toRoster({ ...honest, nowMs: 900 }, enrolled)).toBe('CERTIFICATE_EXPIRED');
});

test.each<[string, string, () => typeof honest]>([
  ['has none', 'CERTIFICATE_UNKNOWN', () => withCertificate(null)],
  [
    'has one of the coordinator',
    'CERTIFICATE_UNKNOWN',
    () => withCertificate(certify(third, {}, coordinator)),
  ],
  ['has that of another', 'CERTIFICATE_UNKNOWN', () => withCertificate(certify(at(parties, 1)))],
  [
    'has one that is not valid yet',
    'CERTIFICATE_EXPIRED',
    () => withCertificate(certify(third, { notBeforeMs: 1 })),
  ],
  [
    'is revoked while the session runs',
    'CERTIFICATE_REVOKED',
    () => ({ ...honest, revocations: [revocationOf(third)] }),
  ],
])('A6 a participant of the roster %s: %s', (_, code, message) => {
  expect(toRoster(message(), enrolled)).toBe(code);
});

// ------------------------------------------------------------------------------- a revocation that is withheld

let made: World | undefined;
afterEach(async () => {
  await made?.stop();
  made = undefined;
});

test('A6 the coordinator withholds a revocation: the participant’s own trust file has it', async () => {
  made = await makeWorld();
  const revoked = [toHex(at(made.parties, 1).identity)];
  const sent: Sent[] = [];
  const contribute = (index: number, overrides = {}): Promise<unknown> =>
    (made as World)
      .client(index, overrides)
      .contribute({ task: (made as World).taskId, vectors: { counts: valuesOf(index) } });
  const transport = recording(made.api(0), sent);
  const first = contribute(0, { trust: trustOf({}, { revoked }), transport });
  const others = [contribute(1), contribute(2)].map((other) => other.catch(() => undefined));
  const session = await made.open();
  await expect(first).rejects.toMatchObject({ code: 'CERTIFICATE_REVOKED' });
  expect(sent.map(({ method }) => method)).toEqual(['advertiseKeys']);
  await made.coordinator.operator.cancelSession(session, 'end of test');
  await Promise.all(others);
});
