/** What the coordinator accepts in each round, and everything it refuses. Five participants, n_C = 1, q = t = 4. */
import { describe, expect, test } from '@jest/globals';
import { concatBytes, toHex } from '../../crypto/bytes.js';
import { encodeCanonical } from '../../crypto/canonical.js';
import { sha256 } from '../../crypto/hash.js';
import { shareKeys } from '../../src/protocol/client/r1-share-keys.js';
import { decodePackets, decodeShareList, decodeSigned } from '../../src/protocol/attachments.js';
import {
  acceptAdvertiseKeys,
  closeAdvertiseKeys,
  freeze,
  rosterEntries,
} from '../../src/protocol/coordinator/r0-advertise-keys.js';
import {
  acceptShareKeys,
  closeShareKeys,
  MAX_PACKET_BYTES,
} from '../../src/protocol/coordinator/r1-share-keys.js';
import {
  acceptHeader,
  checkUpload,
  closeMaskedInput,
} from '../../src/protocol/coordinator/r2-masked-input.js';
import { acceptConsistency, closeConsistency } from '../../src/protocol/coordinator/r3-consistency.js';
import { acceptUnmask } from '../../src/protocol/coordinator/r4-unmask.js';
import { canCloseEarly, treeOf } from '../../src/protocol/coordinator/state.js';
import { certificateCodec } from '../../src/protocol/documents.js';
import {
  advertiseKeysCodec,
  consistencyCodec,
  maskedInputCodec,
  shareKeysCodec,
  unmaskCodec,
} from '../../src/protocol/messages.js';
import type { SharePacket } from '../../src/protocol/shares.js';
import { type Signed, signBody, signedLeaf } from '../../src/protocol/signed.js';
import { abortCodec, resultCodec, setCodec } from '../../src/protocol/statements.js';
import {
  type Aborted,
  altered,
  at,
  type AtR1,
  type AtR2,
  type AtR3,
  type AtR4,
  broken,
  type Closed,
  closeR0,
  closeR1,
  closeR2,
  closeR3,
  closeR4,
  codeOf,
  coordinatorDeps,
  dealerOf,
  expectedSums,
  openRecords,
  organiser,
  participants,
  type Party,
  party,
  playRounds,
  replaced,
  resigned,
  runSession,
  setUp,
  type Setup,
  vectorOf,
  zeros,
} from '../helpers/protocol.js';

const parties = participants(5);
const ALL = [0, 1, 2, 3, 4];
const SURVIVORS = [0, 1, 2, 3];
// 5 coordinates of 10 bits: the last byte has spare bits.
const setup = setUp(parties, { task: { vectors: [vectorOf({ bits: 10 })] } });
const { r1, r2, r3, r4 } = playRounds(setup, SURVIVORS);
const closed = closeR4(r4, SURVIVORS) as Closed;
const stranger = party('a stranger');
const first = at(parties, 0);

/** Checks that every round shares: who speaks, signed by whom, for which context. */
function commonRefusals(
  codec: typeof shareKeysCodec,
  good: Signed,
  accept: (signed: Signed, sender: Uint8Array) => unknown,
): void {
  const made = (changes: object, by: Party = first) => altered(codec, good, by, changes);
  const cases: [string, string | null, Signed, Uint8Array?][] = [
    ['nothing that is right', null, good],
    ['a stranger', 'UNKNOWN_PARTICIPANT', made({ sender: stranger.identity }, stranger), stranger.identity],
    ['a signature that does not verify', 'BAD_SIGNATURE', broken(good)],
    ['the message of somebody else', 'BAD_SIGNATURE', good, at(parties, 1).identity],
    ['a message that names another sender', 'BAD_SIGNATURE', made({ sender: zeros })],
    ['another context', 'CONTEXT_MISMATCH', made({ ctx: zeros })],
  ];
  test.each(cases.map(([name, code, signed, sender]) => ({ name, code, signed, sender })))(
    'refuses $name: $code',
    ({ code, signed, sender }) => {
      expect(codeOf(() => accept(signed, sender ?? first.identity))).toBe(code);
    },
  );
}

