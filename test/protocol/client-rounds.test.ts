/** What each round of a participant does, and everything it refuses. Scenario: five participants, n_C = 1, q = 4. */
import { describe, expect, test } from '@jest/globals';
import { concatBytes } from '../../crypto/bytes.js';
import { sha256 } from '../../crypto/hash.js';
import { maskKeyPair, shareKeyPair } from '../../crypto/key-agreement.js';
import { deriveShareKey, sealShares } from '../../crypto/share-encryption.js';
import { acceptAbort, acceptResult } from '../../src/protocol/client/outcome.js';
import { advertiseKeys } from '../../src/protocol/client/r0-advertise-keys.js';
import { shareKeys, type RosterMessage } from '../../src/protocol/client/r1-share-keys.js';
import { finishMaskedInput, planMaskedInput } from '../../src/protocol/client/r2-masked-input.js';
import { signConsistency } from '../../src/protocol/client/r3-consistency.js';
import { unmask } from '../../src/protocol/client/r4-unmask.js';
import { answerComplaint } from '../../src/protocol/client/answer-complaint.js';
import {
  certificateCodec,
  grantCodec,
  grantHash,
  revocationCodec,
  type Certificate,
} from '../../src/protocol/documents.js';
import {
  advertiseKeysCodec,
  consistencyCodec,
  maskedInputCodec,
  type ShareKeys,
  shareKeysCodec,
  unmaskCodec,
} from '../../src/protocol/messages.js';
import type { RosterEntry } from '../../src/protocol/roster.js';
import { toBitmap } from '../../src/protocol/sets.js';
import {
  encodeShares,
  shareAad,
  shareLeaves,
  type SharePacket,
  type ShareDelivery,
} from '../../src/protocol/shares.js';
import { refuse } from '../../src/protocol/errors.js';
import type { Deps } from '../../src/protocol/client/state.js';
import { type Signed, signBody, signedHash } from '../../src/protocol/signed.js';
import { abortCodec, resultCodec } from '../../src/protocol/statements.js';
import {
  altered,
  alteredSet,
  anchorsOf,
  at,
  type AtR1,
  type AtR2,
  type AtR3,
  type AtR4,
  broken,
  clone,
  type Closed,
  closeR0,
  closeR1,
  closeR2,
  closeR3,
  closeR4,
  codeOf,
  coordinator,
  dealerOf,
  emptyScope,
  expectedSums,
  must,
  organiser,
  participants,
  type Party,
  party,
  playRounds,
  policyOf,
  replaced,
  resigned,
  runJob,
  setUp,
  sharesMessage,
  statedRoster,
  unchanged,
  zeros,
} from '../helpers/protocol.js';

const parties = participants(5);
const ALL = [0, 1, 2, 3, 4];
/** Position 4 drops after r1: the others reveal shares of its mask key. */
const SURVIVORS = [0, 1, 2, 3];

const setup = setUp(parties, { policy: policyOf({ rosterMaxAgeMs: 1000 }) });
const { r1, r2, r3, r4 } = playRounds(setup, SURVIVORS);
const closed = closeR4(r4, SURVIVORS) as Closed;
const stranger = party('a stranger');

test('the session that the tests below deviate from ends with the sum', () => {
  expect(closed.sums).toEqual(expectedSums(setup, SURVIVORS));
});

// ----------------------------------------------------------------------------------------------------------------- r0

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

// ----------------------------------------------------------------------------------------------------------------- r1

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
type Keys = ReturnType<typeof advertiseKeysCodec.decode>;
const keysAt = (index: number): Keys =>
  advertiseKeysCodec.decode((at(r1.message.entries, index).r0 as Signed).payload);

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

// ----------------------------------------------------------------------------------------------------------------- r2

