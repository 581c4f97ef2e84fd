/**
 * A10, keys used twice: a mask key that was reconstructed in one session must open nothing in another, so every session
 * has keys of its own, each serves once, and what has served is wiped.
 */
import { expect, test } from '@jest/globals';
import { equalBytes, toHex } from '../../crypto/bytes.js';
import { agree, maskKeyPair, shareKeyPair } from '../../crypto/key-agreement.js';
import { derivePairwiseMaskKey } from '../../crypto/mask-keys.js';
import { systemRandom } from '../../crypto/random.js';
import { reconstructSecret } from '../../crypto/secret-sharing.js';
import { secretsOf } from '../../src/client/secrets.js';
import { advertiseKeys } from '../../src/protocol/client/r0-advertise-keys.js';
import { shareKeys } from '../../src/protocol/client/r1-share-keys.js';
import { finishMaskedInput, planMaskedInput } from '../../src/protocol/client/r2-masked-input.js';
import { signConsistency } from '../../src/protocol/client/r3-consistency.js';
import type { MaskPlanned } from '../../src/protocol/client/state.js';
import { acceptAdvertiseKeys } from '../../src/protocol/coordinator/r0-advertise-keys.js';
import { type AdvertiseKeys, advertiseKeysCodec, unmaskCodec } from '../../src/protocol/messages.js';
import { signedHash } from '../../src/protocol/signed.js';
import {
  altered,
  at,
  codeOf,
  coordinatorDeps,
  must,
  participants,
  type Party,
  playRounds,
  replaced,
  runJob,
  setUp,
  sharesMessage,
  statedRoster,
  zeros,
} from '../helpers/protocol.js';
import { maskJob } from '../helpers/protocol/job.js';

const parties = participants(5);
const ALL = [0, 1, 2, 3, 4];
const DROPPED = 4;
const SURVIVORS = [0, 1, 2, 3];

const whole = (seed: string, session: number) =>
  playRounds(setUp(parties, { seed, opening: { session } }), SURVIVORS);
const one = whole('first', 1);
const two = whole('second', 2);

const keysOf = (setup: typeof one.setup, index: number): AdvertiseKeys =>
  advertiseKeysCodec.decode(at(setup.members, index).record.signed.payload);

test('A10 every session has new keys, and no two keys of any are the same', () => {
  const keys = [one, two].flatMap(({ setup }) =>
    ALL.flatMap((index) => {
      const { shareKey, maskKey } = keysOf(setup, index);
      return [toHex(shareKey), toHex(maskKey)];
    }),
  );
  expect(new Set(keys).size).toBe(20);
  const { opened, deps } = at(one.setup.members, 0);
  const again = () => must(advertiseKeys(opened, 0, { ...deps, random: systemRandom })).state;
  expect(again().maskSeed).not.toEqual(again().maskSeed);
});

test('A10 one r0 with the same key for both purposes is refused by the coordinator', () => {
  const member = at(one.setup.members, 0);
  const accept = (changes: Partial<AdvertiseKeys>) =>
    codeOf(() =>
      acceptAdvertiseKeys(
        one.setup.header,
        {
          sender: member.party.identity,
          signed: altered(advertiseKeysCodec, member.record.signed, member.party, changes),
          certificate: null,
          revoked: new Set(),
          nowMs: 0,
        },
        coordinatorDeps,
      ),
    );
  expect(accept({})).toBe(null);
  expect(accept({ maskKey: keysOf(one.setup, 0).shareKey })).toBe('DUPLICATE_KEY');
});

test('A10 the coordinator notes both keys of an r0 as taken in this session', () => {
  const { shareKey, maskKey } = keysOf(one.setup, 0);
  expect(at(one.setup.members, 0).record.unique).toEqual([toHex(shareKey), toHex(maskKey)]);
});

test("A10 a roster in which somebody brings another one's key, for either purpose, is refused", () => {
  const { entries } = one.r1.message;
  const { state, deps } = at(one.setup.members, 0);
  const taken = keysOf(one.setup, 2);
  for (const changes of [
    { maskKey: taken.maskKey },
    { shareKey: taken.shareKey },
    { maskKey: taken.shareKey },
    { shareKey: taken.maskKey },
  ]) {
    const { record } = at(one.setup.members, 3);
    const r0 = altered(advertiseKeysCodec, record.signed, at(parties, 3), changes);
    const roster = replaced(entries, 3, { ...at(entries, 3), r0, r0Hash: signedHash(r0) });
    expect(codeOf(() => shareKeys(state, statedRoster(one.setup, roster), deps))).toBe('DUPLICATE_KEY');
  }
});

test('A10 a roster with other keys of this identity is refused: somebody else, or an older run, uses it', () => {
  const { entries } = one.r1.message;
  const { state, deps } = at(one.setup.members, 0);
  const r0 = must(advertiseKeys(state.opened, 0, { ...deps, random: systemRandom })).send;
  const roster = replaced(entries, 0, { ...at(entries, 0), r0, r0Hash: signedHash(r0) });
  expect(codeOf(() => shareKeys(state, statedRoster(one.setup, roster), deps))).toBe('CONFLICT');
});

/** The seed of the dropped one's mask key, as the coordinator gets it in the first session. */
function reconstructed(): Uint8Array {
  const shares = one.r4.members.map(({ position, send }) => {
    const kinds = unmaskCodec.decode(send.r4.payload).kinds;
    expect(kinds[DROPPED]).toBe(2);
    return { point: position + 1, share: at(send.shares, DROPPED) };
  });
  return reconstructSecret({ shares, threshold: one.r1.frozen.session.parameters.t });
}

