/** r0 and r1 of a participant: what it sends, and every roster that it refuses. */
import { describe, expect, test } from '@jest/globals';
import { maskKeyPair } from '../../../crypto/key-agreement.js';
import { advertiseKeys } from '../../../src/protocol/client/r0-advertise-keys.js';
import { shareKeys, type RosterMessage } from '../../../src/protocol/client/r1-share-keys.js';
import { certificateCodec, revocationCodec, type Certificate } from '../../../src/protocol/documents.js';
import { advertiseKeysCodec, shareKeysCodec } from '../../../src/protocol/messages.js';
import type { RosterEntry } from '../../../src/protocol/roster.js';
import { toBitmap } from '../../../src/protocol/sets.js';
import { type Signed, signBody, signedHash } from '../../../src/protocol/signed.js';
import {
  altered,
  alteredSet,
  at,
  type AtR1,
  broken,
  closeR0,
  codeOf,
  coordinator,
  expectedSums,
  must,
  organiser,
  type Party,
  policyOf,
  replaced,
  setUp,
  statedRoster,
  unchanged,
  zeros,
} from '../../helpers/protocol.js';
import { ALL, closed, type Keys, keysAt, parties, r1, setup, stranger, SURVIVORS } from './session.js';

test('the session that the tests below deviate from ends with the sum', () => {
  expect(closed.sums).toEqual(expectedSums(setup, SURVIVORS));
});

describe('r0', () => {
  test('sends two fresh keys, bound to the opening, and nothing else', () => {
    const { opened, deps } = at(setup.members, 0);
    const { send, state } = must(unchanged([opened], () => advertiseKeys(opened, 5, deps)));
    const body = advertiseKeysCodec.decode(send.payload);
    expect(body.opening).toEqual(opened.id);
    expect(body.maskKey).toEqual(maskKeyPair(state.maskSeed).publicKey);
    expect(state.sentAtMs).toBe(5);
    const again = must(advertiseKeys(opened, 5, deps));
    expect(again.state.maskSeed).not.toEqual(state.maskSeed);
    expect(again.state.shareSeed).not.toEqual(state.shareSeed);
    expect(state.shareSeed).not.toEqual(state.maskSeed);
  });
});

const share = (message: RosterMessage, index = 0) => {
  const { state, deps } = at(setup.members, index);
  return unchanged([state, message], () => shareKeys(state, message, deps));
};

/** The roster with one entry changed, and root, context and statement made to fit. */
function withEntry(index: number, change: (entry: RosterEntry) => Partial<RosterEntry>): RosterMessage {
  const entries = r1.message.entries;
  return statedRoster(
    setup,
    replaced(entries, index, { ...at(entries, index), ...change(at(entries, index)) }),
  );
}