describe('r0', () => {
  const good = at(setup.members, 0).record.signed;
  const accept = (signed: Signed, from: Setup = setup, more: object = {}) =>
    acceptAdvertiseKeys(
      from.header,
      { sender: first.identity, signed, certificate: null, revoked: new Set(), nowMs: 0, ...more },
      coordinatorDeps,
    );
  const body = advertiseKeysCodec.decode(good.payload);
  const made = (changes: object, by: Party = first) => altered(advertiseKeysCodec, good, by, changes);

  test('the record names both keys as unique in the session', () => {
    expect(accept(good)).toMatchObject({
      kind: 'r0',
      sender: toHex(first.identity),
      unique: [toHex(body.shareKey), toHex(body.maskKey)],
      attachment: null,
    });
  });

  const refusals: [string, string, () => unknown][] = [
    [
      'a stranger',
      'UNKNOWN_PARTICIPANT',
      () => accept(made({ sender: stranger.identity }, stranger), setup, { sender: stranger.identity }),
    ],
    [
      'a revoked identity of a pinned task',
      'CERTIFICATE_REVOKED',
      () => accept(good, setup, { revoked: new Set([toHex(first.identity)]) }),
    ],
    ['a bad signature', 'BAD_SIGNATURE', () => accept(broken(good))],
    ['another sender', 'BAD_SIGNATURE', () => accept(made({ sender: zeros }))],
    ['another opening', 'CONTEXT_MISMATCH', () => accept(made({ opening: zeros }))],
    ['a weak key', 'WEAK_KEY', () => accept(made({ shareKey: zeros }))],
    ['a key used twice', 'DUPLICATE_KEY', () => accept(made({ shareKey: body.maskKey }))],
  ];
  test.each(refusals)('refuses %s: %s', (_, code, attempt) => {
    expect(codeOf(attempt)).toBe(code);
  });

  test('needs a certificate when nobody is pinned, and hands it on', () => {
    const certificate = (member: Party): Signed =>
      signBody(
        certificateCodec,
        { identity: member.identity, name: 'n', notBeforeMs: 0, expiresMs: 9 },
        organiser.signer,
      );
    const enrolled = setUp(parties, { task: { pinned: null }, certificate });
    const signed = at(enrolled.members, 0).record.signed;
    expect(codeOf(() => accept(signed, enrolled))).toBe('CERTIFICATE_UNKNOWN');
    const certified = { certificate: certificate(first) };
    expect(codeOf(() => accept(signed, enrolled, certified))).toBe(null);
    expect(codeOf(() => accept(signed, enrolled, { ...certified, nowMs: 9 }))).toBe('CERTIFICATE_EXPIRED');
    const revoked = new Set([toHex(first.identity)]);
    expect(codeOf(() => accept(signed, enrolled, { ...certified, revoked }))).toBe('CERTIFICATE_REVOKED');
    const [entry] = rosterEntries(enrolled.members.map(({ record }) => record));
    expect(entry?.certificate).toEqual(certificate(first));
  });

  test('order of arrival changes nothing', () => {
    const records = setup.members.map(({ record }) => record);
    const reversed = [...records].reverse();
    expect(closeAdvertiseKeys(setup.header, [], reversed, coordinatorDeps)).toEqual(
      closeAdvertiseKeys(setup.header, [], records, coordinatorDeps),
    );
    expect(freeze(setup.header, rosterEntries(reversed), coordinatorDeps)).toEqual(r1.frozen);
  });
});

