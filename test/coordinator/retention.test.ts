// What is deleted after a session's end, by the operator or by the time that was set; and what everybody is told then.
import { describe, expect, test } from '@jest/globals';
import { toHex } from '../../crypto/bytes.js';
import { readOutcome } from '../../src/operator/outcome.js';
import { coordinator as coordinatorParty } from '../helpers/protocol.js';
import {
  all,
  expectCode,
  expectSum,
  exported,
  makeWorld,
  openSession,
  type Session,
  upTo,
  type World,
} from './world.js';

const HOUR_MS = 3_600_000;
const everybody = [0, 1, 2, 3, 4];

/** Attachments of the records that hold shares. */
async function shares({ world, id }: Session): Promise<number> {
  const records = await Promise.all(
    (['r1', 'answer', 'r4'] as const).map((kind) => world.store.readRecords(id, kind)),
  );
  return records.flat().filter(({ attachment }) => attachment !== null).length;
}

const transcriptOf = async (session: Session): Promise<string[]> => (await exported(session)).map(toHex);

async function outcomeOf({ world, id, taskId }: Session) {
  const { operator } = world.coordinator;
  const { task } = await operator.getTask(taskId);
  return readOutcome(task, await operator.getOutcome(id), coordinatorParty.identity);
}

describe('purging by the operator', () => {
  test('shares go; transcript, result and aggregate stay', async () => {
    const session = await openSession(makeWorld());
    const { operator } = session.world.coordinator;
    await upTo(session, 'reveal');
    await expectCode(operator.purgeSession(session.id, { aggregate: false }), 'WRONG_ROUND');
    await expectCode(operator.purgeSession('00'.repeat(32), { aggregate: false }), 'UNKNOWN_SESSION');
    await all(session, 'reveal');
    expect(await shares(session)).toBe(10);
    const [transcript, outcome] = [await transcriptOf(session), await outcomeOf(session)];
    expect((await session.summary()).purgedMs).toBe(0);

    await operator.purgeSession(session.id, { aggregate: false });
    await operator.purgeSession(session.id, { aggregate: false });
    expect(await shares(session)).toBe(0);
    expect((await session.summary()).purgedMs).toBe(session.world.clock.now());
    expect(await transcriptOf(session)).toEqual(transcript);
    expect(await outcomeOf(session)).toEqual(outcome);
    await expectSum(session, everybody);
    const api = session.world.coordinator.participant({
      identity: session.members[0]!.party.identity,
      certificate: null,
    });
    await expectCode(api.getSignatures(session.id), 'LATE');
    await expectCode(api.getShares(session.id), 'LATE');
  });

  test('with the aggregate: everybody is told that it was deleted, and how the session ended', async () => {
    const session = await openSession(makeWorld());
    const { operator } = session.world.coordinator;
    await upTo(session, 'end');
    await operator.purgeSession(session.id, { aggregate: true });
    const told = await expectCode(outcomeOf(session), 'LATE');
    expect(told.message).toBe('the session closed with 5 survivors, and its aggregate was deleted since');
    const api = session.world.coordinator.participant({
      identity: session.members[0]!.party.identity,
      certificate: null,
    });
    expect((await api.getOutcome(session.id)).result).not.toBeNull();
    const refused = await expectCode(api.getAggregate(session.id), 'LATE');
    expect(refused.message).toBe('the operator has deleted the aggregate of this session');
  });
});

describe('retention', () => {
  async function closedAndOpen(world: World) {
    const closed = await openSession(world);
    await upTo(closed, 'end');
    const open = await openSession(world, { taskId: closed.taskId });
    await upTo(open, 'share');
    return { closed, open };
  }

  test('after its time an ended session is purged, an open one never; the aggregate stays', async () => {
    const world = makeWorld({ retentionMs: 2 * HOUR_MS });
    await world.coordinator.start();
    const { closed } = await closedAndOpen(world);
    await world.clock.advance(HOUR_MS - 1000);
    expect(await shares(closed)).toBe(10);
    const running = await openSession(world, { taskId: closed.taskId });
    await world.clock.jump(HOUR_MS + 2000);
    await world.clock.advance(HOUR_MS);
    expect(await shares(closed)).toBe(0);
    expect((await closed.summary()).purgedMs).toBeGreaterThan(0);
    expect((await running.summary()).purgedMs).toBe(0);
    await expectSum(closed, everybody);
  });

  test('without a time nothing is deleted', async () => {
    const world = makeWorld();
    await world.coordinator.start();
    const { closed } = await closedAndOpen(world);
    await world.clock.jump(10_000 * HOUR_MS);
    await world.clock.advance(HOUR_MS);
    expect(await shares(closed)).toBe(10);
  });

  test('a time that is none is refused', () => {
    for (const retentionMs of [0, -1, NaN]) expect(() => makeWorld({ retentionMs })).toThrow('retentionMs');
  });
});
