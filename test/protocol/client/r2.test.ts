/** r2 of a participant: what it masks for, refuses and complains about. */
import { describe, expect, test } from '@jest/globals';
import { concatBytes } from '../../../crypto/bytes.js';
import { sha256 } from '../../../crypto/hash.js';
import { agree, shareKeyPair } from '../../../crypto/key-agreement.js';
import { deriveShareKey, sealShares } from '../../../crypto/share-encryption.js';
import { finishMaskedInput, planMaskedInput } from '../../../src/protocol/client/r2-masked-input.js';
import { signConsistency } from '../../../src/protocol/client/r3-consistency.js';
import { maskedInputCodec, type ShareKeys, shareKeysCodec } from '../../../src/protocol/messages.js';
import { toBitmap } from '../../../src/protocol/sets.js';
import {
  encodeShares,
  shareAad,
  shareLeaves,
  type SharePacket,
  type ShareDelivery,
} from '../../../src/protocol/shares.js';
import { refuse } from '../../../src/protocol/errors.js';
import type { Deps } from '../../../src/protocol/client/state.js';
import {
  altered,
  alteredSet,
  at,
  type AtR2,
  broken,
  closeR1,
  codeOf,
  dealerOf,
  emptyScope,
  must,
  replaced,
  resigned,
  runJob,
  sharesMessage,
  unchanged,
  zeros,
} from '../../helpers/protocol.js';
import { ALL, honestShares, keysAt, parties, plan, r1, r2, r3, setup } from './session.js';
import { maskJob } from '../../helpers/protocol/job.js';

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
    expect(maskJob(planned.job).vectors.map(({ streams }) => streams.length)).toEqual([5]);
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
    expect(maskJob(planned.job).vectors.map(({ streams }) => streams.length)).toEqual([4]);
    expect([...planned.state.held.shares.keys()]).toEqual([1, 2, 4]);
  });

  test('masks differ between sessions, participants and vectors', () => {
    const seen = new Set<string>();
    for (const index of ALL) {
      for (const { streams } of maskJob(must(plan(sharesMessage(r2, index), index)).job).vectors) {
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
      agreed: agree(keys.privateKey, recipientKey),
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
