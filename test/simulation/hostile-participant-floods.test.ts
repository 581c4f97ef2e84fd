/**
 * Participants that send without end (attack B5): what is refused leaves nothing behind, and what is kept is bounded by
 * the task. The signatures are checked by the real function here: the tests' own one remembers what it has seen.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from '@jest/globals';
import { verifySignature } from '../../crypto/signature.js';
import { BlindsumError } from '../../src/protocol/errors.js';
import { advertiseKeysCodec, maskedInputCodec } from '../../src/protocol/messages.js';
import type { TestParticipant } from '../coordinator/test-participant.js';
import { all, makeWorld, openSession, type Session, upTo } from '../coordinator/world.js';
import { altered } from '../helpers/protocol.js';
import { junk } from './hostile-participant/forge.js';
import { keptBytes, mostBytes } from './hostile-participant/kept-bytes.js';
import { planOf } from './hostile-participant/play.js';
import { perform } from './hostile-participant/stage.js';

const HOSTILE = 1;
const HONEST = [0, 2, 3, 4];
const STEPS = ['join', 'share', 'mask', 'sign', 'reveal'] as const;

type Attempt = () => Promise<unknown>;

/** Requests that are refused, whatever the phase. */
function refusedRequests({ id, members }: Session): Attempt[] {
  const { api, party, deps, r0, r2 } = members[HOSTILE] as TestParticipant;
  const large = { payload: junk(60_000, 1), signature: junk(64, 1) };
  const resigned = { payload: junk(3000, 2), signature: deps.signer.sign(junk(3000, 2)) };
  const otherR0 = altered(advertiseKeysCodec, r0, party, { nonce: junk(32, 3) });
  const unknown = 'ab'.repeat(32);
  const requests: Attempt[] = [];
  for (const message of [large, resigned]) {
    requests.push(
      () => api.advertiseKeys(id, message, message),
      () => api.shareKeys(id, message, [{ position: 0, ciphertext: junk(9000, 1), leaves: [junk(40, 1)] }]),
      () => api.beginUpload(id, message),
      () => api.commitUpload(unknown),
      () => api.answerComplaint(id, message, [junk(9000, 1), junk(9000, 2)]),
      () => api.consistency(id, message),
      () => api.unmask(id, message, [junk(60_000, 1)]),
      () => api.advertiseKeys(unknown, message, null),
    );
  }
  requests.push(
    () => api.advertiseKeys(id, otherR0, null),
    () => api.putChunk(id, 1e9, junk(60_000, 4)),
    () => api.getShares(unknown),
    () => api.getTask(unknown),
  );
  if (r2 !== undefined) {
    const header = altered(maskedInputCodec, r2.header, party, { u2: junk(32, 1) });
    requests.push(() => api.beginUpload(id, header));
  }
  return requests;
}

/** @returns how many were refused; fails for one that was not, or not with a code */
async function flood(session: Session, times: number): Promise<number> {
  let refused = 0;
  const attempts = refusedRequests(session);
  for (let round = 0; round < times; round += 1) {
    for (const [at, attempt] of attempts.entries()) {
      const error: unknown = await attempt().then(
        () => new Error(`request ${at} was accepted`),
        (reason: unknown) => reason,
      );
      if (!(error instanceof BlindsumError) || error.code === 'INTERNAL') throw error;
      refused += 1;
    }
  }
  return refused;
}

const setUp = (): Promise<Session> => openSession(makeWorld({ verify: verifySignature }));

describe('requests that are refused', () => {
  test.each(STEPS)('leave nothing in the store before %s, nor after it', async (step) => {
    const session = await setUp();
    const { store } = session.world;
    await upTo(session, step);
    if (step !== 'join') expect(await session.phase()).not.toBe('r0');
    else await all(session, 'join', [HOSTILE]);
    const before = await keptBytes(store, session.id);
    expect(await flood(session, 10)).toBeGreaterThan(150);
    expect(await keptBytes(store, session.id)).toBe(before);
    // And nobody is disturbed by it.
    await all(session, step, step === 'join' ? HONEST : undefined);
    const after = await keptBytes(store, session.id);
    await flood(session, 5);
    expect(await keptBytes(store, session.id)).toBe(after);
  });

  test('leave nothing in memory', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const session = await setUp();
    await upTo(session, 'mask');
    await all(session, 'mask', [HOSTILE]);
    const used = async (): Promise<number> => {
      // Twice: memory of arrays is swept beside what runs, and what one collection found is gone by the next.
      for (let count = 0; count < 2; count += 1) {
        await new Promise((resolve) => setImmediate(resolve));
        collect();
      }
      const { heapUsed, arrayBuffers } = process.memoryUsage();
      return heapUsed + arrayBuffers;
    };
    await flood(session, 20);
    const before = await used();
    const refused = await flood(session, 100);
    const grown = (await used()) - before;
    expect(refused).toBeGreaterThan(1500);
    // What a request leaves would be 3 kB at least, and mostly 60 kB.
    expect(grown).toBeLessThan(refused * 300);
  });

  test('and watches that are given up leave no timer and no listener', async () => {
    const session = await setUp();
    await upTo(session, 'share');
    const { api } = session.members[HOSTILE] as TestParticipant;
    const { clock } = session.world;
    const pending = clock.pending;
    for (let count = 0; count < 200; count += 1) {
      const stop = new AbortController();
      const events = api.watchSession(session.id, stop.signal)[Symbol.asyncIterator]();
      await events.next();
      const waiting = events.next();
      stop.abort();
      await waiting;
    }
    expect(clock.pending).toBe(pending);
  });
});

test('what hostile participants make the store keep is bounded by the task', async () => {
  const everything = planOf(
    { r1: { main: 'longest-packet', victims: 255 }, r2: { main: 'all-complaints' } },
    'fits',
  );
  const hostile = { 0: everything, 1: everything, 2: everything, 3: everything, 4: everything };
  const seen = await perform({ n: 5, colluders: 1, hostile });
  const kept = await keptBytes(seen.store, seen.row.id);
  expect(seen.row.statements.u2).toBeDefined();
  // Every packet is as long as it may be.
  expect(kept).toBeGreaterThan(20 * 8192);
  expect(kept).toBeLessThan(mostBytes(5, 2));
  await seen.store.close();
});