/** The roster with another r0 of one participant, signed by itself. */
function withKeys(index: number, changes: Parameters<typeof altered<Keys>>[3], by?: Party): RosterMessage {
  return withEntry(index, ({ r0 }) => {
    const signed = altered(advertiseKeysCodec, r0 as Signed, by ?? at(parties, index), changes);
    return { r0: signed, r0Hash: signedHash(signed) };
  });
}
describe('r1', () => {
  test('shares with everybody under the own context', () => {
    const { send, state, wipe } = must(share(r1.message));
    const body = shareKeysCodec.decode(send.r1.payload);
    expect(body.ctx).toEqual(r1.frozen.session.ctx);
    expect(body.rosterRoot).toEqual(r1.frozen.session.rosterRoot);
    expect(send.packets.map(({ ciphertext }) => ciphertext.length > 0)).toEqual(
      ALL.map((index) => index > 0),
    );
    expect(state.ownShares).toEqual([null, expect.any(Uint8Array)]);
    expect(new Set(send.packets.slice(1).map(({ ciphertext }) => ciphertext.join())).size).toBe(4);
    expect(wipe).toContain(at(setup.members, 0).state.maskSeed);
    expect(wipe).toContain(at(setup.members, 0).state.shareSeed);
  });

  test('accepts a roster that is just not too old', () => {
    expect(codeOf(() => share({ ...r1.message, nowMs: 1000 }))).toBe(null);
  });

  const { entries, statement } = r1.message;
  const parameters = { q: 4, t: 4 };
  const lowOrder = zeros;
  const refusals: [string, string, () => RosterMessage][] = [
    ['an old roster', 'STALE_ROSTER', () => ({ ...r1.message, nowMs: 1001 })],
    ['a roster out of order', 'BAD_SET', () => statedRoster(setup, [...entries].reverse())],
    [
      'a roster with two neighbours swapped',
      'BAD_SET',
      () =>
        statedRoster(
          setup,
          [0, 2, 1, 3, 4].map((index) => at(entries, index)),
        ),
    ],
    ['a roster with somebody twice', 'BAD_SET', () => statedRoster(setup, [...entries, at(entries, 4)])],
    [
      'a roster with somebody twice, once without keys',
      'BAD_SET',
      () => statedRoster(setup, [...entries, { ...at(entries, 4), r0: null }]),
    ],
    [
      'a roster with an uninvited identity',
      'UNKNOWN_PARTICIPANT',
      () =>
        statedRoster(
          setup,
          [...entries, { identity: stranger.identity, certificate: null, r0Hash: zeros, r0: null }].sort(
            (a, b) => Buffer.compare(a.identity, b.identity),
          ),
        ),
    ],
    [
      'certificates in a pinned electorate',
      'BAD_SET',
      () => withEntry(2, () => ({ certificate: at(entries, 0).r0 })),
    ],
    [
      'a pinned identity that the organiser revoked',
      'CERTIFICATE_REVOKED',
      () => ({
        ...r1.message,
        revocations: [
          signBody(revocationCodec, { identity: at(parties, 2).identity, revokedMs: 0 }, organiser.signer),
        ],
      }),
    ],
    ['an r0 that is not the one in the root', 'BAD_SET', () => withEntry(2, () => ({ r0Hash: zeros }))],
    ['an r0 that its sender did not sign', 'BAD_SIGNATURE', () => withKeys(2, {}, stranger)],
    ['an r0 that names another sender', 'BAD_SIGNATURE', () => withKeys(2, { sender: stranger.identity })],
    ['an r0 of another opening', 'CONTEXT_MISMATCH', () => withKeys(2, { opening: zeros })],
    ['a share key of low order', 'WEAK_KEY', () => withKeys(2, { shareKey: lowOrder })],
    ['a mask key of low order', 'WEAK_KEY', () => withKeys(2, { maskKey: lowOrder })],
    [
      'a key that is not canonical',
      'WEAK_KEY',
      () => withKeys(2, { maskKey: keysAt(2).maskKey.map((byte, i) => (i === 31 ? byte | 128 : byte)) }),
    ],
    ['one key for both purposes', 'DUPLICATE_KEY', () => withKeys(2, { shareKey: keysAt(2).maskKey })],
    ["somebody else's key", 'DUPLICATE_KEY', () => withKeys(2, { maskKey: keysAt(3).maskKey })],
    [
      "somebody else's key for the other purpose",
      'DUPLICATE_KEY',
      () => withKeys(2, { maskKey: keysAt(3).shareKey }),
    ],
    ['too small a roster', 'TOO_FEW_PARTICIPANTS', () => statedRoster(setup, entries.slice(0, 3))],
    ['a roster without itself', 'NOT_IN_SET', () => statedRoster(setup, entries.slice(1))],
    ['a roster with other own keys', 'CONFLICT', () => withKeys(0, { nonce: zeros })],
    ['a roster without its own keys', 'BAD_SET', () => withEntry(0, () => ({ r0: null }))],
    ["a roster without a neighbour's keys", 'BAD_SET', () => withEntry(3, () => ({ r0: null }))],
    [
      'a statement that the coordinator did not sign',
      'WRONG_COORDINATOR',
      () => ({ ...r1.message, statement: broken(statement) }),
    ],
    ['a statement of another set', 'BAD_SET', () => statedRoster(setup, entries, { set: 2 })],
    [
      'a statement of part of the roster',
      'BAD_SET',
      () => statedRoster(setup, entries, { members: toBitmap([0, 1, 2, 3], 5) }),
    ],
    [
      'a statement with positions beyond the roster',
      'BAD_SET',
      () => statedRoster(setup, entries, { members: Uint8Array.of(0x3f) }),
    ],
    ['a statement without q', 'MALFORMED', () => statedRoster(setup, entries, { parameters: { t: 4 } })],
    ['a statement without t', 'MALFORMED', () => statedRoster(setup, entries, { parameters: { q: 4 } })],
    ...[{ q: 3 }, { t: 3 }, { q: 5 }, { t: 5 }, { k: 1 }].map(
      (change): [string, string, () => RosterMessage] => [
        `other integers: ${JSON.stringify(change)}`,
        'BELOW_POLICY',
        () => statedRoster(setup, entries, { parameters: { ...parameters, ...change } }),
      ],
    ),
    [
      'a statement of another context',
      'CONTEXT_MISMATCH',
      () => ({ ...r1.message, statement: alteredSet(statement, { ctx: zeros }) }),
    ],
    [
      'the statement of another roster',
      'CONTEXT_MISMATCH',
      () => ({ ...withKeys(3, { nonce: zeros }), statement }),
    ],
    [
      'a revocation that the organiser did not sign',
      'WRONG_ORGANISER',
      () => ({
        ...r1.message,
        revocations: [
          signBody(revocationCodec, { identity: stranger.identity, revokedMs: 0 }, coordinator.signer),
        ],
      }),
    ],
  ];
  test.each(refusals)('refuses %s: %s', (_, code, message) => {
    expect(codeOf(() => share(message()))).toBe(code);
  });
});