describe('r1', () => {
  const { send } = at(r1.members, 0);
  const accept = (signed: Signed, packets: readonly SharePacket[] = send.packets, sender = first.identity) =>
    acceptShareKeys(r1.frozen, { sender, signed, packets }, coordinatorDeps);
  commonRefusals(shareKeysCodec, send.r1, (signed, sender) => accept(signed, send.packets, sender));

  /** A dealer that signs what it sends, well formed or not. */
  const dealt = (change: (packets: SharePacket[]) => SharePacket[]) => {
    const message = resigned(send, first, change(send.packets.map((packet) => ({ ...packet }))));
    return accept(message.r1, message.packets);
  };
  const edit = (index: number, change: Partial<SharePacket>) =>
    dealt((packets) => replaced(packets, index, { ...at(packets, index), ...change }));
  const { leaves } = at(send.packets, 1);
  const refusals: [string, string, () => unknown][] = [
    [
      'another roster',
      'CONTEXT_MISMATCH',
      () => accept(altered(shareKeysCodec, send.r1, first, { rosterRoot: zeros })),
    ],
    [
      'a commitment of another length',
      'MALFORMED',
      () => accept(altered(shareKeysCodec, send.r1, first, { commitment: new Uint8Array(31) })),
    ],
    ['a packet less', 'MALFORMED', () => dealt((packets) => packets.slice(0, 4))],
    ['a packet more', 'MALFORMED', () => dealt((packets) => [...packets, at(packets, 4)])],
    ['packets out of place', 'MALFORMED', () => edit(1, { position: 2 })],
    ['a packet for oneself', 'MALFORMED', () => edit(0, { ciphertext: Uint8Array.of(1) })],
    ['an empty packet', 'MALFORMED', () => edit(1, { ciphertext: new Uint8Array() })],
    ['a huge packet', 'MALFORMED', () => edit(1, { ciphertext: new Uint8Array(MAX_PACKET_BYTES + 1) })],
    ['a leaf less', 'MALFORMED', () => edit(1, { leaves: leaves.slice(1) })],
    [
      'leaves cut elsewhere',
      'MALFORMED',
      () =>
        edit(1, { leaves: [at(leaves, 0).slice(1), concatBytes(at(leaves, 0).slice(0, 1), at(leaves, 1))] }),
    ],
    [
      'packets that are not those signed',
      'DIGEST_MISMATCH',
      () => accept(send.r1, replaced(send.packets, 1, { ...at(send.packets, 1), leaves: [zeros, zeros] })),
    ],
  ];
  test.each(refusals)('refuses %s: %s', (_, code, attempt) => {
    expect(codeOf(attempt)).toBe(code);
  });
  test('takes the largest packet', () => {
    expect(codeOf(() => edit(1, { ciphertext: new Uint8Array(MAX_PACKET_BYTES) }))).toBe(null);
  });
  test('order of arrival changes nothing', () => {
    const records = r1.members.map(({ record }) => record);
    expect(closeShareKeys(r1.frozen, r1.leaves, [...records].reverse(), coordinatorDeps)).toEqual(
      closeShareKeys(r1.frozen, r1.leaves, records, coordinatorDeps),
    );
  });
});

describe('r2', () => {
  const { send } = at(r2.members, 0);
  const accept = (signed: Signed, sender = first.identity, from: AtR2 = r2) =>
    acceptHeader(from.frozen, { sender, signed }, from.dealers, coordinatorDeps);
  const made = (changes: object) => altered(maskedInputCodec, send.header, first, changes);
  commonRefusals(maskedInputCodec as never, send.header, accept);

  const delivered = (dealer: number) => ({
    dealer: at(parties, dealer).identity,
    ciphertext: sha256(at(at(r2.dealers, dealer).packets, 0).ciphertext),
  });
  const refusals: [string, string | null, () => unknown][] = [
    ['another U1', 'CONTEXT_MISMATCH', () => accept(made({ u1: zeros }))],
    ['another U2', 'CONTEXT_MISMATCH', () => accept(made({ u2: zeros }))],
    ['a digest more', 'MALFORMED', () => accept(made({ digests: [zeros, zeros] }))],
    ['nothing about a delivered packet', null, () => accept(made({ complaints: [delivered(2)] }))],
    [
      'a complaint about another ciphertext',
      'MALFORMED',
      () => accept(made({ complaints: [{ ...delivered(2), ciphertext: zeros }] })),
    ],
    [
      'a complaint about a stranger',
      'MALFORMED',
      () => accept(made({ complaints: [{ ...delivered(2), dealer: stranger.identity }] })),
    ],
    [
      'two complaints about one',
      'MALFORMED',
      () => accept(made({ complaints: [delivered(2), delivered(2)] })),
    ],
    [
      'a complaint about somebody whose packets were not delivered',
      'MALFORMED',
      () => {
        const smaller = closeR1(r1, SURVIVORS) as AtR2;
        const own = altered(maskedInputCodec, at(smaller.members, 0).send.header, first, {
          complaints: [delivered(4)],
        });
        return accept(own, first.identity, smaller);
      },
    ],
    [
      'somebody who is not in U2',
      'UNKNOWN_PARTICIPANT',
      () => {
        const smaller = closeR1(r1, [1, 2, 3, 4]) as AtR2;
        return accept(send.header, first.identity, smaller);
      },
    ],
  ];
  test.each(refusals)('refuses %s: %s', (_, code, attempt) => {
    expect(codeOf(attempt)).toBe(code);
  });

  test('an upload has the length and digests of its header, and no spare bits', () => {
    const { bytes } = send.upload;
    const check = (upload: Uint8Array, header = send.header) =>
      codeOf(() => checkUpload(r2.frozen, header, upload, coordinatorDeps));
    expect(check(bytes)).toBe(null);
    expect(check(bytes.slice(1))).toBe('WRONG_LENGTH');
    expect(check(concatBytes(bytes, Uint8Array.of(0)))).toBe('WRONG_LENGTH');
    expect(check(bytes.map((byte, index) => (index === 0 ? byte ^ 1 : byte)))).toBe('DIGEST_MISMATCH');
    const spare = bytes.map((byte, index) => (index === bytes.length - 1 ? byte | 0x80 : byte));
    expect(check(spare, made({ digests: [sha256(spare)] }))).toBe('MALFORMED');
  });

  test('order of arrival changes nothing', () => {
    const headers = r2.members.map(({ record }) => record);
    const complete = headers.slice(0, 4).map(({ sender }) => sender);
    const close = (given: typeof headers) =>
      closeMaskedInput(
        r2.frozen,
        r2.leaves,
        { headers: given, answers: [], complete, dealers: r2.dealers },
        coordinatorDeps,
      );
    expect(close([...headers].reverse())).toEqual(close(headers));
    expect(setCodec.decode((close(headers).statement?.signed as Signed).payload).members).toEqual(
      Uint8Array.of(0b1111),
    );
  });
});