const vectorKey = zeros;
const plan = (message: Parameters<typeof planMaskedInput>[1], index = 0, from: AtR1 = r1) => {
  const { state, deps } = at(from.members, index);
  const { input } = at(setup.members, index);
  return unchanged([state, message, input], () => planMaskedInput(state, message, input, vectorKey, deps));
};
const honestShares = () => sharesMessage(r2, 0);
const statedU2 = (changes: Parameters<typeof alteredSet>[1]) => ({
  ...honestShares(),
  statement: alteredSet(r2.statement, changes),
});
const withDelivery = (position: number, change: (delivery: ShareDelivery) => Partial<ShareDelivery>) => {
  const message = honestShares();
  return {
    ...message,
    deliveries: message.deliveries.map((delivery) =>
      delivery.position === position ? { ...delivery, ...change(delivery) } : delivery,
    ),
  };
};
/** What position 0 receives when the dealer at `position` signed other packets. */
const fromDealer = (
  position: number,
  change: (ciphertext: Uint8Array, leaves: readonly Uint8Array[]) => Partial<SharePacket>,
) => {
  const { send } = at(r1.members, position);
  const packets = send.packets.map((packet) =>
    packet.position === 0 ? { ...packet, ...change(packet.ciphertext, packet.leaves) } : packet,
  );
  const signed = resigned(send, at(parties, position), packets);
  const dealers = r2.dealers.map((dealer) =>
    dealer.position === position ? dealerOf(position, signed) : dealer,
  );
  return sharesMessage({ ...r2, dealers }, 0);
};

