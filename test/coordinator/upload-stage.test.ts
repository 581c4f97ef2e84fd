/** Uploads: in order, bounded, resumable, and counted once. */
import { describe, expect, test } from '@jest/globals';
import { MAX_CHUNK_BYTES } from '../../src/rpc/participant-api.js';
import { UploadStage } from '../../src/coordinator/upload-stage.js';
import { sha256 } from '../../crypto/hash.js';
import { DEFAULT_LIMITS } from '../../src/coordinator/shell.js';
import { manualClock, settle } from './manual-clock.js';
import type { TestParticipant } from './test-participant.js';
import { all, expectCode, expectSum, makeWorld, openSession, ROUND_MS, type Session, upTo } from './world.js';

const WAIT_MS = DEFAULT_LIMITS.uploadWaitMs;

const at = (session: Session, index: number) => session.members[index] as TestParticipant;

async function inR2(stageBudgetBytes?: number): Promise<Session> {
  const limits = stageBudgetBytes === undefined ? {} : { stageBudgetBytes };
  const session = await openSession(makeWorld({ limits }));
  await upTo(session, 'mask');
  await Promise.all(session.members.map((member) => member.prepareInput()));
  return session;
}

describe('an upload', () => {
  test('is taken strictly in order, and no more of it than the task says', async () => {
    const session = await inR2();
    const { api, r2 } = at(session, 0);
    const { id } = session;
    const { bytes } = r2.upload;
    await expectCode(api.putChunk(id, 0, bytes), 'OUT_OF_ORDER');
    await expectCode(api.commitUpload(id), 'OUT_OF_ORDER');
    expect(await api.beginUpload(id, r2.header)).toEqual({ nextOffset: 0 });
    expect(await api.putChunk(id, 0, bytes.subarray(0, 3))).toEqual({ nextOffset: 3 });
    await expectCode(api.putChunk(id, 0, bytes.subarray(0, 3)), 'OUT_OF_ORDER');
    await expectCode(api.putChunk(id, 4, bytes.subarray(4)), 'OUT_OF_ORDER');
    await expectCode(api.putChunk(id, 3, new Uint8Array(bytes.length - 2)), 'TOO_LARGE');
    await expectCode(api.putChunk(id, 3, new Uint8Array(MAX_CHUNK_BYTES + 1)), 'TOO_LARGE');
    await expectCode(api.commitUpload(id), 'OUT_OF_ORDER');
    expect(await api.beginUpload(id, r2.header)).toEqual({ nextOffset: 3 });
    expect(await api.putChunk(id, 3, bytes.subarray(3))).toEqual({ nextOffset: bytes.length });
    await api.commitUpload(id);
    await api.commitUpload(id);
    // Somebody who did not hear the answer asks again from the start.
    expect(await api.beginUpload(id, r2.header)).toEqual({ nextOffset: bytes.length });
    expect((await session.summary()).accepted.r2).toBe(1);
    for (const other of [1, 2, 3, 4]) await at(session, other).sendInput();
    await settle();
    await all(session, 'sign');
    await all(session, 'reveal');
    await expectSum(session, [0, 1, 2, 3, 4]);
  });

  test('with other bytes than its header signed is refused and must be sent again', async () => {
    const session = await inR2();
    const { api, r2 } = at(session, 0);
    const wrong = r2.upload.bytes.map((byte, index) => (index === 2 ? byte ^ 1 : byte));
    await api.beginUpload(session.id, r2.header);
    await api.putChunk(session.id, 0, wrong);
    await expectCode(api.commitUpload(session.id), 'DIGEST_MISMATCH');
    expect(await api.beginUpload(session.id, r2.header)).toEqual({ nextOffset: 0 });
    await at(session, 0).sendInput();
    expect((await session.summary()).accepted.r2).toBe(1);
  });

  test('without its commit does not count', async () => {
    const session = await inR2();
    const { api, r2 } = at(session, 0);
    await api.beginUpload(session.id, r2.header);
    await api.putChunk(session.id, 0, r2.upload.bytes);
    for (const other of [1, 2, 3, 4]) await at(session, other).sendInput();
    await session.world.clock.advance(ROUND_MS);
    expect((await session.summary()).u3).toHaveLength(4);
    await expectCode(api.commitUpload(session.id), 'LATE');
    await expectCode(api.putChunk(session.id, 0, r2.upload.bytes), 'LATE');
    await all(session, 'sign', [1, 2, 3, 4]);
    await all(session, 'reveal', [1, 2, 3, 4]);
    await expectSum(session, [1, 2, 3, 4]);
    // Acknowledged once means acknowledged for ever.
    const { api: other, r2: sent } = at(session, 1);
    await other.commitUpload(session.id);
    expect(await other.beginUpload(session.id, sent.header)).toEqual({
      nextOffset: sent.upload.bytes.length,
    });
  });

  test('finds no room while another is staged, but its header counts', async () => {
    const session = await inR2(10);
    const [first, second] = session.members as [TestParticipant, TestParticipant];
    expect(await first.api.beginUpload(session.id, first.r2.header)).toEqual({ nextOffset: 0 });
    const told = second.api.beginUpload(session.id, second.r2.header);
    await settle();
    await session.world.clock.advance(WAIT_MS);
    expect(await told).toEqual({ retryAfterMs: 1000 });
    await expectCode(second.api.putChunk(session.id, 0, new Uint8Array(1)), 'OUT_OF_ORDER');
    expect(await session.world.store.countRecords(session.id, 'r2')).toBe(2);
    await first.sendInput();
    expect(await second.api.beginUpload(session.id, second.r2.header)).toEqual({ nextOffset: 0 });
    // The second goes away: after a while it loses its place.
    await session.world.clock.advance(9_999 - WAIT_MS);
    const third = at(session, 2);
    const inVain = third.api.beginUpload(session.id, third.r2.header);
    await session.world.clock.advance(WAIT_MS);
    expect(await inVain).toEqual({ retryAfterMs: 1000 });
    await session.world.clock.advance(1);
    expect(await third.api.beginUpload(session.id, third.r2.header)).toEqual({ nextOffset: 0 });
    await expectCode(second.api.putChunk(session.id, 0, new Uint8Array(1)), 'OUT_OF_ORDER');
  });
});

