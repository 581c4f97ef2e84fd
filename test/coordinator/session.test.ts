/** Whole sessions through the services: sums, early closing, deadlines, whoever vanishes, restarts. */
import { describe, expect, test } from '@jest/globals';
import { toHex } from '../../crypto/bytes.js';
import { createReferenceEngine } from '../../crypto/mask-engine/reference.js';
import { merkleRoot } from '../../crypto/merkle.js';
import { setCodec, resultCodec } from '../../src/protocol/statements.js';
import type { Job } from '../../src/protocol/suite.js';
import { settle } from './manual-clock.js';
import {
  all,
  expectSum,
  exported,
  JOIN_MS,
  makeWorld,
  openSession,
  reconnect,
  ROUND_MS,
  upTo,
  type World,
} from './world.js';
import { maskJob } from '../helpers/protocol/job.js';

const EVERYONE = [0, 1, 2, 3, 4];

describe('a session in which all answer', () => {
  test.each([3, 4, 5])('of %i gives the exact sum, without waiting for any deadline', async (count) => {
    const world = makeWorld();
    const session = await openSession(world, { count });
    const begun = world.clock.now();
    const phases = [];
    for (const step of ['join', 'share', 'mask', 'sign', 'reveal'] as const) {
      phases.push(await session.phase());
      await all(session, step);
    }
    expect(phases).toEqual(['r0', 'r1', 'r2', 'r3', 'r4']);
    expect(world.clock.now()).toBe(begun);
    await expectSum(session, EVERYONE.slice(0, count));
    for (const member of session.members) expect((await member.aggregate()).survivors).toBe(count);
  });

  test('with several vectors and weights', async () => {
    const world = makeWorld();
    const vector = { name: 'counts', length: 7, bits: 18, scale: 2, clip: 100, weighted: true };
    const vectors = [vector, { ...vector, name: 'more', length: 3, weighted: false }];
    const session = await openSession(world, { task: { vectors, maxWeight: 100 } });
    await upTo(session, 'end');
    await expectSum(session, EVERYONE);
  });

  test('works with another suite', async () => {
    const world = makeWorld();
    const session = await openSession(world, { task: { suite: 'test/plain' } });
    await upTo(session, 'end');
    await expectSum(session, EVERYONE);
  });

  test('leaves a log in which every statement names the tree before it', async () => {
    const world = makeWorld();
    const session = await openSession(world);
    await upTo(session, 'end');
    const [, ...leaves] = await exported(session);
    // Task and opening, r0…r4 of five, and U1, U2, U3, result.
    expect(leaves).toHaveLength(2 + 25 + 4);
    const row = await world.store.getSession(session.id);
    expect(row?.tree).toEqual({ size: leaves.length, root: merkleRoot(leaves) });
    for (const kind of ['u1', 'u2', 'u3', 'result'] as const) {
      const { payload } = row?.statements[kind] as { payload: Uint8Array };
      const { size, root } = (kind === 'result' ? resultCodec : setCodec).decode(payload);
      expect(toHex(root)).toBe(toHex(merkleRoot(leaves.slice(0, size))));
    }
  });

  test('logs neither payloads nor shares', async () => {
    const world = makeWorld();
    const session = await openSession(world);
    await upTo(session, 'end');
    const text = JSON.stringify(world.logged);
    expect(world.logged.length).toBeGreaterThan(4);
    expect(text.length).toBeLessThan(2000);
    for (const { r4 } of session.members)
      for (const share of r4.shares) expect(text).not.toContain(toHex(share));
  });

  test('wipes the mask keys of its last job', async () => {
    const engine = createReferenceEngine();
    const jobs: Job[] = [];
    const run: typeof engine.run = (job, options) => {
      jobs.push(job);
      return engine.run(job, options);
    };
    const session = await openSession(makeWorld({ engine: { ...engine, run } }));
    await upTo(session, 'end');
    await expectSum(session, EVERYONE);
    const keys = jobs.flatMap((job) =>
      maskJob(job).vectors.flatMap(({ streams }) => streams.map(({ key }) => key)),
    );
    expect(keys).toHaveLength(5);
    expect(keys.every((key) => key.every((byte) => byte === 0))).toBe(true);
  });

  test('sends everything twice, at once and later', async () => {
    const world = makeWorld();
    const session = await openSession(world);
    await Promise.all(session.members.flatMap((member) => [member.join(), member.join()]));
    await settle();
    await Promise.all(session.members.map((member) => member.prepareShares()));
    await Promise.all(session.members.flatMap((member) => [member.sendShares(), member.sendShares()]));
    await settle();
    await Promise.all(session.members.map((member) => member.prepareInput()));
    for (const member of session.members) {
      await member.sendInput();
      await member.sendInput();
      await Promise.all([member.api.commitUpload(session.id), member.sendInput()]);
    }
    await settle();
    await Promise.all(session.members.map((member) => member.prepareConsistency()));
    await Promise.all(
      session.members.flatMap((member) => [member.sendConsistency(), member.sendConsistency()]),
    );
    await settle();
    await Promise.all(session.members.map((member) => member.prepareUnmask()));
    await Promise.all(session.members.flatMap((member) => [member.sendUnmask(), member.sendUnmask()]));
    await settle();
    for (const member of session.members) {
      await member.join();
      await member.sendShares();
      await member.sendInput();
      await member.sendConsistency();
      await member.sendUnmask();
    }
    await expectSum(session, EVERYONE);
  });
});