describe('r2', () => {
  test('masks for U2 and signs a header over the upload', () => {
    const planned = must(plan(honestShares()));
    expect(planned.job.vectors.map(({ streams }) => streams.length)).toEqual([5]);
    const { state, deps } = { state: planned.state, deps: at(r1.members, 0).deps };
    const result = runJob(planned.job);
    const step = must(unchanged([state, result], () => finishMaskedInput(state, result, deps)));
    const header = maskedInputCodec.decode(step.send.header.payload);
    expect(header).toMatchObject({ u1: r2.frozen.u1.hash, u2: r2.frozen.u2?.hash, complaints: [] });
    expect(header.digests).toEqual([sha256(step.send.upload.bytes)]);
    expect(step.wipe).toContain(planned.state.held.suiteSeed);
    expect(step.wipe).toEqual(expect.arrayContaining([...planned.state.held.agreed.values()]));
    expect(step.state.held).toMatchObject({ suiteSeed: new Uint8Array(), agreed: new Map() });
  });

  test('masks only for those in U2', () => {
    const smaller = closeR1(r1, [0, 1, 2, 4]) as AtR2;
    const planned = must(plan(sharesMessage(smaller, 0)));
    expect(planned.job.vectors.map(({ streams }) => streams.length)).toEqual([4]);
    expect([...planned.state.held.shares.keys()]).toEqual([1, 2, 4]);
  });

  test('masks differ between sessions, participants and vectors', () => {
    const seen = new Set<string>();
    for (const index of ALL) {
      for (const { streams } of must(plan(sharesMessage(r2, index), index)).job.vectors) {
        for (const { key, nonce } of streams) seen.add(concatBytes(key, nonce).join());
      }
    }
    // 5 self masks, 10 pairs that both ends have.
    expect(seen.size).toBe(15);
  });

  const reshaped = (delivery: ShareDelivery, cuts: readonly number[]) => {
    const joined = concatBytes(...delivery.leaves);
    return { leaves: cuts.map((cut, index) => joined.slice(cut, cuts[index + 1])) };
  };
  const refusals: [string, string, () => ReturnType<typeof honestShares>][] = [
    [
      'a statement that the coordinator did not sign',
      'WRONG_COORDINATOR',
      () => ({ ...honestShares(), statement: broken(r2.statement) }),
    ],
    ['a statement of another session', 'CONTEXT_MISMATCH', () => statedU2({ ctx: zeros })],
    ['a statement of another set', 'BAD_SET', () => statedU2({ set: 3 })],
    ['a statement with integers', 'BAD_SET', () => statedU2({ parameters: { q: 4 } })],
    ['a set of the wrong length', 'BAD_SET', () => statedU2({ members: Uint8Array.of(31, 0) })],
    ['a set beyond the roster', 'BAD_SET', () => statedU2({ members: Uint8Array.of(63) })],
    ['a U2 without itself', 'NOT_IN_SET', () => statedU2({ members: toBitmap([1, 2, 3, 4], 5) })],
    ['too small a U2', 'TOO_FEW_SURVIVORS', () => statedU2({ members: toBitmap([0, 1, 2], 5) })],
    [
      'missing shares of one in U2',
      'MISSING_SHARES',
      () => ({ ...honestShares(), deliveries: honestShares().deliveries.slice(1) }),
    ],
    [
      'an r1 that its dealer did not sign',
      'BAD_SIGNATURE',
      () => withDelivery(3, ({ r1 }) => ({ r1: broken(r1) })),
    ],
    [
      'an r1 that names another sender',
      'BAD_SIGNATURE',
      () =>
        withDelivery(3, ({ r1 }) => ({ r1: altered(shareKeysCodec, r1, at(parties, 3), { sender: zeros }) })),
    ],
    [
      'an r1 of another context',
      'CONTEXT_MISMATCH',
      () =>
        withDelivery(3, ({ r1 }) => ({ r1: altered(shareKeysCodec, r1, at(parties, 3), { ctx: zeros }) })),
    ],
    [
      'an r1 of another roster',
      'CONTEXT_MISMATCH',
      () =>
        withDelivery(3, ({ r1 }) => ({
          r1: altered(shareKeysCodec, r1, at(parties, 3), { rosterRoot: zeros }),
        })),
    ],
    [
      'another ciphertext than the dealer signed',
      'MISSING_SHARES',
      () => withDelivery(3, ({ ciphertext }) => ({ ciphertext: ciphertext.slice(1) })),
    ],
    [
      "somebody else's packet",
      'MISSING_SHARES',
      () => {
        const other = at(sharesMessage(r2, 1).deliveries, 2);
        return withDelivery(3, () => ({ ...other }));
      },
    ],
    [
      'leaves that the dealer did not sign',
      'MISSING_SHARES',
      () => withDelivery(3, () => ({ leaves: [zeros, zeros] })),
    ],
    ['leaves in one piece', 'MISSING_SHARES', () => withDelivery(3, (given) => reshaped(given, [0]))],
    ['leaves cut elsewhere', 'MISSING_SHARES', () => withDelivery(3, (given) => reshaped(given, [0, 31]))],
    [
      'leaves in three pieces',
      'MISSING_SHARES',
      () => withDelivery(3, (given) => reshaped(given, [0, 32, 48])),
    ],
    [
      'an empty packet, though its dealer signed that',
      'MISSING_SHARES',
      () => fromDealer(3, () => ({ ciphertext: new Uint8Array() })),
    ],
  ];
  test.each(refusals)('refuses %s: %s', (_, code, message) => {
    expect(codeOf(() => plan(message()))).toBe(code);
  });

  test('complains about what the dealer signed but nobody can use, and goes on', () => {
    const garbage = new Uint8Array(200).fill(7);
    for (const message of [
      fromDealer(3, () => ({ ciphertext: garbage })),
      fromDealer(3, () => ({ ciphertext: garbage.slice(0, 1) })),
      fromDealer(3, (_, leaves) => ({ leaves: [...leaves].reverse() })),
      fromDealer(3, (_, leaves) => ({ leaves: [at(leaves, 0), zeros] })),
      fromDealer(3, () => ({ ciphertext: at(at(r1.members, 3).send.packets, 1).ciphertext })),
    ]) {
      const { state } = must(plan(message));
      const { ciphertext } = at(message.deliveries, 2);
      expect(state.complaints).toEqual([{ dealer: at(parties, 3).identity, ciphertext: sha256(ciphertext) }]);
      expect(state.held.shares.get(3)).toBe(null);
    }
  });
});