describe('who finds no room', () => {
  const waiting = async () => {
    const session = await inR2(10);
    const begun: string[] = [];
    const begin = (index: number, signal?: AbortSignal) => {
      const { api, r2 } = at(session, index);
      const reply = api.beginUpload(session.id, r2.header, signal);
      reply.then(
        (given) => begun.push(`${index} ${JSON.stringify(given)}`),
        (error: Error & { code: string }) => begun.push(`${index} ${error.code}`),
      );
    };
    await at(session, 0).api.beginUpload(session.id, at(session, 0).r2.header);
    return { session, begun, begin };
  };

  test('waits in a line, and whose turn it is begins at once', async () => {
    const { session, begun, begin } = await waiting();
    for (const index of [1, 2]) {
      begin(index);
      await settle();
    }
    expect(begun).toEqual([]);
    await at(session, 0).sendInput();
    await settle();
    expect(begun).toEqual(['1 {"nextOffset":0}']);
    await at(session, 1).sendInput();
    await settle();
    expect(begun).toEqual(['1 {"nextOffset":0}', '2 {"nextOffset":0}']);
  });

  test('leaves the line with its call, and the next one is called', async () => {
    const { session, begun, begin } = await waiting();
    const gone = new AbortController();
    begin(1, gone.signal);
    await settle();
    begin(2);
    await settle();
    gone.abort();
    await settle();
    expect(begun).toEqual(['1 CANCELLED']);
    await at(session, 0).sendInput();
    await settle();
    expect(begun).toEqual(['1 CANCELLED', '2 {"nextOffset":0}']);
  });

  test('is told when the round ends meanwhile', async () => {
    const { session, begun, begin } = await waiting();
    begin(1);
    await settle();
    await session.world.coordinator.operator.cancelSession(session.id, '');
    await settle();
    expect(begun).toEqual(['1 LATE']);
  });
});

