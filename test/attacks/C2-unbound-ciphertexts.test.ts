/**
 * A ciphertext that is bound to nothing can be moved: to another session, roster, sender or recipient. Here the AAD binds
 * all of them, and the plaintext names both ends again. The key binds most of it, too; so the AAD is tested under one
 * and the same key, as if that derivation had failed.
 */
import { expect, test } from '@jest/globals';
import { concatBytes } from '../../crypto/bytes.js';
import { agree, shareKeyPair } from '../../crypto/key-agreement.js';
import { deriveShareKey, openShares, sealShares } from '../../crypto/share-encryption.js';
import { planMaskedInput } from '../../src/protocol/client/r2-masked-input.js';
import { maskedInputCodec } from '../../src/protocol/messages.js';
import {
  decodeShares,
  encodeShares,
  identityAt,
  keysAt,
  shareAad,
  type SharePacket,
} from '../../src/protocol/shares.js';
import { implementations } from '../crypto/implementations.js';
import {
  type AtR1,
  type AtR2,
  closeR0,
  closeR1,
  codeOf,
  dealerOf,
  fill,
  must,
  participants,
  replaced,
  resigned,
  setUp,
  sharesMessage,
} from '../helpers/protocol.js';

const everyone = [0, 1, 2, 3];
const parties = participants(4);
const at = closeR0(setUp(parties), everyone) as AtR1;
const { session } = at.frozen;

test('C2 a packet opens under no other context, roster, sender or recipient, though the key were the same', () => {
  const key = { key: fill(1), nonce: fill(2, 12) };
  const plaintext = encodeShares(session, 0, 1, [fill(3), fill(4)]);
  const ciphertext = sealShares({ ...key, aad: shareAad(session, 0, 1), plaintext });
  const opened = (aad: Uint8Array): Uint8Array | null => openShares({ ...key, aad, ciphertext });
  expect(opened(shareAad(session, 0, 1))).toEqual(plaintext);
  expect(opened(shareAad({ ...session, ctx: fill(9) }, 0, 1))).toBeNull();
  expect(opened(shareAad({ ...session, rosterRoot: fill(9) }, 0, 1))).toBeNull();
  expect(opened(shareAad(session, 2, 1))).toBeNull();
  expect(opened(shareAad(session, 0, 2))).toBeNull();
  expect(opened(shareAad(session, 1, 0))).toBeNull();
  expect(opened(new Uint8Array())).toBeNull();
});

test.each(implementations)('C2 the %s backend authenticates ciphertext, tag and AAD', (_, c) => {
  const key = { key: fill(1), nonce: fill(2, 12) };
  const [aad, plaintext] = [fill(3, 40), fill(4, 80)];
  const ciphertext = c.sealShares({ ...key, aad, plaintext });
  expect(c.openShares({ ...key, aad, ciphertext })).toEqual(plaintext);
  expect(c.openShares({ ...key, aad: aad.subarray(1), ciphertext })).toBeNull();
  expect(c.openShares({ ...key, aad: new Uint8Array(), ciphertext })).toBeNull();
  for (const place of [0, 79, 80, 95]) {
    const bent = ciphertext.slice();
    bent[place] = (bent[place] as number) ^ 1;
    expect(c.openShares({ ...key, aad, ciphertext: bent })).toBeNull();
  }
  // McGrew and Viega's test case 16 for AES-256-GCM: the tag is over the AAD, too.
  const known = {
    key: c.fromHex('feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308'),
    nonce: c.fromHex('cafebabefacedbaddecaf888'),
    aad: c.fromHex('feedfacedeadbeeffeedfacedeadbeefabaddad2'),
    plaintext: c.fromHex(
      'd9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525' +
        'b16aedf5aa0de657ba637b39',
    ),
  };
  expect(c.toHex(c.sealShares(known)).slice(-32)).toBe('76fc6ece0f4e1768cddf8853bb2d551b');
});

test('C2 a plaintext says from whom it is and for whom', () => {
  const shares = [fill(3), fill(4)];
  const read = (bytes: Uint8Array): Uint8Array[] | null => decodeShares(session, 0, 1, bytes, 2);
  expect(read(encodeShares(session, 0, 1, shares))).toEqual(shares);
  expect(read(encodeShares(session, 2, 1, shares))).toBeNull();
  expect(read(encodeShares(session, 0, 2, shares))).toBeNull();
  expect(read(encodeShares(session, 1, 0, shares))).toBeNull();
  expect(read(encodeShares(session, 0, 1, shares).subarray(1))).toBeNull();
});