describe('a packet that decrypts', () => {
  /** Position 3 seals any plaintext for position 0, with leaves that fit what it says it holds. */
  const sealed = (plaintext: Uint8Array, leaves: readonly Uint8Array[], changes: Partial<ShareKeys> = {}) => {
    const { session } = r1.frozen;
    const keys = shareKeyPair(at(setup.members, 3).state.shareSeed);
    const recipientKey = keysAt(0).shareKey;
    const channel = deriveShareKey({
      privateKey: keys.privateKey,
      peerPublicKey: recipientKey,
      ctx: session.ctx,
      sender: at(parties, 3).identity,
      recipient: at(parties, 0).identity,
      senderKey: keys.publicKey,
      recipientKey,
    });
    const ciphertext = sealShares({ ...channel, aad: shareAad(session, 3, 0), plaintext });
    const { send } = at(r1.members, 3);
    const packets = replaced(send.packets, 0, { position: 0, ciphertext, leaves });
    const dealer = dealerOf(3, resigned(send, at(parties, 3), packets, changes));
    return sharesMessage({ ...r2, dealers: replaced(r2.dealers, 3, dealer) }, 0);
  };
  const { session } = r1.frozen;
  const kinds = ['maskKey', 'selfMask'];
  const good = at(r1.members, 3).state.dealt.get(0)?.shares as readonly Uint8Array[];
  const leavesOf = (shares: readonly Uint8Array[]) => shareLeaves(session, 3, 0, kinds, shares);
  const complaintsAbout = (message: ReturnType<typeof honestShares>) =>
    must(plan(message)).state.complaints.length;

  test('to the dealt shares is accepted', () => {
    expect(complaintsAbout(sealed(encodeShares(session, 3, 0, good), leavesOf(good)))).toBe(0);
  });
  test('to anything else is complained about', () => {
    const short = [at(good, 0).slice(1), at(good, 1)];
    for (const [plaintext, shares] of [
      [new Uint8Array(), good],
      [Uint8Array.of(0xff), good],
      [encodeShares(session, 3, 0, good.slice(1)), good],
      [encodeShares(session, 0, 3, good), good],
      [encodeShares(session, 3, 0, short), short],
      [encodeShares(session, 3, 0, [...good].reverse()), good],
    ] as const) {
      expect(complaintsAbout(sealed(plaintext, leavesOf(shares)))).toBe(1);
    }
  });
  test('with a commitment that the coordinator had to refuse is refused', () => {
    const message = sealed(encodeShares(session, 3, 0, good), leavesOf(good), {
      commitment: new Uint8Array(31),
    });
    expect(codeOf(() => plan(message))).toBe('MALFORMED');
  });
});

test('the suite may refuse sets in r2 and r3', () => {
  const asked: object[] = [];
  const refusing = (deps: Deps): Deps => ({
    ...deps,
    suite: (id) => ({
      ...deps.suite(id),
      checkSets(_session, sets) {
        asked.push(sets);
        refuse('BAD_SET', 'peer', 'the window check fails');
      },
    }),
  });
  const one = at(r1.members, 0);
  const { input } = at(setup.members, 0);
  expect(codeOf(() => planMaskedInput(one.state, honestShares(), input, zeros, refusing(one.deps)))).toBe(
    'BAD_SET',
  );
  const two = at(r2.members, 0);
  const scope = emptyScope(setup.electorate);
  expect(codeOf(() => signConsistency(two.state, r3.message, scope, [], refusing(two.deps)))).toBe('BAD_SET');
  const { u1, u2, u3 } = r3.frozen;
  expect(asked).toEqual([
    { u1, u2 },
    { u1, u2, u3 },
  ]);
});

// ----------------------------------------------------------------------------------------------------------------- r3

const sign = (message: AtR3['message'], from: AtR2 = r2, scope = emptyScope(setup.electorate)) => {
  const { state, deps } = at(from.members, 0);
  return unchanged([state, message, scope], () => signConsistency(state, message, scope, [], deps));
};
const statedU3 = (changes: Parameters<typeof alteredSet>[1]) => ({
  ...r3.message,
  statement: alteredSet(r3.statement, changes),
});
const withHeader = (index: number, header: Signed) => ({
  ...r3.message,
  headers: replaced(r3.message.headers, index, header),
});
const headerOf = (index: number, changes: Partial<ReturnType<typeof maskedInputCodec.decode>>) =>
  withHeader(index, altered(maskedInputCodec, at(r3.message.headers, index), at(parties, index), changes));

