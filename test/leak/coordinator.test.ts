/**
 * What the coordinator's process receives in a whole session, over TLS, with dropouts before every round: every byte of
 * every request, after decryption. No window of 16 bytes of anybody's vector is in it, in any form, and no secret but
 * the shares that r4 is to reveal. The same search finds all vectors when the session runs the suite that sums in the
 * clear, and finds the public values and the revealed shares here: it is not blind.
 */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { maskKeyPair, shareKeyPair } from '../../crypto/key-agreement.js';
import { type DealtShare, DRAW, type Recorded, recordSession } from './recorded-session.js';
import { numberForms, textForms, vectorForms } from './representations.js';
import { WindowIndex } from './window-index.js';

const PARTICIPANTS = 12; // n_C = 3, q = 8
const SIZE = { participants: PARTICIPANTS, length: 400, bits: 24, seed: 'leak' };
const DROPOUT = { r1: 1, r2: 1, r3: 1, r4: 1 };

const labels = (index: WindowIndex, recording: Uint8Array): string[] =>
  index
    .find(recording)
    .map(({ label }) => label)
    .sort();

function vectorIndex({ vectors, values }: Recorded, bits: number): WindowIndex {
  const index = new WindowIndex();
  vectors.forEach((vector, participant) => {
    for (const { form, bytes } of [...vectorForms(vector, bits), ...numberForms(values[participant] ?? [])])
      index.add(`vector of ${participant}, ${form}`, bytes);
  });
  return index;
}

const nameOf = ({ dealer, holder, kind }: DealtShare): string => `${kind} of ${dealer} for ${holder}`;

/** The rule of r4: of a survivor shares of b, of somebody who dropped after r1 shares of s, from those who answered. */
function isToBeRevealed({ dealer, holder, kind }: DealtShare, { u2, u3, helpers }: Recorded): boolean {
  return helpers.has(holder) && u2.has(dealer) && (kind === 'selfMask') === u3.has(dealer);
}

describe('masking/complete', () => {
  let session: Recorded;
  beforeAll(async () => {
    session = await recordSession({ suite: 'masking/complete', dropout: DROPOUT, ...SIZE });
  });

  test('the session is what it should be: four dropped, the sum is exact', () => {
    expect(session.report).toMatchObject({
      exact: true,
      survivors: PARTICIPANTS - 2,
      dropped: { r0: 0, ...DROPOUT },
    });
    expect(session.received.length).toBeGreaterThan(PARTICIPANTS * 1200);
    expect([session.u2.size, session.u3.size, session.helpers.size]).toEqual([11, 10, 8]);
  });

  test('no window of 16 bytes of any vector, packed or not', () => {
    const index = vectorIndex(session, SIZE.bits);
    expect(index.size).toBeGreaterThan(100_000);
    expect(labels(index, session.received)).toEqual([]);
  });

  test('nothing that a participant drew at random but its nonce; so neither s nor b of anybody', () => {
    const index = new WindowIndex();
    session.draws.forEach((drawn, participant) => {
      drawn.forEach((bytes, number) => index.add(`draw ${number} of ${participant}`, bytes));
    });
    // Public by design, and the proof that the recording holds what they sent.
    const nonces = session.draws.map((_, participant) => `draw ${DRAW.nonce} of ${participant}`).sort();
    expect(labels(index, session.received)).toEqual(nonces);
  });

  test('no private key, no agreed secret, no key of a mask, in no spelling', () => {
    const index = new WindowIndex();
    for (const { label, bytes } of [...session.privateKeys, ...session.maskSecrets])
      for (const { bytes: spelled } of textForms(bytes)) index.add(label, spelled);
    expect(session.privateKeys).toHaveLength(3 * PARTICIPANTS);
    expect(session.maskSecrets.length).toBeGreaterThan(10 * 10);
    expect(labels(index, session.received)).toEqual([]);
  });

  test('control: the public keys of the same seeds are there', () => {
    const index = new WindowIndex();
    session.draws.forEach((drawn, participant) => {
      index.add(`c ${participant}`, shareKeyPair(drawn[DRAW.shareSeed] as Uint8Array).publicKey);
      index.add(`s ${participant}`, maskKeyPair(drawn[DRAW.maskSeed] as Uint8Array).publicKey);
    });
    expect(index.find(session.received)).toHaveLength(2 * PARTICIPANTS);
  });

  test('of all shares exactly those that r4 is to reveal', () => {
    const index = new WindowIndex();
    for (const share of session.shares) index.add(nameOf(share), share.share);
    const revealed = session.shares.filter((share) => isToBeRevealed(share, session));
    // 8 helpers answer for 10 survivors and for the one who dropped between r1 and r2.
    expect(revealed).toHaveLength(8 * 10 + 8 * 1);
    expect(session.shares.length).toBeGreaterThan(2 * revealed.length);
    expect(labels(index, session.received)).toEqual(revealed.map(nameOf).sort());
  });

  test('of nobody shares of both secrets', () => {
    const kinds = new Map<string, Set<string>>();
    for (const share of session.shares.filter((dealt) => isToBeRevealed(dealt, session)))
      kinds.set(share.dealer, (kinds.get(share.dealer) ?? new Set()).add(share.kind));
    expect([...kinds.values()].map(({ size }) => size)).toEqual(Array.from({ length: 11 }, () => 1));
  });
});

test('control: with the suite that sums in the clear every survivor’s vector is found', async () => {
  const session = await recordSession({ suite: 'test/plain', ...SIZE, dropout: { r2: 2 } });
  expect(session.report).toMatchObject({ exact: true, survivors: PARTICIPANTS - 2 });
  const found = vectorIndex(session, SIZE.bits).find(session.received);
  const packed = found.filter(({ label }) => label.endsWith('packed at bit 0'));
  expect(packed).toHaveLength(PARTICIPANTS - 2);
});
