/**
 * With a public key of low order the agreed secret is zero, whatever the private key: everybody knows it. With two names
 * for one key, one key passes for two. Such keys are refused in the agreement, by the coordinator in r0 and by every
 * participant in a roster, because the coordinator may be the one who sends them.
 */
import { expect, jest, test } from '@jest/globals';
import { backend as node } from '../../crypto/backend/node.js';
import { backend as portable } from '../../crypto/backend/portable.js';
import { toHex } from '../../crypto/bytes.js';
import { maskKeyPair } from '../../crypto/key-agreement.js';
import { isAcceptableIdentity, verifySignature } from '../../crypto/signature.js';
import { acceptAdvertiseKeys, rosterEntries } from '../../src/protocol/coordinator/r0-advertise-keys.js';
import { allSteps } from '../../src/protocol/steps.js';
import { shareKeys } from '../../src/protocol/client/r1-share-keys.js';
import { advertiseKeysCodec } from '../../src/protocol/messages.js';
import { type Signed, signedHash } from '../../src/protocol/signed.js';
import { implementations } from '../crypto/implementations.js';
import {
  altered,
  codeOf,
  coordinatorDeps,
  type Party,
  participants,
  replaced,
  type Setup,
  setUp,
  statedRoster,
} from '../helpers/protocol.js';

const P = 2n ** 255n - 19n;
const BIT_255 = 2n ** 255n;
/** u-coordinates of the two points of order 8 on the curve. */
const EIGHTH = [
  325606250916557431795983626356110631294008115727848805560023387167927233504n,
  39382357235489614581723060781553021112529911719440698176882885853963445705823n,
];

const littleEndian = (value: bigint): Uint8Array =>
  Uint8Array.from({ length: 32 }, (_, i) => Number((value >> BigInt(8 * i)) & 255n));

const LOW = [0n, 1n, P - 1n, ...EIGHTH];
const ALIASES = [P, P + 1n, ...LOW.map((u) => u + BIT_255), P + BIT_255, P + 1n + BIT_255];
const own = maskKeyPair(new Uint8Array(32).fill(3));
/** A good key by a second name. */
const goodAliases = [9n + P, 9n + BIT_255, 18n + P].map(littleEndian);
const secondName = own.publicKey.map((byte, i) => (i === 31 ? byte | 0x80 : byte));
const WEAK = [...LOW, ...ALIASES].map(littleEndian);
const REFUSED = [...WEAK, ...goodAliases, secondName];

test('C3 the points of this test are what it says: every one of them agrees to zero', () => {
  for (const point of WEAK) {
    for (const backend of [node, portable]) {
      const agreed = backend.x25519(own.privateKey)(point);
      expect(agreed === null || agreed.every((byte) => byte === 0)).toBe(true);
    }
  }
});

test.each(implementations)(
  'C3 low-order and non-canonical keys are refused in every agreement (%s)',
  (_, c) => {
    for (const key of REFUSED) {
      expect([toHex(key), c.isAcceptablePublicKey(key)]).toEqual([toHex(key), false]);
      expect(() => c.agree(own.privateKey, key)).toThrow(c.KeyAgreementError);
    }
    for (const good of [9n, P - 2n].map(littleEndian)) {
      expect(c.isAcceptablePublicKey(good)).toBe(true);
      expect(c.agree(own.privateKey, good).some((byte) => byte !== 0)).toBe(true);
    }
  },
);

test.each([
  ['zeros', new Uint8Array(32)],
  ['nothing', null],
])('C3 an agreement that comes out as %s is refused, whatever the backend makes of it', async (_, output) => {
  jest.resetModules();
  jest.unstable_mockModule('#crypto-backend', () => ({
    backend: { ...node, x25519: () => () => output?.slice() ?? null },
  }));
  const lenient = await import('../../crypto/key-agreement.js');
  expect(() => lenient.agree(own.privateKey, littleEndian(9n))).toThrow(lenient.KeyAgreementError);
});

const parties = participants(4);
const setup = setUp(parties);
const attacker = parties[1] as Party;

/** The attacker's r0 with another key, properly signed. */
const r0With = (changes: { shareKey: Uint8Array } | { maskKey: Uint8Array }): Signed =>
  altered(
    advertiseKeysCodec,
    (setup.members[1] as Setup['members'][number]).record.signed,
    attacker,
    changes,
  );
const FIELDS = ['shareKey', 'maskKey'] as const;

test('C3 the coordinator refuses such keys in r0', () => {
  for (const field of FIELDS) {
    for (const key of REFUSED) {
      const signed = r0With({ [field]: key } as { shareKey: Uint8Array });
      const request = {
        sender: attacker.identity,
        signed,
        certificate: null,
        revoked: new Set<string>(),
        nowMs: 0,
      };
      expect(codeOf(() => acceptAdvertiseKeys(setup.header, request, coordinatorDeps))).toBe('WEAK_KEY');
    }
  }
});

test('C3 a participant that finds one in a roster refuses the session', () => {
  const entries = allSteps(rosterEntries(setup.members.map(({ record }) => record)));
  const { state, deps } = setup.members[0] as Setup['members'][number];
  const shown = (r0: Signed | null) => {
    const entry = entries[1] as (typeof entries)[number];
    const changed = r0 === null ? entry : { ...entry, r0, r0Hash: signedHash(r0) };
    return codeOf(() => shareKeys(state, statedRoster(setup, replaced(entries, 1, changed)), deps));
  };
  expect(shown(null)).toBeNull();
  for (const field of FIELDS) {
    for (const key of REFUSED)
      expect(shown(r0With({ [field]: key } as { shareKey: Uint8Array }))).toBe('WEAK_KEY');
  }
});

test('C3 an identity of small order, under which anybody can sign anything, is none', () => {
  // The y-coordinates of the points of order 1, 2, 4 and 8; and each with the sign bit.
  const orderEight = [
    '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
    'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  ].map((hex) => Uint8Array.from(Buffer.from(hex, 'hex')));
  const small = [...[1n, P - 1n, 0n].map(littleEndian), ...orderEight];
  for (const key of small) {
    expect(isAcceptableIdentity(key)).toBe(false);
    expect(isAcceptableIdentity(key.map((byte, i) => (i === 31 ? byte | 0x80 : byte)))).toBe(false);
  }
  // With the neutral element as key, R = neutral element and S = 0 "sign" every message.
  const neutral = littleEndian(1n);
  const signature = new Uint8Array(64);
  signature.set(neutral, 0);
  expect(node.ed25519Verify(neutral, new Uint8Array(5), signature)).toBe(true);
  expect(verifySignature(neutral, new Uint8Array(5), signature)).toBe(false);
});