describe('r3', () => {
  test('signs the sets and what was uploaded, and spends the vote', () => {
    const { send, scope, state, wipe } = must(sign(r3.message));
    expect(consistencyCodec.decode(send.payload)).toMatchObject({
      u1: r3.frozen.u1.hash,
      u2: r3.frozen.u2?.hash,
      u3: r3.frozen.u3?.hash,
      uploads: r3.uploads,
    });
    expect(scope.vote).toEqual(SURVIVORS.map((index) => at(parties, index).identity));
    expect(state.sets.u3.members).toEqual(SURVIVORS);
    // What was dealt to others is needed no more; what was dealt to oneself is.
    expect(wipe).toHaveLength(8);
    const kept = [...state.held.shares.values()].flatMap((shares) => shares ?? []);
    expect(kept.filter((share) => wipe.includes(share))).toEqual([]);
  });

  test('signs other uploads differently', () => {
    const { send } = must(sign(headerOf(1, { digests: [zeros] })));
    expect(consistencyCodec.decode(send.payload).uploads).not.toEqual(r3.uploads);
  });

  const refusals: [string, string, () => AtR3['message']][] = [
    [
      'a statement that the coordinator did not sign',
      'WRONG_COORDINATOR',
      () => ({ ...r3.message, statement: broken(r3.statement) }),
    ],
    ['a statement of another session', 'CONTEXT_MISMATCH', () => statedU3({ ctx: zeros })],
    ['a statement of another set', 'BAD_SET', () => statedU3({ set: 2 })],
    ['a U3 without itself', 'NOT_IN_SET', () => statedU3({ members: toBitmap([1, 2, 3, 4], 5) })],
    ['too small a U3', 'TOO_FEW_SURVIVORS', () => statedU3({ members: toBitmap([0, 1, 2], 5) })],
    ['a header less', 'MISSING_HEADER', () => ({ ...r3.message, headers: r3.message.headers.slice(0, 3) })],
    [
      'a header more',
      'MISSING_HEADER',
      () => ({ ...r3.message, headers: [...r3.message.headers, at(r3.message.headers, 0)] }),
    ],
    [
      'headers in another order',
      'BAD_SIGNATURE',
      () => ({ ...r3.message, headers: [...r3.message.headers].reverse() }),
    ],
    [
      'a header its sender did not sign',
      'BAD_SIGNATURE',
      () => withHeader(2, broken(at(r3.message.headers, 2))),
    ],
    ['a header that names another sender', 'MISSING_HEADER', () => headerOf(2, { sender: zeros })],
    ['a header of another context', 'CONTEXT_MISMATCH', () => headerOf(2, { ctx: zeros })],
    ['a header of another U1', 'MISSING_HEADER', () => headerOf(2, { u1: zeros })],
    ['a header of another U2', 'MISSING_HEADER', () => headerOf(2, { u2: zeros })],
    ['another own header', 'CONFLICT', () => headerOf(0, { digests: [zeros] })],
  ];
  test.each(refusals)('refuses %s: %s', (_, code, message) => {
    expect(codeOf(() => sign(message()))).toBe(code);
  });

  test('refuses a U3 that is not within U2', () => {
    const smaller = closeR1(r1, SURVIVORS) as AtR2;
    const message = (closeR2(smaller, SURVIVORS) as AtR3).message;
    const statement = alteredSet(message.statement, { members: toBitmap(ALL, 5) });
    expect(codeOf(() => sign({ ...message, statement }, smaller))).toBe('BAD_SET');
    expect(codeOf(() => sign(message, smaller))).toBe(null);
  });

  test('refuses a second set in the scope, and another vector for the same input', () => {
    const { scope } = must(sign(r3.message));
    expect(codeOf(() => sign(r3.message, r2, scope))).toBe(null);
    const other = closeR2(r2, ALL) as AtR3;
    expect(codeOf(() => sign(other.message, r2, scope))).toBe('VOTE_SPENT');
    const { state, deps } = at(r2.members, 0);
    const changed = { ...state, vector: zeros };
    expect(codeOf(() => signConsistency(changed, r3.message, scope, [], deps))).toBe('INPUT_CHANGED');
  });

  test('uses a grant only where the opening names it: who accepts none must know before it uploads', () => {
    const { scope } = must(sign(r3.message));
    const from = r3.members.map(({ state }) => at(setup.electorate, state.self));
    const moved = { ...scope, vote: [...setup.electorate].slice(0, 3) };
    const grant = signBody(
      grantCodec,
      { scope: at(r2.members, 0).state.opened.scope, from: [...moved.vote], to: from },
      organiser.signer,
    );
    const { state, deps } = at(r2.members, 0);
    const withOpening = (grants: Uint8Array[]) => ({
      ...state,
      opened: {
        ...state.opened,
        anchors: { ...state.opened.anchors, policy: policyOf({ acceptGrants: true }) },
      },
      session: { ...state.session, opening: { ...state.session.opening, grants } },
    });
    const use = (grants: Uint8Array[]) =>
      codeOf(() => signConsistency(withOpening(grants), r3.message, moved, [grant], deps));
    expect(use([])).toBe('VOTE_SPENT');
    expect(use([grantHash(grant)])).toBe(null);
  });
});

