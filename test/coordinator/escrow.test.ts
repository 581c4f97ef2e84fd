// What an auditor computes a sum from again: kept only where that is configured, handed out only on record, gone with a purge.
import { expect, test } from '@jest/globals';
import { concatBytes, equalBytes, fromHex, toHex } from '../../crypto/bytes.js';
import { type CborValue, decodeCanonical } from '../../crypto/canonical.js';
import { sha256 } from '../../crypto/hash.js';
import { merkleRoot } from '../../crypto/merkle.js';
import { maskedInputCodec, shareKeysCodec, unmaskCodec } from '../../src/protocol/messages.js';
import type { RecordKind } from '../../src/storage/port.js';
import { storeWith } from '../helpers/store-with.js';
import { all, expectCode, JOIN_MS, makeWorld, openSession, ROUND_MS, type Session, upTo } from './world.js';

async function escrowOf({ world, id }: Session): Promise<[string, ...CborValue[]][]> {
  const items: [string, ...CborValue[]][] = [];
  for await (const item of world.coordinator.operatorAs('dpo').exportEscrow(id))
    items.push(decodeCanonical(item) as [string, ...CborValue[]]);
  return items;
}

/** Of five: one shares and then vanishes, one vanishes after its upload. */
async function withDropouts(session: Session): Promise<void> {
  await all(session, 'join');
  await all(session, 'share');
  await all(session, 'mask', [0, 1, 2, 4]);
  await session.world.clock.advance(ROUND_MS);
  await all(session, 'sign', [0, 1, 2, 4]);
  await all(session, 'reveal', [0, 1, 2, 4]);
  expect(await session.phase()).toBe('closed');
}

test('the dealt shares of U2, the uploads of U3, the revealed shares: each is what its sender signed', async () => {
  const session = await openSession(makeWorld({ escrow: true }));
  await withDropouts(session);
  const [first, ...items] = await escrowOf(session);
  expect(first).toEqual(['blindsum/v1/escrow', fromHex(session.id)]);
  const positions = (kind: string) =>
    items.filter((item) => item[0] === kind).map(([, position]) => position);
  expect(items.map(([kind]) => kind).filter((kind, at, kinds) => kind !== kinds[at - 1])).toEqual([
    ...['dealer', 'upload', 'shares'],
  ]);
  expect(positions('dealer')).toEqual([0, 1, 2, 3, 4]);
  expect([...new Set(positions('upload'))]).toEqual([0, 1, 2, 4]);
  expect(positions('shares')).toEqual([0, 1, 2, 4]);

  const order = [...session.members].map(({ party }) => toHex(party.identity)).sort();
  const payloads = async (kind: RecordKind) =>
    new Map(
      (await session.world.store.readRecords(session.id, kind)).map(({ sender, signed }) => [
        order.indexOf(sender),
        signed.payload,
      ]),
    );
  const [r1, r2, r4] = [await payloads('r1'), await payloads('r2'), await payloads('r4')];
  const uploads = new Map<number, Uint8Array[]>();
  for (const [kind, position, ...rest] of items as [string, number, ...CborValue[]][]) {
    if (kind === 'dealer') {
      const [entries] = rest as [Uint8Array];
      const split = order.map((_, at) => entries.subarray(at * 96, at * 96 + 96));
      const { shareRoot } = shareKeysCodec.decode(r1.get(position) as Uint8Array);
      expect([entries.length, toHex(merkleRoot(split))]).toEqual([5 * 96, toHex(shareRoot)]);
    } else if (kind === 'upload') {
      const [offset, bytes] = rest as [number, Uint8Array];
      const pieces = uploads.get(position) ?? [];
      expect(offset).toBe(pieces.reduce((sum, piece) => sum + piece.length, 0));
      uploads.set(position, [...pieces, bytes]);
    } else {
      const [shares] = rest as [Uint8Array[]];
      const signed = unmaskCodec.decode(r4.get(position) as Uint8Array).shares;
      expect(equalBytes(sha256(concatBytes(...shares)), signed)).toBe(true);
    }
  }
  for (const [position, pieces] of uploads) {
    const [digest] = maskedInputCodec.decode(r2.get(position) as Uint8Array).digests;
    expect(toHex(sha256(...pieces))).toBe(toHex(digest as Uint8Array));
  }
});

