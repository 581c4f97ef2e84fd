/**
 * A raw Diffie–Hellman output is no key: it is not uniform, it is the same in every session of two static keys, and the
 * same for sealing and masking. Here every key is HKDF of an agreement with the session, the roles and a label, and what
 * seals shares and what masks are two independent key pairs.
 *
 * The derivations are computed again from node:crypto and CBOR written by hand: nothing of crypto/ but X25519 is used.
 */
import { expect, test } from '@jest/globals';
import { hkdfSync } from 'node:crypto';
import { agree, maskKeyPair, shareKeyPair } from '../../crypto/key-agreement.js';
import { derivePairwiseMaskKey, deriveSelfMaskKey } from '../../crypto/mask-keys.js';
import { deriveShareKey } from '../../crypto/share-encryption.js';
import { maskingComplete } from '../../src/protocol/suites/masking-complete/index.js';
import { acceptAdvertiseKeys } from '../../src/protocol/coordinator/r0-advertise-keys.js';
import { advertiseKeysCodec } from '../../src/protocol/messages.js';
import { keysAt } from '../../src/protocol/shares.js';
import {
  altered,
  type AtR1,
  type AtR2,
  closeR0,
  closeR1,
  codeOf,
  coordinatorDeps,
  fill,
  participants,
  type Party,
  type Setup,
  setUp,
} from '../helpers/protocol.js';
import { maskJob } from '../helpers/protocol/job.js';

const hex = (...parts: readonly Uint8Array[]): string => Buffer.concat(parts).toString('hex');

/** CBOR of an array of texts and byte strings of 24 to 255 bytes or, for texts, also fewer than 24. */
function cbor(...items: readonly (string | Uint8Array)[]): Buffer {
  const head = (major: number, length: number): Buffer =>
    Buffer.from(length < 24 ? [major + length] : [major + 24, length]);
  const encoded = items.map((item) =>
    typeof item === 'string'
      ? Buffer.concat([head(0x60, item.length), Buffer.from(item, 'ascii')])
      : Buffer.concat([head(0x40, item.length), item]),
  );
  return Buffer.concat([head(0x80, items.length), ...encoded]);
}

const hkdf = (ikm: Uint8Array, salt: Uint8Array, info: Buffer, length: number): string =>
  Buffer.from(hkdfSync('sha256', ikm, salt, info, length)).toString('hex');

const [ctx, alice, bob] = [fill(7), fill(1), fill(2)] as const;
const ours = { c: shareKeyPair(fill(11)), s: maskKeyPair(fill(12)) };
const theirs = { c: shareKeyPair(fill(21)), s: maskKeyPair(fill(22)) };

test('C4 private keys are derived from their seeds under a label each', () => {
  const none = new Uint8Array();
  for (const seed of [fill(11), fill(12)]) {
    expect(hex(shareKeyPair(seed).privateKey)).toBe(hkdf(seed, none, cbor('blindsum/v1/share-key-seed'), 32));
    expect(hex(maskKeyPair(seed).privateKey)).toBe(hkdf(seed, none, cbor('blindsum/v1/mask-key-seed'), 32));
    // One seed for both would still be two unrelated pairs.
    expect(shareKeyPair(seed).publicKey).not.toEqual(maskKeyPair(seed).publicKey);
  }
});

test('C4 the key that seals shares is HKDF of the agreement, salted with the session, with both roles', () => {
  const agreed = agree(ours.c.privateKey, theirs.c.publicKey);
  const { key, nonce } = deriveShareKey({
    agreed,
    ctx,
    sender: alice,
    recipient: bob,
    senderKey: ours.c.publicKey,
    recipientKey: theirs.c.publicKey,
  });
  const info = cbor('blindsum/v1/share-key', alice, bob, ours.c.publicKey, theirs.c.publicKey);
  expect(hex(key, nonce)).toBe(hkdf(agreed, ctx, info, 44));
  expect([key.length, nonce.length]).toEqual([32, 12]);
  expect(key).not.toEqual(agreed);
});