describe('r3', () => {
  const good = at(r3.members, 0).send;
  const accept = (signed: Signed, sender = first.identity) =>
    acceptConsistency(r3.frozen, { sender, signed }, r3.uploads, coordinatorDeps);
  commonRefusals(consistencyCodec as never, good, accept);
  test.each(['u1', 'u2', 'u3', 'uploads'] as const)('refuses another %s: CONTEXT_MISMATCH', (field) => {
    const other = altered(consistencyCodec, good, first, { [field]: zeros });
    expect(codeOf(() => accept(other))).toBe('CONTEXT_MISMATCH');
  });
  test('refuses somebody who is not in U3', () => {
    const fifth = at(parties, 4);
    const own = altered(consistencyCodec, good, fifth, { sender: fifth.identity });
    expect(codeOf(() => accept(own, fifth.identity))).toBe('UNKNOWN_PARTICIPANT');
  });
  test('order of arrival changes nothing', () => {
    const records = r3.members.map(({ record }) => record);
    expect(closeConsistency(r3.frozen, r3.leaves, [...records].reverse(), coordinatorDeps)).toEqual(
      closeConsistency(r3.frozen, r3.leaves, records, coordinatorDeps),
    );
  });
});

describe('r4', () => {
  const { send } = at(r4.members, 0);
  const accept = (signed: Signed, shares: readonly Uint8Array[] = send.shares, sender = first.identity) =>
    acceptUnmask(r4.frozen, { sender, signed, shares }, coordinatorDeps);
  commonRefusals(unmaskCodec as never, send.r4, (signed, sender) => accept(signed, send.shares, sender));
  const made = (changes: object, shares: readonly Uint8Array[] = send.shares) =>
    accept(
      altered(unmaskCodec, send.r4, first, { shares: sha256(concatBytes(...shares)), ...changes }),
      shares,
    );
  const refusals: [string, string | null, () => unknown][] = [
    ['another U1', 'CONTEXT_MISMATCH', () => made({ u1: zeros })],
    ['another U2', 'CONTEXT_MISMATCH', () => made({ u2: zeros })],
    ['another U3', 'CONTEXT_MISMATCH', () => made({ u3: zeros })],
    ['other shares than signed', 'DIGEST_MISMATCH', () => accept(send.r4, replaced(send.shares, 1, zeros))],
    [
      'no "unavailable"',
      null,
      () =>
        made(
          { kinds: Uint8Array.of(1, 3, 1, 1, 2) },
          [0, 2, 3, 4].map((index) => at(send.shares, index)),
        ),
    ],
    ["a survivor's mask key share", 'MALFORMED', () => made({ kinds: Uint8Array.of(1, 2, 1, 1, 2) })],
    ["a dropped one's self mask share", 'MALFORMED', () => made({ kinds: Uint8Array.of(1, 1, 1, 1, 1) })],
    ['an unknown kind', 'MALFORMED', () => made({ kinds: Uint8Array.of(1, 0, 1, 1, 2) })],
    ['a kind less', 'MALFORMED', () => made({ kinds: Uint8Array.of(1, 1, 1, 1) }, send.shares.slice(0, 4))],
    ['a kind more', 'MALFORMED', () => made({ kinds: Uint8Array.of(1, 1, 1, 1, 2, 3) })],
    ['a share less', 'MALFORMED', () => made({}, send.shares.slice(0, 4))],
    ['a share more', 'MALFORMED', () => made({}, [...send.shares, zeros])],
    ['a short share', 'MALFORMED', () => made({}, replaced(send.shares, 1, zeros.slice(1)))],
  ];
  test.each(refusals)('refuses %s: %s', (_, code, attempt) => {
    expect(codeOf(attempt)).toBe(code);
  });

  /** The records of r4 with other shares from one helper, signed by that helper. */
  const withShares = (helper: number, shares: readonly Uint8Array[]) => {
    const { send: own } = at(r4.members, helper);
    const signed = altered(unmaskCodec, own.r4, at(parties, helper), {
      shares: sha256(concatBytes(...shares)),
    });
    const request = { sender: at(parties, helper).identity, signed, shares };
    const record = acceptUnmask(r4.frozen, request, coordinatorDeps);
    return replaced(
      r4.members.map((member) => member.record),
      helper,
      record,
    );
  };

  test('a share that is not the one dealt names its helper and is ignored', () => {
    // All five answer, so one may be ignored.
    const three = closeR2(r2, ALL) as AtR3;
    const four = closeR3(three, ALL) as AtR4;
    for (const entry of ALL) {
      const own = at(four.members, 2).send;
      const shares = replaced(own.shares, entry, zeros);
      const signed = altered(unmaskCodec, own.r4, at(parties, 2), { shares: sha256(concatBytes(...shares)) });
      const request = { sender: at(parties, 2).identity, signed, shares };
      const records = replaced(
        four.members.map((member) => member.record),
        2,
        acceptUnmask(four.frozen, request, coordinatorDeps),
      );
      const end = openRecords(four, records) as Closed;
      expect(end.round).toBe('closed');
      expect(end.badHelpers).toEqual([2]);
      expect(end.sums).toEqual(expectedSums(setup, ALL));
    }
  });

  test('too few good answers end the session without a sum', () => {
    const records = withShares(1, replaced(at(r4.members, 1).send.shares, 0, zeros));
    const end = openRecords(r4, records) as Aborted;
    expect(end.abort).toMatchObject({ code: 'TOO_FEW_SHARES', round: 'r4', blamed: [] });
  });

  test('the order of answers changes nothing, nor who of enough answered', () => {
    const records = r4.members.map(({ record }) => record);
    const again = openRecords(r4, [...records].reverse()) as Closed;
    expect(again).toEqual(closed);
    const three = closeR2(r2, ALL) as AtR3;
    const four = closeR3(three, ALL) as AtR4;
    for (const silent of ALL) {
      const end = closeR4(
        four,
        ALL.filter((position) => position !== silent),
      ) as Closed;
      expect(end.sums).toEqual(expectedSums(setup, ALL));
    }
  });
});