// ----------------------------------------------------------------------------------------------------------------- r4

const reveal = (signatures: readonly Signed[], index = 0) => {
  const { state, deps } = at(r3.members, index);
  const message = { signatures, answers: [] };
  return unchanged([state, message], () => unmask(state, message, deps));
};
const { signatures } = r4.message;
const signatureOf = (
  index: number,
  changes: Partial<ReturnType<typeof consistencyCodec.decode>>,
  by?: Party,
) => altered(consistencyCodec, at(signatures, index), by ?? at(parties, index), changes);

describe('r4', () => {
  test('reveals b of the survivors, oneself included, and mask keys of those who dropped', () => {
    const { send, wipe } = must(reveal(signatures));
    const body = unmaskCodec.decode(send.r4.payload);
    expect([...body.kinds]).toEqual([1, 1, 1, 1, 2]);
    const { held } = at(r3.members, 0).state;
    expect(send.shares).toEqual([
      held.ownShares[1],
      ...[1, 2, 3].map((position) => held.shares.get(position)?.[1]),
      held.shares.get(4)?.[0],
    ]);
    expect(body.shares).toEqual(sha256(concatBytes(...send.shares)));
    // What is sent is a copy: wiping the state does not reach it.
    for (const secret of wipe) expect(send.shares.some((shareSent) => shareSent === secret)).toBe(false);
    expect(wipe).toHaveLength(9);
  });

  test('reveals nothing for who is in U1 but not in U2', () => {
    const smaller = closeR1(r1, SURVIVORS) as AtR2;
    const signed = closeR2(smaller, SURVIVORS) as AtR3;
    const { members } = closeR3(signed, SURVIVORS) as AtR4;
    expect([...unmaskCodec.decode(at(members, 0).send.r4.payload).kinds]).toEqual([1, 1, 1, 1]);
  });

  test('counts the own signature, whether or not it comes along', () => {
    expect(codeOf(() => reveal(signatures.slice(1)))).toBe(null);
  });

  test('reveals the same whatever signatures came along', () => {
    const all = must(reveal(signatures)).send;
    const fewer = must(reveal(signatures.slice(1))).send;
    expect(fewer).toEqual(all);
  });

  const dropped = at(parties, 4);
  const refusals: [string, string, () => readonly Signed[]][] = [
    ['no signatures', 'NO_QUORUM', () => []],
    ['too few signatures', 'NO_QUORUM', () => signatures.slice(0, 3)],
    ['one signature twice', 'NO_QUORUM', () => [...signatures.slice(0, 3), at(signatures, 2)]],
    [
      'a signature of somebody who is not in U3',
      'NO_QUORUM',
      () => [...signatures.slice(0, 3), signatureOf(3, { sender: dropped.identity }, dropped)],
    ],
    [
      'a signature of a stranger',
      'NO_QUORUM',
      () => [...signatures.slice(0, 3), signatureOf(3, { sender: stranger.identity }, stranger)],
    ],
    [
      'a signature of another session',
      'NO_QUORUM',
      () => [...signatures.slice(0, 3), signatureOf(3, { ctx: zeros })],
    ],
    [
      'a signature that does not verify',
      'BAD_SIGNATURE',
      () => replaced(signatures, 2, broken(at(signatures, 2))),
    ],
    [
      "a survivor's signature made by another",
      'BAD_SIGNATURE',
      () => replaced(signatures, 2, signatureOf(2, {}, stranger)),
    ],
    ...(['u1', 'u2', 'u3', 'uploads'] as const).map((field): [string, string, () => readonly Signed[]] => [
      `a signature over another ${field}`,
      'EQUIVOCATION',
      () => replaced(signatures, 2, signatureOf(2, { [field]: zeros })),
    ]),
  ];
  test.each(refusals)('refuses %s: %s', (_, code, given) => {
    expect(codeOf(() => reveal(given()))).toBe(code);
  });
});