/** Dealer 0 seals for participant 1 a plaintext that names other ends, or under other AAD, and signs that. */
function dealtWith(
  seal: (shares: readonly Uint8Array[]) => { plaintext: Uint8Array; aad: Uint8Array },
): AtR2 {
  const dealer = at.setup.members[0] as (typeof at.setup.members)[number];
  const r1 = at.members[0] as AtR1['members'][number];
  const shares = r1.state.dealt.get(1)?.shares as readonly Uint8Array[];
  const keys = shareKeyPair(dealer.state.shareSeed);
  const channel = deriveShareKey({
    agreed: agree(keys.privateKey, keysAt(session, 1).shareKey),
    ctx: session.ctx,
    sender: identityAt(session, 0),
    recipient: identityAt(session, 1),
    senderKey: keys.publicKey,
    recipientKey: keysAt(session, 1).shareKey,
  });
  const ciphertext = sealShares({ ...channel, ...seal(shares) });
  const packets = replaced(r1.send.packets, 1, { ...(r1.send.packets[1] as SharePacket), ciphertext });
  const honest = closeR1(at, everyone) as AtR2;
  const forged = dealerOf(0, resigned(r1.send, dealer.party, packets));
  return { ...honest, dealers: replaced(honest.dealers, 0, forged) };
}

/** Whom participant 1 complains about, as positions. */
function complaintsOf(r2: AtR2): number[] {
  const { setup, members } = at;
  const { input, scope, deps } = setup.members[1] as (typeof setup.members)[number];
  const state = (members[1] as AtR1['members'][number]).state;
  const planned = must(planMaskedInput(state, sharesMessage(r2, 1), input, scope.roundingSeed, deps));
  return planned.state.complaints.map(({ dealer }) =>
    everyone.findIndex((position) => identityAt(session, position).every((byte, i) => byte === dealer[i])),
  );
}

test('C2 in a session the right shares under wrong names or wrong AAD are a complaint', () => {
  const aad = shareAad(session, 0, 1);
  const named = (from: number, to: number) => (shares: readonly Uint8Array[]) => ({
    aad,
    plaintext: encodeShares(session, from, to, shares),
  });
  expect(complaintsOf(dealtWith(named(0, 1)))).toEqual([]);
  expect(complaintsOf(dealtWith(named(2, 1)))).toEqual([0]);
  expect(complaintsOf(dealtWith(named(0, 2)))).toEqual([0]);
  const unbound = (other: Uint8Array) =>
    dealtWith((shares) => ({ aad: other, plaintext: encodeShares(session, 0, 1, shares) }));
  expect(complaintsOf(unbound(new Uint8Array()))).toEqual([0]);
  expect(complaintsOf(unbound(shareAad(session, 0, 2)))).toEqual([0]);
  expect(complaintsOf(unbound(concatBytes(aad, aad)))).toEqual([0]);
});

test('C2 a packet that the coordinator moves to another recipient or dealer is refused before it is opened', () => {
  const r2 = closeR1(at, everyone) as AtR2;
  const { setup, members } = at;
  const { input, scope, deps } = setup.members[1] as (typeof setup.members)[number];
  const { state } = members[1] as AtR1['members'][number];
  const honest = sharesMessage(r2, 1);
  const others = sharesMessage(r2, 2);
  const [first, second] = honest.deliveries as [never, never];
  for (const deliveries of [
    replaced(honest.deliveries, 0, others.deliveries[0] as never),
    replaced(honest.deliveries, 0, {
      ...(first as object),
      ciphertext: (second as SharePacket).ciphertext,
    } as never),
  ]) {
    const code = codeOf(() =>
      planMaskedInput(state, { ...honest, deliveries }, input, scope.roundingSeed, deps),
    );
    expect(code).toBe('MISSING_SHARES');
  }
  expect(maskedInputCodec.decode(r2.members[1]?.send.header.payload as Uint8Array).complaints).toEqual([]);
});