test('A10 the mask key that was reconstructed in one session is none of the next one', () => {
  const keys = maskKeyPair(reconstructed());
  expect(keys.publicKey).toEqual(keysOf(one.setup, DROPPED).maskKey);
  for (const index of ALL) {
    const { maskKey, shareKey } = keysOf(two.setup, index);
    expect(equalBytes(maskKey, keys.publicKey) || equalBytes(shareKey, keys.publicKey)).toBe(false);
  }
  // Nor does it give, with any key of the second session, a mask that is used there.
  const used = new Set(
    two.r1.members.flatMap(({ state, deps, position }) => {
      const { input } = at(two.setup.members, position);
      const { job } = must(planMaskedInput(state, sharesMessage(two.r2, position), input, zeros, deps));
      return maskJob(job).vectors.flatMap(({ streams }) => streams.map(({ key }) => toHex(key)));
    }),
  );
  const { ctx } = two.r1.frozen.session;
  for (const index of SURVIVORS) {
    const peer = keysOf(two.setup, index);
    const derived = derivePairwiseMaskKey({
      agreed: agree(keys.privateKey, peer.maskKey),
      ctx,
      vector: 'counts',
      low: { identity: peer.sender, publicKey: peer.maskKey },
      high: { identity: at(parties, DROPPED).identity, publicKey: keys.publicKey },
    });
    expect(used.has(toHex(derived.key))).toBe(false);
  }
});

test('A10 even the same two keys would give unrelated masks in another session', () => {
  const [low, high] = [maskKeyPair(new Uint8Array(32).fill(1)), maskKeyPair(new Uint8Array(32).fill(2))];
  const agreed = agree(low.privateKey, high.publicKey);
  const maskIn = (ctx: Uint8Array) =>
    derivePairwiseMaskKey({
      agreed,
      ctx,
      vector: 'counts',
      low: { identity: (parties[0] as Party).identity, publicKey: low.publicKey },
      high: { identity: (parties[1] as Party).identity, publicKey: high.publicKey },
    }).key;
  expect(maskIn(one.r1.frozen.session.ctx)).not.toEqual(maskIn(two.r1.frozen.session.ctx));
});

test('A10 masks serve once: no second header is made from the state that made the first', () => {
  const { state, deps } = at(one.r1.members, 0);
  const { input } = at(one.setup.members, 0);
  const planned = must(planMaskedInput(state, sharesMessage(one.r2, 0), input, zeros, deps));
  const result = runJob(planned.job);
  const masked = must(finishMaskedInput(planned.state, result, deps)).state;
  expect(() => finishMaskedInput(masked as unknown as MaskPlanned, result, deps)).toThrow('maskPlanned');
});

// ------------------------------------------------------------------------------------------------------------- wiping

test('A10 what a round has used up is handed over for wiping', () => {
  const { state, deps, input, scope } = at(one.setup.members, 0);
  const shared = must(shareKeys(state, one.r1.message, deps));
  expect(shared.wipe).toContain(state.shareSeed);
  expect(shared.wipe).toContain(state.maskSeed);
  expect(shared.wipe).toContainEqual(shareKeyPair(state.shareSeed).privateKey);
  expect(shared.wipe).toContainEqual(maskKeyPair(state.maskSeed).privateKey);

  const { state: before } = at(one.r1.members, 0);
  const planned = must(planMaskedInput(before, sharesMessage(one.r2, 0), input, zeros, deps));
  expect(planned.wipe).toEqual(before.incoming.map(({ key }) => key));
  const masked = must(finishMaskedInput(planned.state, runJob(planned.job), deps));
  expect(masked.wipe).toContain(planned.state.held.suiteSeed);
  for (const agreed of planned.state.held.agreed.values()) expect(masked.wipe).toContain(agreed);
  expect(planned.state.held.agreed.size).toBe(4);

  const signed = must(signConsistency(masked.state, one.r3.message, scope, [], deps));
  const dealt = [...masked.state.dealt.values()].flatMap(({ shares }) => shares);
  expect(dealt).toHaveLength(8);
  expect(signed.wipe).toEqual(dealt);
});

test('A10 every secret of every state is found when a session ends, however far it got', () => {
  const { state: advertised } = at(one.setup.members, 0);
  expect(secretsOf(advertised)).toEqual([advertised.shareSeed, advertised.maskSeed]);

  const { state: shared, deps } = at(one.r1.members, 0);
  const dealt = [...shared.dealt.values()].flatMap(({ shares }) => shares);
  const found = secretsOf(shared);
  const expected = [
    ...shared.incoming.map(({ key }) => key),
    ...shared.agreed.values(),
    shared.suiteSeed,
    ...shared.ownShares.filter((share) => share !== null),
    ...dealt,
  ];
  expect(expected).toHaveLength(4 + 4 + 1 + 1 + 8);
  for (const secret of expected) expect(found).toContain(secret);

  const { input } = at(one.setup.members, 0);
  const { state: planned } = must(planMaskedInput(shared, sharesMessage(one.r2, 0), input, zeros, deps));
  const { state: masked } = at(one.r2.members, 0);
  const { state: signed } = at(one.r3.members, 0);
  for (const state of [planned, masked, signed]) {
    const { held } = state;
    const all = secretsOf(state);
    const received = [...held.shares.values()].flatMap((shares) => shares ?? []);
    expect(received).toHaveLength(8);
    const own = held.ownShares.filter((share) => share !== null);
    expect(own).toHaveLength(1);
    for (const secret of [...received, ...own, ...held.agreed.values(), held.suiteSeed])
      expect(all).toContain(secret);
    if ('dealt' in state)
      for (const share of [...state.dealt.values()].flatMap(({ shares }) => shares))
        expect(all).toContain(share);
  }
});
