import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { implementations } from './implementations.js';

const fill = (byte: number, length = 32) => new Uint8Array(length).fill(byte);

describe.each(implementations)('share encryption (%s)', (_name, c) => {
  const sender = c.shareKeyPair(fill(1));
  const recipient = c.shareKeyPair(fill(2));
  const roles = {
    ctx: fill(3),
    sender: fill(4),
    recipient: fill(5),
    senderKey: sender.publicKey,
    recipientKey: recipient.publicKey,
  };
  const sealing = { ...roles, agreed: c.agree(sender.privateKey, recipient.publicKey) };
  const opening = { ...roles, agreed: c.agree(recipient.privateKey, sender.publicKey) };

  test('what the sender seals the recipient opens', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.uint8Array({ maxLength: 60 }), (plaintext, aad) => {
        const ciphertext = c.sealShares({ ...c.deriveShareKey(sealing), aad, plaintext });
        expect(ciphertext.length).toBe(plaintext.length + 16);
        expect(c.openShares({ ...c.deriveShareKey(opening), aad, ciphertext })).toEqual(plaintext);
      }),
      { numRuns: 20 },
    );
  });

  test('the key is the documented HKDF, and depends on every role', () => {
    const key = c.deriveShareKey(sealing);
    const output = c.hkdfSha256({
      ikm: c.agree(sender.privateKey, recipient.publicKey),
      salt: roles.ctx,
      info: c.encodeCanonical([
        c.LABEL.shareKey,
        roles.sender,
        roles.recipient,
        roles.senderKey,
        roles.recipientKey,
      ]),
      length: 44,
    });
    expect(c.concatBytes(key.key, key.nonce)).toEqual(output);
    const others = [
      { ...sealing, ctx: fill(9) },
      { ...sealing, sender: roles.recipient, recipient: roles.sender },
      { ...sealing, senderKey: roles.recipientKey, recipientKey: roles.senderKey },
      { ...sealing, sender: fill(9) },
      { ...sealing, recipient: fill(9) },
    ].map((input) => c.toHex(c.deriveShareKey(input).key));
    expect(new Set([...others, c.toHex(key.key)]).size).toBe(6);
  });

  test('both keys at once are those of either direction', () => {
    const { there, back } = c.deriveShareKeys(sealing);
    expect(there).toEqual(c.deriveShareKey(sealing));
    expect(back).toEqual(
      c.deriveShareKey({
        ...sealing,
        sender: sealing.recipient,
        recipient: sealing.sender,
        senderKey: sealing.recipientKey,
        recipientKey: sealing.senderKey,
      }),
    );
    expect(back).not.toEqual(there);
  });

  test('one changed bit anywhere, a wrong key, nonce or AAD: null', () => {
    const key = c.deriveShareKey(sealing);
    const [aad, plaintext] = [fill(7, 20), fill(8, 70)];
    const ciphertext = c.sealShares({ ...key, aad, plaintext });
    for (let bit = 0; bit < ciphertext.length * 8; bit += 1) {
      const changed = ciphertext.slice();
      changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(c.openShares({ ...key, aad, ciphertext: changed })).toBeNull();
    }
    for (let length = 0; length < ciphertext.length; length += 1) {
      expect(c.openShares({ ...key, aad, ciphertext: ciphertext.slice(0, length) })).toBeNull();
    }
    expect(c.openShares({ ...key, aad: fill(7, 21), ciphertext })).toBeNull();
    expect(c.openShares({ ...key, key: fill(1), aad, ciphertext })).toBeNull();
    expect(c.openShares({ ...key, nonce: fill(1, 12), aad, ciphertext })).toBeNull();
    expect(c.openShares({ ...key, aad, ciphertext: 'no' as never })).toBeNull();
  });

  test('wrong lengths name the argument', () => {
    expect(() => c.deriveShareKey({ ...sealing, agreed: fill(0, 31) })).toThrow(/^agreed: /);
    expect(() => c.deriveShareKey({ ...sealing, ctx: fill(0, 31) })).toThrow(/^ctx: /);
    expect(() => c.deriveShareKey({ ...sealing, senderKey: fill(0, 31) })).toThrow(/^senderKey: /);
    const key = c.deriveShareKey(sealing);
    expect(() => c.sealShares({ ...key, key: fill(0, 16), aad: fill(0), plaintext: fill(0) })).toThrow(
      /^key: /,
    );
    expect(() => c.sealShares({ ...key, nonce: fill(0, 16), aad: fill(0), plaintext: fill(0) })).toThrow(
      /^nonce: /,
    );
    expect(() => c.openShares({ ...key, aad: 'x' as never, ciphertext: fill(0) })).toThrow(/^aad: /);
  });
});