describe('a dealer whose shares do not give what it committed to', () => {
  const blamed = (
    options: Parameters<typeof setUp>[1],
    survivors: readonly number[],
    helpers = survivors,
  ) => {
    const deviating = setUp(parties, options);
    const one = closeR0(deviating, ALL) as AtR1;
    return open(one, survivors, helpers);
  };
  const open = (one: AtR1, survivors: readonly number[], helpers: readonly number[]) => {
    const two = closeR1(one, ALL) as AtR2;
    for (const { state } of two.members) expect(state.complaints).toEqual([]);
    const three = closeR2(two, survivors) as AtR3;
    const four = closeR3(three, survivors) as AtR4;
    return closeR4(four, helpers) as Aborted;
  };
  const bad = at(parties, 2);
  const culprit = { code: 'BAD_DEALER', round: 'r4', blamed: [bad.identity] };

  test('is blamed for committing to another self mask', () => {
    const end = blamed(
      {
        r1: (message, position) =>
          position === 2 ? resigned(message, bad, message.packets, { commitment: zeros }) : message,
      },
      ALL,
    );
    expect(end.abort).toMatchObject(culprit);
    expect(end.closing.blamed).toEqual([toHex(bad.identity)]);
  });

  test('is blamed for sharing another mask key than it announced', () => {
    const honest = setUp(parties);
    const members = honest.members.map((member, index) =>
      index === 2 ? { ...member, state: { ...member.state, maskSeed: zeros } } : member,
    );
    const one = closeR0({ ...honest, members }, ALL) as AtR1;
    const without = ALL.filter((position) => position !== 2);
    expect(open(one, without, without).abort).toMatchObject(culprit);
  });

  test('is blamed for shares that do not lie on one polynomial', () => {
    // Two dealings of the same keys; each recipient gets a packet of one or the other.
    const mixed = {
      r1: (message: AtR1['members'][number]['send'], position: number, round: Omit<AtR1, 'members'>) => {
        if (position !== 2) return message;
        const { state, deps } = at(round.setup.members, 2);
        const other = shareKeys(state, round.message, deps);
        if (other.kind === 'refusal') throw other.error;
        const packets = message.packets.map((packet, index) =>
          index === 0 ? at(other.send.packets, 0) : packet,
        );
        return resigned(message, bad, packets);
      },
    };
    // With 5 answers and t = 4 the fifth is checked against the others…
    expect(blamed(mixed, ALL).abort).toMatchObject(culprit);
    // …with exactly t that include the odd one the commitment shows it.
    expect(blamed(mixed, ALL, [0, 1, 2, 3]).abort).toMatchObject(culprit);
  });
});

