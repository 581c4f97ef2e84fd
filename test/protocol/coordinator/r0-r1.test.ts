/** r0 and r1 of the coordinator: what it accepts and everything it refuses. */
import { describe, expect, test } from '@jest/globals';
import { concatBytes, toHex } from '../../../crypto/bytes.js';
import {
  acceptAdvertiseKeys,
  closeAdvertiseKeys,
  freeze,
  rosterEntries,
} from '../../../src/protocol/coordinator/r0-advertise-keys.js';
import { allSteps } from '../../../src/protocol/steps.js';
import { acceptShareKeys, closeShareKeys } from '../../../src/protocol/coordinator/r1-share-keys.js';
import { MAX_PACKET_BYTES } from '../../../src/protocol/suites/masking/sharing.js';
import { certificateCodec } from '../../../src/protocol/documents.js';
import { advertiseKeysCodec, shareKeysCodec } from '../../../src/protocol/messages.js';
import type { SharePacket } from '../../../src/protocol/shares.js';
import { type Signed, signBody } from '../../../src/protocol/signed.js';
import {
  altered,
  at,
  broken,
  codeOf,
  coordinatorDeps,
  organiser,
  type Party,
  replaced,
  resigned,
  setUp,
  type Setup,
  zeros,
} from '../../helpers/protocol.js';
import { commonRefusals, first, parties, r1, setup, stranger } from './session.js';

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
    const [entry] = allSteps(rosterEntries(enrolled.members.map(({ record }) => record)));
    expect(entry?.certificate).toEqual(certificate(first));
  });

  test('order of arrival changes nothing', () => {
    const records = setup.members.map(({ record }) => record);
    const reversed = [...records].reverse();
    expect(allSteps(closeAdvertiseKeys(setup.header, [], reversed, coordinatorDeps))).toEqual(
      allSteps(closeAdvertiseKeys(setup.header, [], records, coordinatorDeps)),
    );
    expect(allSteps(freeze(setup.header, allSteps(rosterEntries(reversed)), coordinatorDeps))).toEqual(
      r1.frozen,
    );
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
