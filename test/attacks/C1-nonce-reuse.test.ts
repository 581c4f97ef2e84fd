/**
 * Two messages under one AES-GCM key and nonce, or two vectors under one keystream, give away the difference of the two
 * and more. So a key serves one message: it follows from session, direction and both ends.
 */
import { expect, test } from '@jest/globals';
import { concatBytes, toHex } from '../../crypto/bytes.js';
import { agree, shareKeyPair } from '../../crypto/key-agreement.js';
import { derivePairwiseMaskKey, deriveSelfMaskKey } from '../../crypto/mask-keys.js';
import { fillKeystream, STREAM_COORDINATES } from '../../crypto/prg.js';
import { deriveShareKey, openShares } from '../../crypto/share-encryption.js';
import { shareKeys } from '../../src/protocol/client/r1-share-keys.js';
import { shareAad } from '../../src/protocol/shares.js';
import { BlindsumError } from '../../src/protocol/errors.js';
import { makeWorld, sumOf, valuesOf } from '../client/helpers/world.js';
import { intercept } from '../client/helpers/transports.js';
import { type AtR1, closeR0, fill, must, participants, setUp } from '../helpers/protocol.js';

const hex = ({ key, nonce }: { key: Uint8Array; nonce: Uint8Array }): string =>
  toHex(concatBytes(key, nonce));
const count = (texts: readonly string[]): number => new Set(texts).size;

/** What reuse would need: the same key and the same nonce. */
function expectDistinct(keys: readonly { key: Uint8Array; nonce: Uint8Array }[]): void {
  expect(count(keys.map(hex))).toBe(keys.length);
  expect(count(keys.map(({ key }) => toHex(key)))).toBe(keys.length);
}

test('C1 a share key is of one session, one direction and one pair of keys', () => {
  const own = shareKeyPair(fill(1));
  const peer = shareKeyPair(fill(2));
  const input = {
    agreed: agree(own.privateKey, peer.publicKey),
    ctx: fill(3),
    sender: fill(4),
    recipient: fill(5),
    senderKey: own.publicKey,
    recipientKey: peer.publicKey,
  };
  expectDistinct(
    [
      input,
      { ...input, ctx: fill(9) },
      { ...input, sender: fill(9) },
      { ...input, recipient: fill(9) },
      { ...input, senderKey: fill(9) },
      { ...input, recipientKey: fill(9) },
      { ...input, sender: input.recipient, recipient: input.sender },
      { ...input, senderKey: input.recipientKey, recipientKey: input.senderKey },
    ].map(deriveShareKey),
  );
});

test('C1 a keystream masks one vector of one pair, or of one participant, in one session', () => {
  const low = { identity: fill(1), publicKey: fill(9) };
  const high = { identity: fill(2), publicKey: fill(8) };
  const pair = { agreed: fill(3), ctx: fill(4), vector: 'counts', low, high };
  const own = { seed: fill(3), ctx: fill(4), vector: 'counts', identity: fill(1) };
  expectDistinct([
    ...[
      pair,
      { ...pair, ctx: fill(5) },
      { ...pair, vector: 'sums' },
      { ...pair, low: { ...low, identity: fill(0) } },
      { ...pair, low: { ...low, publicKey: fill(7) } },
      { ...pair, high: { ...high, identity: fill(3) } },
      { ...pair, high: { ...high, publicKey: fill(7) } },
    ].map(derivePairwiseMaskKey),
    ...[own, { ...own, ctx: fill(5) }, { ...own, vector: 'sums' }, { ...own, identity: fill(2) }].map(
      deriveSelfMaskKey,
    ),
  ]);
});

test('C1 a keystream ends before its counter begins again', () => {
  const stream = { key: fill(1, 16), nonce: fill(2, 12) };
  const last = { ...stream, from: STREAM_COORDINATES - 4, out: new Uint32Array(4) };
  const first = { ...stream, from: 0, out: new Uint32Array(4) };
  fillKeystream(last);
  fillKeystream(first);
  expect(last.out).not.toEqual(first.out);
  const beyond = { ...stream, from: STREAM_COORDINATES - 4, out: new Uint32Array(8) };
  expect(() => fillKeystream(beyond)).toThrow(/^out: ends beyond/);
  expect(beyond.out).toEqual(new Uint32Array(8));
});

const everyone = [0, 1, 2, 3];
const rounds = ['one', 'two'].map((seed) => closeR0(setUp(participants(4), { seed }), everyone) as AtR1);

test('C1 in two sessions of the same four, no two packets are sealed under one key', () => {
  const keys = rounds.flatMap(({ members }) => members.flatMap(({ state }) => state.incoming));
  expect(keys).toHaveLength(2 * 4 * 3);
  expectDistinct(keys);
});

test('C1 a recipient’s key opens the one packet sealed for it and no other', () => {
  const opened = rounds.flatMap(({ members }) =>
    members.flatMap(({ state, position }) =>
      state.incoming.flatMap(({ key, nonce, position: dealer }) =>
        rounds.flatMap((other) =>
          other.members.flatMap(({ send, position: from }) =>
            send.packets
              .filter(({ ciphertext }) => ciphertext.length > 0)
              .filter(({ ciphertext }) => {
                const aad = shareAad(state.session, dealer, position);
                return openShares({ key, nonce, aad, ciphertext }) !== null;
              })
              .map((packet) => ({ dealer, position, from, to: packet.position })),
          ),
        ),
      ),
    ),
  );
  expect(opened).toHaveLength(2 * 4 * 3);
  for (const { dealer, position, from, to } of opened) expect([from, to]).toEqual([dealer, position]);
});

test('C1 a client that has to repeat r1 sends the bytes of its latch, whatever roster it is shown then', async () => {
  const world = await makeWorld();
  try {
    const sent: string[] = [];
    let rosters = 0;
    const transport = intercept(world.api(0), async (method, args, call) => {
      if (method === 'getRoster') rosters += 1;
      if (method !== 'shareKeys') return await call();
      const [, signed, packets] = args as [string, { payload: Uint8Array }, { ciphertext: Uint8Array }[]];
      sent.push(toHex(concatBytes(signed.payload, ...packets.map(({ ciphertext }) => ciphertext))));
      // Once it never arrives, once the answer is lost.
      if (sent.length > 1) await call();
      if (sent.length > 2) return undefined;
      throw new BlindsumError('UNREACHABLE', 'environment', 'the line is down');
    });
    const runs = world.parties.map((_, index) =>
      world
        .client(index, index === 0 ? { transport } : {})
        .contribute({ task: world.taskId, vectors: { counts: valuesOf(index) } }),
    );
    await world.open();
    const [first] = await Promise.all(runs);
    expect(first?.sum.counts).toEqual(sumOf([0, 1, 2]));
    expect(sent).toHaveLength(3);
    expect(count(sent)).toBe(1);
    expect(rosters).toBe(1);
  } finally {
    await world.stop();
  }
});

test('C1 r1 computed again from the same state would seal other shares under the same key: hence the latch', () => {
  const [{ setup, message, members }] = rounds as [AtR1, AtR1];
  const { state, deps } = setup.members[0] as (typeof setup.members)[number];
  const again = must(shareKeys(state, message, deps));
  const before = members[0]?.send.packets[1]?.ciphertext;
  expect(again.send.packets[1]?.ciphertext).not.toEqual(before);
  expect(again.state.incoming).toEqual(members[0]?.state.incoming);
  // So the shell wipes, once r1 is latched, what it was made from.
  expect(again.wipe).toEqual(expect.arrayContaining([state.shareSeed, state.maskSeed]));
});
