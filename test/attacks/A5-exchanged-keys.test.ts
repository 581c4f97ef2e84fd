/**
 * A5: the coordinator puts keys of its own in the place of a participant's, and signs for others. Identities are Ed25519
 * keys that the organiser named; each participant checks for every entry of the roster who signed it, and takes
 * statements from the coordinator, tasks and certificates from the organiser, of its own trust file only.
 */
import { expect, test } from '@jest/globals';
import { concatBytes, fromHex, toHex } from '../../crypto/bytes.js';
import { maskKeyPair, shareKeyPair } from '../../crypto/key-agreement.js';
import { isAcceptableIdentity, verifySignature } from '../../crypto/signature.js';
import { parseTrust } from '../../src/client/trust.js';
import { openSession } from '../../src/protocol/client/open.js';
import { certificateCodec, taskCodec } from '../../src/protocol/documents.js';
import { advertiseKeysCodec, shareKeysCodec } from '../../src/protocol/messages.js';
import { type RosterEntry, verifyAdvertisedKeys } from '../../src/protocol/roster.js';
import { type Signed, signBody, signedHash } from '../../src/protocol/signed.js';
import { openingCodec } from '../../src/protocol/statements.js';
import {
  altered,
  at,
  type AtR1,
  broken,
  closeR0,
  codeOf,
  coordinator,
  organiser,
  type Party,
  replaced,
  setUp,
  sharesMessage,
  statedRoster,
  zeros,
} from '../helpers/protocol.js';
import {
  ALL,
  delivered,
  entryWith,
  otherKeys,
  parties,
  r1,
  r2,
  rosterWith,
  setup,
  stranger,
  toRoster,
  toShares,
} from './helpers/scenario.js';

/** Keys whose private halves the coordinator has. */
const foreign = { shareKey: shareKeyPair(zeros).publicKey, maskKey: maskKeyPair(zeros).publicKey };
const keysOf = (index: number) =>
  advertiseKeysCodec.decode((at(r1.message.entries, index).r0 as Signed).payload);
const entryOf = (r0: Signed): Partial<RosterEntry> => ({ r0, r0Hash: signedHash(r0) });

test.each<[string, string, () => Partial<RosterEntry>]>([
  ['the coordinator signed', 'BAD_SIGNATURE', () => otherKeys(2, foreign, coordinator)],
  ['a colluder signed', 'BAD_SIGNATURE', () => otherKeys(2, foreign, at(parties, 4))],
  [
    'nobody signed',
    'BAD_SIGNATURE',
    () => entryOf({ ...otherKeys(2, foreign).r0, signature: new Uint8Array(64) }),
  ],
  ['a colluder sent as its own', 'BAD_SIGNATURE', () => otherKeys(4, foreign)],
  ['its owner signed for somebody else', 'BAD_SIGNATURE', () => otherKeys(2, { sender: stranger.identity })],
  // Its owner, a colluder, signed two r0: the root that all compute has the one, the victim is given the other.
  ['are not those in the root', 'BAD_SET', () => ({ r0: otherKeys(2, foreign).r0 })],
  ['are those of another participant', 'DUPLICATE_KEY', () => otherKeys(2, { maskKey: keysOf(3).maskKey })],
  ['are swapped with another’s', 'DUPLICATE_KEY', () => otherKeys(2, { maskKey: keysOf(3).shareKey })],
])('A5 the roster has keys of a neighbour that %s: %s', (_, code, changes) => {
  expect(toRoster(rosterWith(entryWith(2, changes())))).toBe(code);
});

test('A5 the roster has other keys for the own identity, validly signed (a stolen key, an older run): CONFLICT', () => {
  expect(toRoster(rosterWith(entryWith(0, otherKeys(0, foreign))))).toBe('CONFLICT');
});

test('A5 shares sealed by somebody else are not taken for a neighbour’s', () => {
  const { r1: signed } = at(sharesMessage(r2, 0).deliveries, 2);
  const by = (party: Party, sender: Party) =>
    toShares(delivered(3, { r1: altered(shareKeysCodec, signed, party, { sender: sender.identity }) }));
  expect(by(coordinator, at(parties, 3))).toBe('BAD_SIGNATURE');
  expect(by(at(parties, 3), stranger)).toBe('BAD_SIGNATURE');
  expect(by(at(parties, 3), at(parties, 3))).toBe(null);
});