describe('somebody vanishes', () => {
  const STEPS = ['join', 'share', 'mask', 'sign', 'reveal'] as const;

  test.each(STEPS)('before %s: the others wait until the deadline, and no longer', async (gone) => {
    const world = makeWorld();
    const session = await openSession(world);
    const rest = [0, 1, 2, 3];
    for (const step of STEPS) {
      const isGone = STEPS.indexOf(step) >= STEPS.indexOf(gone);
      const before = await session.phase();
      await all(session, step, isGone ? rest : EVERYONE);
      if (step === gone) {
        const deadline = step === 'join' ? JOIN_MS : ROUND_MS;
        expect(await session.phase()).toBe(before);
        await world.clock.advance(deadline - 1);
        expect(await session.phase()).toBe(before);
        await world.clock.advance(1);
      }
      expect(await session.phase()).not.toBe(before);
    }
    // Whoever uploaded is in the sum, also when it vanished afterwards.
    await expectSum(session, ['sign', 'reveal'].includes(gone) ? EVERYONE : rest);
  });

  test('before r3: the round of r4 does not wait for it again', async () => {
    const world = makeWorld();
    const session = await openSession(world);
    await upTo(session, 'sign');
    await all(session, 'sign', [0, 1, 2, 3]);
    await world.clock.advance(ROUND_MS);
    const begun = world.clock.now();
    await all(session, 'reveal', [0, 1, 2, 3]);
    expect(world.clock.now()).toBe(begun);
    await expectSum(session, EVERYONE);
  });

  test.each([
    ['join', 'TOO_FEW_PARTICIPANTS'],
    ['share', 'TOO_FEW_SURVIVORS'],
    ['mask', 'TOO_FEW_SURVIVORS'],
    ['sign', 'NO_QUORUM'],
    ['reveal', 'TOO_FEW_SHARES'],
  ] as const)('more than the task tolerates before %s: abort %s', async (gone, code) => {
    const world = makeWorld();
    const session = await openSession(world);
    await upTo(session, gone);
    await all(session, gone, [0, 1, 2]);
    await world.clock.advance(JOIN_MS);
    const { phase, abort } = await session.summary();
    expect(phase).toBe('aborted');
    expect(abort).toEqual({ code, message: expect.any(String), blamed: [] });
    const outcome = await session.members[0]?.api.getOutcome(session.id);
    expect(outcome?.result).toBeNull();
    expect(outcome?.abort).not.toBeNull();
  });

  test('nobody at all came', async () => {
    const world = makeWorld();
    const session = await openSession(world);
    await world.clock.advance(JOIN_MS);
    expect((await session.summary()).abort?.code).toBe('TOO_FEW_PARTICIPANTS');
  });
});

describe('a coordinator that is restarted', () => {
  test.each(['join', 'share', 'mask', 'sign', 'reveal'] as const)(
    'in the middle of %s goes on',
    async (at) => {
      const world = makeWorld();
      const session = await openSession(world);
      await upTo(session, at);
      await all(session, at, [0, 1]);
      await world.restart();
      reconnect(session);
      await all(session, at, [2, 3, 4]);
      const steps = ['join', 'share', 'mask', 'sign', 'reveal'] as const;
      for (const step of steps.slice(steps.indexOf(at) + 1)) await all(session, step);
      await expectSum(session, EVERYONE);
    },
  );

  test('after a deadline passed closes the round with what is there', async () => {
    const world = makeWorld();
    const session = await openSession(world);
    await all(session, 'join', [0, 1, 2, 3]);
    await world.coordinator.stop();
    expect(world.clock.pending).toBe(0);
    await world.clock.advance(JOIN_MS * 3);
    expect(await session.phase()).toBe('r0');
    await world.restart();
    await settle();
    expect(await session.phase()).toBe('r1');
  });

  test('loses a staged upload, which is sent again', async () => {
    const world = makeWorld();
    const session = await openSession(world);
    await upTo(session, 'mask');
    const [first] = session.members;
    await Promise.all(session.members.map((member) => member.prepareInput()));
    await first?.api.beginUpload(session.id, first.r2.header);
    await first?.api.putChunk(session.id, 0, first.r2.upload.bytes.subarray(0, 4));
    await world.restart();
    reconnect(session);
    expect(await first?.api.beginUpload(session.id, first.r2.header)).toEqual({ nextOffset: 0 });
    await Promise.all(session.members.map((member) => member.sendInput()));
    await settle();
    await all(session, 'sign');
    await all(session, 'reveal');
    await expectSum(session, EVERYONE);
  });
});

test('two coordinators over one store serve one session', async () => {
  const world: World = makeWorld();
  const other = makeWorld({ store: world.store, clock: world.clock });
  const session = await openSession(world);
  await other.coordinator.start();
  session.members.forEach((member, at) => {
    if (at % 2 === 0) return;
    const caller = { identity: member.party.identity, certificate: null };
    Object.assign(member, { api: other.coordinator.participant(caller) });
  });
  await upTo(session, 'end');
  await expectSum(session, EVERYONE);
  await other.stop();
});
