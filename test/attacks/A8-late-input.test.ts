/**
 * A8: a masked input that arrives after its sender was declared dropped. By then the others have revealed its mask key, so
 * all masks it shares with them can be taken off. What is left is the mask of b, which nobody reveals for a dropped
 * participant. A late upload gets in nowhere, and a participant that was passed over sends nothing more.
 */
import { afterEach, expect, test } from '@jest/globals';
import { agree, maskKeyPair } from '../../crypto/key-agreement.js';
import { addInto, reduceBits, subtractInto, unpackBits } from '../../crypto/masked-vector.js';
import { fillKeystream } from '../../crypto/prg.js';
import { reconstructSecret } from '../../crypto/secret-sharing.js';
import type { MaskStream } from '../../crypto/mask-engine/types.js';
import { requireRound } from '../../src/coordinator/outcome.js';
import { unmaskCodec } from '../../src/protocol/messages.js';
import { pairwiseStream, selfStream } from '../../src/protocol/suites/masking/masks.js';
import { sharePoint } from '../../src/protocol/suites/masking/sharing.js';
import { keysAt } from '../../src/protocol/shares.js';
import type { ParticipantApi } from '../../src/rpc/participant-api.js';
import { createMemoryStore } from '../../src/storage/memory.js';
import { recording, type Sent } from '../client/helpers/transports.js';
import { makeWorld as makeClients, valuesOf, type World } from '../client/helpers/world.js';
import { all, expectCode, expectSum, makeWorld, openSession, ROUND_MS, upTo } from '../coordinator/world.js';
import * as rows from '../storage/fixtures.js';
import { at } from '../helpers/protocol.js';
import { r1, r2, r4, setup, SURVIVORS, toRoster } from './helpers/scenario.js';

// --------------------------------------------------------------------------- what the upload of a dropped one reveals

/** Position 4, whose upload reaches the coordinator after all, but too late. */
const LATE = 4;
const { session } = r1.frozen;
const late = at(r2.members, LATE);

/** The share of `LATE`'s secrets in each helper's r4, its kind beside it. */
const revealed = r4.members.map(({ position, send }) => ({
  point: sharePoint(position),
  kind: unmaskCodec.decode(send.r4.payload).kinds[LATE],
  share: at(send.shares, LATE),
}));

function without(streams: readonly MaskStream[]): Uint32Array {
  const values = unpackBits(late.send.upload.bytes, 16, 5);
  const mask = new Uint32Array(values.length);
  for (const { key, nonce, sign } of streams) {
    fillKeystream({ key, nonce, from: 0, out: mask });
    if (sign === 1) subtractInto(values, mask);
    else addInto(values, mask);
  }
  reduceBits(values, 16);
  return values;
}

test('A8 with all that others revealed, a late upload is still masked by b', () => {
  const seed = reconstructSecret({ shares: revealed, threshold: 4 });
  const { privateKey, publicKey } = maskKeyPair(seed);
  expect(publicKey).toEqual(keysAt(session, LATE).maskKey);
  const pairwise = SURVIVORS.map((peer) =>
    pairwiseStream(session, 'counts', LATE, peer, agree(privateKey, keysAt(session, peer).maskKey)),
  );
  const input = at(at(setup.members, LATE).input, 0);
  expect(without(pairwise)).not.toEqual(input);
  // With b it would be bare: the others' masks did come off.
  const own = selfStream(session, 'counts', LATE, at(r1.members, LATE).state.suiteSeed);
  expect(without([...pairwise, own])).toEqual(input);
});

test('A8 nobody reveals b of who dropped out', () => {
  expect(revealed.map(({ kind }) => kind)).toEqual(SURVIVORS.map(() => 2));
  const dealt = at(r1.members, LATE).state.dealt;
  const sharesOfB = SURVIVORS.map((holder) => (dealt.get(holder)?.shares[1] as Uint8Array).join());
  const sent = r4.members.flatMap(({ send }) => send.shares.map((share) => share.join()));
  expect(sent.filter((share) => sharesOfB.includes(share))).toEqual([]);
});

// ------------------------------------------------------------------------------------------- it gets in nowhere