// ------------------------------------------------------------------------------------------------ who signs documents

const open = (changes: { task?: Signed; opening?: Signed }) =>
  codeOf(() => {
    const { opened, deps } = at(setup.members, 0);
    const { task, opening, electorate } = setup;
    const message = { task, opening, electorate, dataset: null, answersInput: true, grants: [], ...changes };
    return openSession(opened.anchors, message, { lastSession: null, scopeOf: () => null }, deps);
  });

test('A5 a task is the organiser’s, an opening the pinned coordinator’s, and neither the other’s', () => {
  const { task, opening } = setup;
  expect(open({})).toBe(null);
  for (const by of [coordinator, stranger])
    expect(open({ task: altered(taskCodec, task, by, {}) })).toBe('WRONG_ORGANISER');
  for (const by of [organiser, stranger])
    expect(open({ opening: altered(openingCodec, opening, by, {}) })).toBe('WRONG_COORDINATOR');
});

test('A5 a certificate of another organiser, of the coordinator say, is none', () => {
  const certificateOf = (member: Party, by: Party): Signed =>
    signBody(
      certificateCodec,
      { identity: member.identity, name: member.name, notBeforeMs: 0, expiresMs: 1 },
      by.signer,
    );
  const enrolled = setUp(parties, {
    task: { pinned: null },
    certificate: (member) => certificateOf(member, organiser),
  });
  const { message } = closeR0(enrolled, ALL) as AtR1;
  expect(toRoster(message, enrolled)).toBe(null);
  for (const by of [coordinator, stranger]) {
    const certificate = certificateOf(at(parties, 2), by);
    const entries = replaced(message.entries, 2, { ...at(message.entries, 2), certificate });
    expect(toRoster(statedRoster(enrolled, entries), enrolled)).toBe('CERTIFICATE_UNKNOWN');
  }
});

test('A5 statements of another coordinator', () => {
  const by = (signed: Signed): Signed => ({ ...signed, signature: stranger.signer.sign(signed.payload) });
  expect(toRoster({ ...r1.message, statement: by(r1.statement) })).toBe('WRONG_COORDINATOR');
  expect(toShares({ ...sharesMessage(r2, 0), statement: by(r2.statement) })).toBe('WRONG_COORDINATOR');
  expect(toShares({ ...sharesMessage(r2, 0), statement: broken(r2.statement) })).toBe('WRONG_COORDINATOR');
});

test('A5 an opening that asks for further key types, which this version would not send', () => {
  const opening = altered(openingCodec, setup.opening, coordinator, { keyTypes: ['x25519', 'ml-kem-768'] });
  expect(open({ opening })).toBe('UNSUPPORTED');
});

// -------------------------------------------------------------------------------- identities for which anybody signs

/** R the neutral point, S = 0: under a key of small order this solves the equation for very many messages. */
const forged = concatBytes(Uint8Array.of(1), new Uint8Array(63));
const smallOrder: [string, string][] = [
  ['the neutral point', `01${'00'.repeat(31)}`],
  ['the neutral point, its y plus p', `ee${'ff'.repeat(30)}7f`],
];
test.each(smallOrder)('A5 %s is no identity: anybody could sign for it', (_, hex) => {
  const identity = fromHex(hex);
  expect(isAcceptableIdentity(identity)).toBe(false);
  const r0 = { ...keysOf(2), sender: identity };
  const signed = { payload: advertiseKeysCodec.encode(r0), signature: forged };
  expect(verifySignature(identity, signed.payload, forged)).toBe(false);
  const { id } = at(setup.members, 0).opened;
  expect(codeOf(() => verifyAdvertisedKeys(signed, identity, id, verifySignature))).toBe('BAD_SIGNATURE');
  // As a coordinator's or organiser's key it does not even get into a trust file.
  const [good, bad] = [toHex(coordinator.identity), hex];
  for (const trust of [
    { organiser: good, coordinator: bad },
    { organiser: bad, coordinator: good },
  ])
    expect(codeOf(() => parseTrust(trust))).toBe('BAD_CONFIG');
});