// ------------------------------------------------------------------------------------------------------------ outcome

describe('the outcome', () => {
  const accept = (result: Signed, packed: Uint8Array = closed.packed) => {
    const { state, deps } = at(r4.members, 0);
    return unchanged([state, result, packed], () => acceptResult(state, result, packed, deps));
  };
  const changed = (changes: Partial<ReturnType<typeof resultCodec.decode>>, by: Party = coordinator) =>
    altered(resultCodec, closed.result, by, changes);

  test('is the sum, as numbers', () => {
    const { aggregate } = must(accept(closed.result));
    expect(aggregate.survivors).toBe(4);
    const half = 2 ** 15;
    const signed = [...(expectedSums(setup, SURVIVORS)[0] as Uint32Array)].map((value) =>
      value >= half ? value - 2 * half : value,
    );
    expect([...(aggregate.vectors.counts?.sum as Float64Array)]).toEqual(signed);
  });

  const { digests } = resultCodec.decode(closed.result.payload);
  const other = closed.packed.map((byte) => byte ^ 1);
  const good = closed.packed;
  const refusals: [string, string, () => Signed, Uint8Array][] = [
    ['a result of another coordinator', 'WRONG_COORDINATOR', () => changed({}, organiser), good],
    ['a result of another session', 'CONTEXT_MISMATCH', () => changed({ ctx: zeros }), good],
    ['a result of another U3', 'CONTEXT_MISMATCH', () => changed({ u3: zeros }), good],
    ['another number of survivors', 'CONTEXT_MISMATCH', () => changed({ survivors: 5 }), good],
    ['too many digests', 'AGGREGATE_MISMATCH', () => changed({ digests: [...digests, ...digests] }), good],
    ['an aggregate with another digest', 'AGGREGATE_MISMATCH', () => closed.result, other],
    ['a short aggregate', 'AGGREGATE_MISMATCH', () => closed.result, closed.packed.slice(1)],
  ];
  test.each(refusals)('refuses %s: %s', (_, code, result, packed) => {
    expect(codeOf(() => accept(result(), packed))).toBe(code);
  });

  test('is an abort only if the coordinator signed one for this session', () => {
    const abort = {
      opening: setup.header.id,
      code: 'NO_QUORUM',
      message: '',
      round: 'r3',
      blamed: [],
      size: 0,
      root: zeros,
    };
    const { deps } = at(r4.members, 0);
    const read = (body: typeof abort, by: Party = coordinator) =>
      acceptAbort(setup.header.id, coordinator.identity, signBody(abortCodec, body, by.signer), deps);
    expect(must(read(abort)).abort.code).toBe('NO_QUORUM');
    expect(codeOf(() => read(abort, organiser))).toBe('WRONG_COORDINATOR');
    expect(codeOf(() => read({ ...abort, opening: zeros }))).toBe('CONTEXT_MISMATCH');
  });
});

// ------------------------------------------------------------------------------------------------------- wrong rounds