describe('r1 with certificates', () => {
  const certify = (member: Party, changes: Partial<Certificate> = {}, by: Party = organiser): Signed =>
    signBody(
      certificateCodec,
      { identity: member.identity, name: member.name, notBeforeMs: 0, expiresMs: 2000, ...changes },
      by.signer,
    );
  const enrolled = setUp(parties, {
    task: { pinned: null },
    certificate: (member) => certify(member),
    policy: policyOf({ rosterMaxAgeMs: 5000 }),
  });
  const roster = (closeR0(enrolled, ALL) as AtR1).message;
  const accept = (message: RosterMessage) => {
    const { state, deps } = at(enrolled.members, 0);
    return unchanged([state, message], () => shareKeys(state, message, deps));
  };
  const withCertificate = (certificate: Signed | null): RosterMessage =>
    statedRoster(enrolled, replaced(roster.entries, 2, { ...at(roster.entries, 2), certificate }));
  const third = at(parties, 2);

  test('accepts what the organiser certified', () => {
    expect(codeOf(() => accept({ ...roster, nowMs: 1999 }))).toBe(null);
  });

  const revocation = signBody(revocationCodec, { identity: third.identity, revokedMs: 0 }, organiser.signer);
  const refusals: [string, string, () => RosterMessage][] = [
    ['no certificate', 'CERTIFICATE_UNKNOWN', () => withCertificate(null)],
    [
      'a certificate of another organiser',
      'CERTIFICATE_UNKNOWN',
      () => withCertificate(certify(third, {}, coordinator)),
    ],
    [
      'a certificate of somebody else',
      'CERTIFICATE_UNKNOWN',
      () => withCertificate(certify(third, { identity: stranger.identity })),
    ],
    ['a revoked certificate', 'CERTIFICATE_REVOKED', () => ({ ...roster, revocations: [revocation] })],
    ['an expired certificate', 'CERTIFICATE_EXPIRED', () => ({ ...roster, nowMs: 2000 })],
    [
      'a certificate not yet valid',
      'CERTIFICATE_EXPIRED',
      () => withCertificate(certify(third, { notBeforeMs: 1 })),
    ],
  ];
  test.each(refusals)('refuses %s: %s', (_, code, message) => {
    expect(codeOf(() => accept(message()))).toBe(code);
  });
});
