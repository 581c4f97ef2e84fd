/** r4 of the coordinator: what it accepts, whom it blames, and what it keeps. */
import { describe, expect, test } from '@jest/globals';
import { concatBytes, toHex } from '../../../crypto/bytes.js';
import { encodeCanonical } from '../../../crypto/canonical.js';
import { sha256 } from '../../../crypto/hash.js';
import { shareKeys } from '../../../src/protocol/client/r1-share-keys.js';
import { decodePackets, decodeShareList, decodeSigned } from '../../../src/protocol/attachments.js';
import { acceptUnmask } from '../../../src/protocol/coordinator/r4-unmask.js';
import { canCloseEarly, treeOf } from '../../../src/protocol/coordinator/state.js';
import { shareKeysCodec, unmaskCodec } from '../../../src/protocol/messages.js';
import { type Signed, signedLeaf } from '../../../src/protocol/signed.js';
import { abortCodec, resultCodec, setCodec } from '../../../src/protocol/statements.js';
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
  expectedSums,
  openRecords,
  replaced,
  resigned,
  runSession,
  setUp,
  zeros,
} from '../../helpers/protocol.js';
import { ALL, closed, commonRefusals, first, parties, r1, r2, r3, r4, setup } from './session.js';

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
    const { packets, tree, ...dealer } = at(r2.dealers, 3);
    expect(dealer).toEqual({ position: 3, r1: send.r1, holders: [0, 1, 2, 3, 4] });
    expect(Array.from({ length: packets.count }, (_, index) => packets.at(index))).toEqual(send.packets);
    expect(tree.root).toEqual(shareKeysCodec.decode(send.r1.payload).shareRoot);
  });
});