describe('a round in the wrong order', () => {
  const states = {
    opened: at(setup.members, 0).opened,
    keysAdvertised: at(setup.members, 0).state,
    keysShared: at(r1.members, 0).state,
    maskPlanned: must(plan(honestShares())).state,
    inputMasked: at(r2.members, 0).state,
    consistencySigned: at(r3.members, 0).state,
    unmasked: at(r4.members, 0).state,
  };
  const { deps, input, scope } = at(setup.members, 0);
  const rounds: Record<string, [keyof typeof states, (state: never) => unknown]> = {
    r0: ['opened', (state) => advertiseKeys(state, 0, deps)],
    r1: ['keysAdvertised', (state) => shareKeys(state, r1.message, deps)],
    'r2, plan': ['keysShared', (state) => planMaskedInput(state, honestShares(), input, zeros, deps)],
    'r2, finish': [
      'maskPlanned',
      (state) => finishMaskedInput(state, runJob(must(plan(honestShares())).job), deps),
    ],
    answer: ['inputMasked', (state) => answerComplaint(state, at(r2.members, 1).send.header, deps)],
    r3: ['inputMasked', (state) => signConsistency(state, r3.message, scope, [], deps)],
    r4: ['consistencySigned', (state) => unmask(state, r4.message, deps)],
    result: ['unmasked', (state) => acceptResult(state, closed.result, closed.packed, deps)],
  };
  // A result is public: whoever signed r3 may read it, r4 sent or not.
  const allowed = ['result/consistencySigned'];
  const wrong = Object.keys(rounds).flatMap((name) =>
    Object.keys(states)
      .filter((kind) => kind !== rounds[name]?.[0] && !allowed.includes(`${name}/${kind}`))
      .map((kind): [string, keyof typeof states] => [name, kind as keyof typeof states]),
  );
  test.each(wrong)('%s does not run on a state that is %s', (name, kind) => {
    expect(() => {
      const result = rounds[name]?.[1](states[kind] as never) as { kind: string };
      if (result.kind === 'refusal') throw new Error('refused');
    }).toThrow();
  });
});

test('states, messages and jobs can be cloned into a worker and mean the same there', () => {
  const { deps, input } = at(setup.members, 0);
  const planned = must(
    planMaskedInput(clone(at(r1.members, 0).state), clone(honestShares()), clone(input), zeros, deps),
  );
  expect(planned).toEqual(must(plan(honestShares())));
  const masked = must(finishMaskedInput(clone(planned.state), clone(runJob(clone(planned.job))), deps));
  expect(masked.send).toEqual(at(r2.members, 0).send);
  const scope = emptyScope(setup.electorate);
  const signed = must(
    signConsistency(clone(at(r2.members, 0).state), clone(r3.message), clone(scope), [], deps),
  );
  expect(signed.send).toEqual(at(r3.members, 0).send);
  const revealed = must(unmask(clone(at(r3.members, 0).state), clone(r4.message), deps));
  expect(revealed.send).toEqual(at(r4.members, 0).send);
  expect(
    must(acceptResult(clone(revealed.state), clone(closed.result), clone(closed.packed), deps)).kind,
  ).toBe('accepted');
  expect(clone(at(setup.members, 0).opened)).toEqual(at(setup.members, 0).opened);
  expect(clone(at(setup.members, 0).state)).toEqual(at(setup.members, 0).state);
});

test('the policy of these tests is the one they change', () => {
  expect(anchorsOf().policy).toEqual(policyOf());
});

test('nothing that is sent before r4 contains a share, a seed or an input', () => {
  const secrets = r1.members.flatMap(({ state }, index) => [
    state.suiteSeed,
    at(setup.members, index).state.maskSeed,
    at(setup.members, index).state.shareSeed,
    ...state.agreed.values(),
    ...state.ownShares.filter((own) => own !== null),
    ...[...state.dealt.values()].flatMap(({ shares }) => shares),
  ]);
  const sent = [
    ...setup.members.flatMap(({ record }) => [record.signed.payload]),
    ...r1.members.flatMap(({ send }) => [
      send.r1.payload,
      ...send.packets.flatMap(({ ciphertext, leaves }) => [ciphertext, ...leaves]),
    ]),
    ...r2.members.flatMap(({ send }) => [send.header.payload, send.upload.bytes]),
    ...r3.members.flatMap(({ send }) => [send.payload]),
  ];
  const wire = Buffer.concat(sent);
  expect(secrets.length).toBeGreaterThan(60);
  for (const secret of secrets) expect(wire.includes(Buffer.from(secret))).toBe(false);
  // The search would find them: r4 is all shares.
  const revealed = Buffer.concat(at(r4.members, 0).send.shares);
  expect(secrets.filter((secret) => revealed.includes(Buffer.from(secret)))).toHaveLength(5);
});