test('A8 a late upload is refused in every later round, and the sum is that of the survivors', async () => {
  const running = await openSession(makeWorld());
  await upTo(running, 'mask');
  await all(running, 'mask', SURVIVORS);
  const sender = at(running.members, LATE);
  await sender.prepareInput();
  // The header is in, and half of the bytes.
  const { api, r2: upload } = sender;
  await api.beginUpload(running.id, upload.header);
  await api.putChunk(running.id, 0, upload.upload.bytes.subarray(0, 4));
  await running.world.clock.advance(ROUND_MS);
  expect(await running.phase()).toBe('r3');
  const tryAll = async (): Promise<void> => {
    await expectCode(api.putChunk(running.id, 4, upload.upload.bytes.subarray(4)), 'LATE');
    await expectCode(api.commitUpload(running.id), 'LATE');
    await expectCode(api.beginUpload(running.id, upload.header), 'LATE');
  };
  await tryAll();
  await all(running, 'sign', SURVIVORS);
  await tryAll();
  await all(running, 'reveal', SURVIVORS);
  await tryAll();
  await expectSum(running, SURVIVORS);
});

test('A8 after the deadline nothing is taken, though the round was not closed yet', () => {
  const row = rows.sessionRow('a task', { phase: 'r2', phaseDeadlineMs: 1000 });
  requireRound(row, 'r2', 999);
  expect(() => requireRound(row, 'r2', 1000)).toThrow(expect.objectContaining({ code: 'LATE' }));
  const next = { ...row, phase: 'r3' as const };
  expect(() => requireRound(next, 'r2', 999)).toThrow(expect.objectContaining({ code: 'LATE' }));
});

test('A8 an upload that is being committed while U3 is stated is not in the sum', async () => {
  const store = createMemoryStore();
  const row = await rows.openSession(store, { phase: 'r2' });
  const sums = rows.adder(3);
  const commit = (sender: number) => {
    const { signed } = rows.record({ kind: 'r2', sender: rows.party(sender) });
    const upload = rows.tally(sender, 3);
    return store.commitInput(row.id, { sender: rows.party(sender), signed, upload }, sums);
  };
  for (const sender of [1, 2])
    await store.putRecord(row.id, 'r2', rows.record({ kind: 'r2', sender: rows.party(sender) }));
  expect(await commit(1)).toBe('stored');
  await store.transition(row.id, rows.from(row), rows.change({ to: 'r3' }));
  expect(await commit(2)).toBe('late');
  expect(await store.putRecord(row.id, 'r2', rows.record({ kind: 'r2', sender: rows.party(0) }))).toBe(
    'late',
  );
  expect(rows.tallied(await store.readSum(row.id, sums))).toEqual([rows.party(1)]);
  await store.close();
});

// --------------------------------------------------------------------------------- and its sender does not send it

let made: World | undefined;
afterEach(async () => {
  await made?.stop();
  made = undefined;
});

test('A8 a participant that is told that r2 is over does not send its masked input', async () => {
  made = await makeClients();
  const sent: Sent[] = [];
  const api = recording(made.api(0), sent);
  // To this one participant r2 is over before it began.
  const transport: ParticipantApi = new Proxy(api, {
    get: (target, name) =>
      name === 'watchSession'
        ? async function* (id: string, signal: AbortSignal) {
            for await (const event of target.watchSession(id, signal))
              yield event.phase === 'r2' ? { ...event, phase: 'r3' as const } : event;
          }
        : (Reflect.get(target, name) as unknown),
  });
  const contribute = (index: number, overrides = {}): Promise<unknown> =>
    (made as World)
      .client(index, overrides)
      .contribute({ task: (made as World).taskId, vectors: { counts: valuesOf(index) } });
  const first = contribute(0, { transport });
  const others = [contribute(1), contribute(2)].map((other) => other.catch(() => undefined));
  const id = await made.open();
  await expect(first).rejects.toMatchObject({ code: 'LATE', fault: 'self' });
  expect(sent.map(({ method }) => method)).toEqual(['advertiseKeys', 'shareKeys']);
  await made.coordinator.operator.cancelSession(id, 'end of test');
  await Promise.all(others);
});

test('A8 a roster that is held back is too old by the participant’s own clock: no shares are dealt', () => {
  expect(toRoster({ ...r1.message, nowMs: 1000 })).toBe(null);
  expect(toRoster({ ...r1.message, nowMs: 1001 })).toBe('STALE_ROSTER');
});