test('a sender that has to pause does not stand in the line', async () => {
  const clock = manualClock();
  const uploads = new UploadStage(clock, { budgetBytes: 100, idleMs: 1000 });
  uploads.begin('s', 'a', [100]);
  await clock.advance(1000);
  uploads.begin('s', 'b', [100]);
  await uploads.waitForRoom('a', WAIT_MS);
  expect(uploads.begin('s', 'a', [100])).toEqual({ retryAfterMs: 1000 });
});

test('digests are made as bytes come, part by part, and a buffer that is used again holds nothing of before', async () => {
  const uploads = new UploadStage(manualClock(), { budgetBytes: 100 });
  for (const seed of [1, 2]) {
    const bytes = Uint8Array.from({ length: 30 }, (_, index) => index * seed);
    uploads.begin('s', 'a', [7, 1, 22]);
    for (const [from, to] of [
      [0, 3],
      [3, 20],
      [20, 30],
    ] as const)
      uploads.append('s', 'a', from, bytes.subarray(from, to));
    await uploads.commit('s', 'a', async (whole) => {
      expect(whole.bytes).toEqual(bytes);
      expect(whole.digests).toEqual(
        [bytes.subarray(0, 7), bytes.subarray(7, 8), bytes.subarray(8)].map((part) => sha256(part)),
      );
    });
  }
});