test('C4 the keys of masks are HKDF of agreement or self-mask seed, with session, vector and both ends', () => {
  const agreed = agree(ours.s.privateKey, theirs.s.publicKey);
  const low = { identity: alice, publicKey: ours.s.publicKey };
  const high = { identity: bob, publicKey: theirs.s.publicKey };
  const pair = derivePairwiseMaskKey({ agreed, ctx, vector: 'counts', low, high });
  const info = cbor('blindsum/v1/pairwise-mask', 'counts', alice, bob, ours.s.publicKey, theirs.s.publicKey);
  expect(hex(pair.key, pair.nonce)).toBe(hkdf(agreed, ctx, info, 28));
  const own = deriveSelfMaskKey({ seed: fill(5), ctx, vector: 'counts', identity: alice });
  expect(hex(own.key, own.nonce)).toBe(
    hkdf(fill(5), ctx, cbor('blindsum/v1/self-mask', 'counts', alice), 28),
  );
  expect([pair.key.length, pair.nonce.length]).toEqual([16, 12]);
});

const everyone = [0, 1, 2, 3];
const setup = setUp(participants(4));
const r1 = closeR0(setup, everyone) as AtR1;
const r2 = closeR1(r1, everyone) as AtR2;
const { session } = r1.frozen;

test('C4 in a session no agreed secret, nor a part of one, is a key of anything', () => {
  const keys = r2.members.flatMap(({ position }) => {
    const { state } = r1.members[position] as AtR1['members'][number];
    const held = {
      self: position,
      suiteSeed: state.suiteSeed,
      agreed: state.agreed,
      ownShares: state.ownShares,
      shares: new Map(),
    };
    const { input } = setup.members[position] as Setup['members'][number];
    const job = maskingComplete.planUpload(session, r1.members[position]?.state.u1 as never, held, input);
    const streams = maskJob(job).vectors.flatMap((vector) => vector.streams);
    expect(streams).toHaveLength(4);
    return [...streams, ...state.incoming].map(({ key, nonce }) => hex(key, nonce));
  });
  const agreements = r1.members.flatMap(({ state }) => [...state.agreed.values()]);
  const channels = setup.members.flatMap(({ state }, self) =>
    everyone
      .filter((peer) => peer !== self)
      .map((peer) => agree(shareKeyPair(state.shareSeed).privateKey, keysAt(session, peer).shareKey)),
  );
  expect(agreements).toHaveLength(12);
  expect(channels).toHaveLength(12);
  const raw = [...agreements, ...channels, ...setup.members.map(({ state }) => state.maskSeed)];
  const pieces = raw
    .map((bytes) => hex(bytes))
    .flatMap((secret) => Array.from({ length: 25 }, (_, at) => secret.slice(2 * at, 2 * at + 16)));
  expect(pieces.filter((piece) => keys.some((key) => key.includes(piece)))).toEqual([]);
});

test('C4 the pair that seals and the pair that masks come from two draws, and agree on different secrets', () => {
  for (const { state } of setup.members) expect(state.shareSeed).not.toEqual(state.maskSeed);
  const { state } = setup.members[0] as Setup['members'][number];
  const sealing = agree(shareKeyPair(state.shareSeed).privateKey, keysAt(session, 1).shareKey);
  expect(r1.members[0]?.state.agreed.get(1)).not.toEqual(sealing);
});

test('C4 one key for both purposes is refused by the coordinator', () => {
  const attacker = participants(4)[1] as Party;
  const { record } = setup.members[1] as Setup['members'][number];
  const { maskKey } = advertiseKeysCodec.decode(record.signed.payload);
  const signed = altered(advertiseKeysCodec, record.signed, attacker, { shareKey: maskKey });
  const request = {
    sender: attacker.identity,
    signed,
    certificate: null,
    revoked: new Set<string>(),
    nowMs: 0,
  };
  expect(codeOf(() => acceptAdvertiseKeys(setup.header, request, coordinatorDeps))).toBe('DUPLICATE_KEY');
});