describe('records and statements', () => {
  test('attachments that are not canonical are refused', () => {
    for (const decode of [decodeSigned, decodePackets, decodeShareList]) {
      expect(codeOf(() => decode(Uint8Array.of(0xff)))).toBe('MALFORMED');
      expect(codeOf(() => decode(encodeCanonical('text')))).toBe('MALFORMED');
      expect(codeOf(() => decode(encodeCanonical([1])))).toBe('MALFORMED');
    }
    expect(codeOf(() => decodeSigned(encodeCanonical([zeros])))).toBe('MALFORMED');
    expect(codeOf(() => decodeSigned(encodeCanonical([1, 2])))).toBe('MALFORMED');
  });

  test('the session tree has every record and statement, in order', () => {
    const signed = [
      ...setup.members.map(({ record }) => record.signed),
      r1.statement,
      ...r1.members.map(({ record }) => record.signed),
      r2.statement,
      ...r2.members.filter(({ position }) => position < 4).map(({ record }) => record.signed),
      r3.statement,
      ...r3.members.map(({ record }) => record.signed),
      ...r4.members.map(({ record }) => record.signed),
      closed.result,
    ];
    const leaves = signed.map(signedLeaf);
    expect([...r4.leaves, ...closed.closing.leaves]).toEqual(leaves);
    expect(closed.closing.tree).toEqual(treeOf(leaves));
    // Each statement carries the tree before it became a leaf.
    expect(resultCodec.decode(closed.result.payload)).toMatchObject(treeOf(leaves.slice(0, -1)));
    expect(setCodec.decode(r2.statement.payload)).toMatchObject(treeOf(leaves.slice(0, 11)));
  });

  test('an abort says in which round and why, and closes the tree', () => {
    const { outcome } = runSession(parties, [0, 0, 5, 5, 5]) as { outcome: Aborted };
    expect(outcome.closing).toMatchObject({ to: 'aborted', statement: { kind: 'abort' }, blamed: [] });
    expect(abortCodec.decode((outcome.closing.statement?.signed as Signed).payload)).toMatchObject({
      code: 'TOO_FEW_PARTICIPANTS',
      message: '3 joined, 4 are needed',
      opening: setUp(parties).header.id,
    });
  });

  test('a round closes early when everybody answered and no complaint is open', () => {
    expect(canCloseEarly({ expected: 4, received: 4, openComplaints: 0 })).toBe(true);
    expect(canCloseEarly({ expected: 4, received: 3, openComplaints: 0 })).toBe(false);
    expect(canCloseEarly({ expected: 4, received: 4, openComplaints: 1 })).toBe(false);
  });

  test('dealers are restored from their records', () => {
    const { send } = at(r1.members, 3);
    expect(at(r2.dealers, 3)).toEqual(dealerOf(3, send));
  });
});