describe('the stage', () => {
  const stage = (more = {}) => {
    const clock = manualClock();
    return { clock, uploads: new UploadStage(clock, { budgetBytes: 100, ...more }) };
  };

  test('always takes one upload, however large', () => {
    const { uploads } = stage();
    expect(uploads.begin('s', 'a', [1000])).toEqual({ nextOffset: 0 });
    expect(uploads.begin('s', 'b', [1])).toHaveProperty('retryAfterMs');
    uploads.dropSession('s');
    expect(uploads.stagedBytes).toBe(0);
    expect(uploads.begin('s', 'b', [60])).toEqual({ nextOffset: 0 });
    expect(uploads.begin('s', 'c', [40])).toEqual({ nextOffset: 0 });
    expect(uploads.begin('t', 'b', [1])).toHaveProperty('retryAfterMs');
    uploads.dropSession('s');
    uploads.clear();
  });

  test('drops somebody who trickles, but only when another needs the room', async () => {
    const { clock, uploads } = stage({ idleMs: 1000, minBytesPerSecond: 10 });
    uploads.begin('s', 'slow', [100]);
    for (let offset = 0; offset < 12; offset += 1) {
      await clock.advance(900);
      uploads.append('s', 'slow', offset, new Uint8Array(1));
    }
    // One byte pays for a tenth of a second.
    expect(uploads.begin('s', 'other', [50])).toEqual({ retryAfterMs: 1000 });
    await clock.advance(100);
    expect(uploads.begin('s', 'other', [50])).toEqual({ nextOffset: 0 });
    expect(() => uploads.append('s', 'slow', 12, new Uint8Array(1))).toThrow(/lost its place/);
  });

  test('keeps who sends as fast as it must', async () => {
    const { clock, uploads } = stage({ idleMs: 1000, minBytesPerSecond: 10 });
    uploads.begin('s', 'fair', [100]);
    for (let offset = 0; offset < 100; offset += 5) {
      await clock.advance(500);
      expect(uploads.begin('s', 'other', [50])).toEqual({ retryAfterMs: 1000 });
      uploads.append('s', 'fair', offset, new Uint8Array(5));
    }
  });

  test.each([
    ['asking for the offset again and again', 0],
    ['pieces without a byte', 0],
    ['what was sent fast at first', 99],
  ])('%s does not keep a place', async (how, first) => {
    const { clock, uploads } = stage({ idleMs: 1000, minBytesPerSecond: 10 });
    uploads.begin('s', 'holder', [100]);
    uploads.append('s', 'holder', 0, new Uint8Array(first));
    for (let times = 0; times < 4; times += 1) {
      await clock.advance(240);
      if (how.startsWith('asking')) expect(uploads.begin('s', 'holder', [100])).toEqual({ nextOffset: 0 });
      if (how.startsWith('pieces')) uploads.append('s', 'holder', 0, new Uint8Array(0));
      expect(uploads.begin('s', 'other', [50])).toEqual({ retryAfterMs: 1000 });
    }
    await clock.advance(40);
    expect(uploads.begin('s', 'other', [50])).toEqual({ nextOffset: 0 });
  });

  test('lets others go before who lost its place, in all sessions, longer each time, until an upload is done', async () => {
    const { clock, uploads } = stage({ idleMs: 1000 });
    const lose = async (): Promise<void> => {
      expect(uploads.begin('s', 'holder', [100])).toEqual({ nextOffset: 0 });
      await clock.advance(1000);
      expect(uploads.begin('s', 'other', [50])).toEqual({ nextOffset: 0 });
      uploads.dropSession('s');
    };
    for (const pauseMs of [1000, 2000, 4000, 8000, 16_000, 32_000, 32_000]) {
      await lose();
      expect(uploads.begin('s', 'holder', [100])).toEqual({ retryAfterMs: pauseMs });
      expect(uploads.begin('t', 'holder', [1])).toEqual({ retryAfterMs: pauseMs });
      await clock.advance(pauseMs - 1);
      expect(uploads.begin('t', 'holder', [1])).toEqual({ retryAfterMs: 1 });
      await clock.advance(1);
    }
    uploads.begin('s', 'holder', [1]);
    uploads.append('s', 'holder', 0, new Uint8Array(1));
    await uploads.commit('s', 'holder', async () => undefined);
    await lose();
    expect(uploads.begin('s', 'holder', [100])).toEqual({ retryAfterMs: 1000 });
  });

  test('counts places that were lost at once as one', async () => {
    const { clock, uploads } = stage({ idleMs: 1000 });
    for (const session of ['s', 't', 'u']) uploads.begin(session, 'holder', [30]);
    await clock.advance(1000);
    expect(uploads.begin('s', 'other', [50])).toEqual({ nextOffset: 0 });
    expect(uploads.begin('s', 'holder', [1])).toEqual({ retryAfterMs: 1000 });
  });

  test('keeps an upload whose commit failed for another reason than the upload', async () => {
    const { uploads } = stage();
    uploads.begin('s', 'a', [2]);
    uploads.append('s', 'a', 0, new Uint8Array(2));
    const down = uploads.commit('s', 'a', () => Promise.reject(new Error('the disk is full')));
    await expect(down).rejects.toThrow('the disk is full');
    expect(uploads.begin('s', 'a', [2])).toEqual({ nextOffset: 2 });
    expect(await uploads.commit('s', 'a', async ({ bytes }) => bytes.length)).toBe(2);
    expect(uploads.stagedBytes).toBe(0);
  });
});

test('staged bytes are freed when r2 closes', async () => {
  const session = await inR2(10);
  const { api, r2 } = at(session, 0);
  await api.beginUpload(session.id, r2.header);
  await session.world.clock.advance(ROUND_MS);
  expect((await session.summary()).phase).toBe('aborted');
  const next = await openSession(session.world, { taskId: session.taskId });
  await upTo(next, 'mask');
  const other = at(next, 1);
  await other.prepareInput();
  expect(await other.api.beginUpload(next.id, other.r2.header)).toEqual({ nextOffset: 0 });
});