test('a long upload comes in pieces, end to end', async () => {
  const upload = Uint8Array.from({ length: 1_200_000 }, (_, at) => at % 251);
  const readUpload = async () => upload;
  const session = await openSession(makeWorld({ wrap: (store) => storeWith(store, { readUpload }) }));
  await upTo(session, 'end');
  const pieces = (await escrowOf(session)).filter(([kind, position]) => kind === 'upload' && position === 3);
  expect(pieces.map(([, , offset, bytes]) => [offset, (bytes as Uint8Array).length])).toEqual([
    [0, 524_288],
    [524_288, 524_288],
    [1_048_576, 151_424],
  ]);
  const whole = concatBytes(...pieces.map(([, , , bytes]) => bytes as Uint8Array));
  expect(toHex(sha256(whole))).toBe(toHex(sha256(upload)));
});

test('nothing is kept unless the coordinator is told to, of no session that has no sum, and nothing after a purge', async () => {
  const kept = async (session: Session): Promise<boolean[]> =>
    Promise.all(
      session.members.map(async ({ party }) => {
        return (await session.world.store.readUpload(session.id, toHex(party.identity))) !== null;
      }),
    );
  const without = await openSession(makeWorld());
  await upTo(without, 'end');
  expect(await kept(without)).toEqual(Array(5).fill(false));
  expect((await expectCode(escrowOf(without), 'BAD_CONFIG')).message).toContain('`escrow: on`');

  const world = makeWorld({ escrow: true });
  const session = await openSession(world);
  await upTo(session, 'reveal');
  await expectCode(escrowOf(session), 'WRONG_ROUND');
  await all(session, 'reveal');
  expect(await kept(session)).toEqual(Array(5).fill(true));
  await world.coordinator.operator.purgeSession(session.id, { aggregate: false });
  expect(await kept(session)).toEqual(Array(5).fill(false));
  await expectCode(escrowOf(session), 'LATE');

  const aborted = await openSession(world, { taskId: session.taskId });
  await world.clock.advance(JOIN_MS * 2);
  expect(await aborted.phase()).toBe('aborted');
  await expectCode(escrowOf(aborted), 'WRONG_ROUND');
  await expectCode(escrowOf({ ...session, id: '00'.repeat(32) }), 'UNKNOWN_SESSION');
});

test('it is on record who was given what before the first byte leaves; without a record nothing does', async () => {
  let isDown = false;
  const world = makeWorld({
    escrow: true,
    wrap: (store) =>
      storeWith(store, {
        recordAction: (action) => (isDown ? Promise.reject(new Error('full')) : store.recordAction(action)),
      }),
  });
  const session = await openSession(world);
  await upTo(session, 'end');
  const recorded = async () =>
    (await world.coordinator.operator.listActions({ limit: 9 })).map(({ actor, action, subject, detail }) => [
      ...[actor, action, subject, detail.outcome],
    ]);
  const export1 = world.coordinator.operatorAs('dpo').exportEscrow(session.id)[Symbol.asyncIterator]();
  await export1.next();
  expect(await recorded()).toEqual([['dpo', 'ExportEscrow', session.id, 'done']]);
  await export1.return?.();
  await expectCode(escrowOf({ ...session, id: '00'.repeat(32) }), 'UNKNOWN_SESSION');
  expect((await recorded())[0]).toEqual(['dpo', 'ExportEscrow', '00'.repeat(32), 'UNKNOWN_SESSION']);
  isDown = true;
  await expectCode(escrowOf(session), 'STORE_FAILED');
});
