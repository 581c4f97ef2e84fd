// A store that is away for a while: the log of a node tells it at once, and then more and more rarely.
import { expect, test } from '@jest/globals';
import type { BlindsumError } from '../../src/protocol/errors.js';
import { storeWith } from '../helpers/store-with.js';
import { settle } from './manual-clock.js';
import type { TestParticipant } from './test-participant.js';
import { JOIN_MS, makeWorld, openSession, type Session } from './world.js';

test('an outage is told of at the 1st, 2nd, 4th, 8th … failure; the next one from the beginning', async () => {
  let isAway = false;
  const away = () => Promise.reject(new Error('connection refused'));
  const world = makeWorld({
    wrap: (store) =>
      storeWith(store, {
        getSession: (id) => (isAway ? away() : store.getSession(id)),
        acquireLeases: () => (isAway ? away() : store.acquireLeases()),
      }),
  });
  await world.coordinator.start();
  const session = await openSession(world);
  await world.clock.advance(1000);
  const failuresOf = (text: RegExp): unknown[] =>
    world.logged
      .filter(({ message }) => text.test(message))
      .map(({ fields }) => (fields as { failures: number }).failures);
  isAway = true;
  // Shorter than the time for joining.
  await world.clock.advance(50_000);
  const expected = [1, 2, 4, 8, 16, 32, 64];
  expect(failuresOf(/a turn failed/)).toEqual(expected);
  expect(failuresOf(/leases cannot be renewed/)).toEqual(expected);
  isAway = false;
  await world.clock.advance(1000);
  isAway = true;
  await world.clock.advance(1000);
  expect(failuresOf(/a turn failed/).slice(expected.length)).toEqual([1, 2]);
  isAway = false;
  await world.clock.advance(1000);
  expect(await session.phase()).toBe('r0');
});

type Watch = (api: TestParticipant['api'], of: Session, signal: AbortSignal) => AsyncIterable<unknown>;
const WATCHES: readonly (readonly [string, Watch])[] = [
  ['watches a session', (api, { id }, signal) => api.watchSession(id, signal)],
  ['waits for one', (api, { taskId }, signal) => api.watchSessions(taskId, signal)],
];

test.each(WATCHES)('who %s is told of it, and may go on at another node', async (_, watch) => {
  let isAway = false;
  const unlessAway = async <T>(answer: Promise<T>): Promise<T> => {
    if (isAway) throw new Error('connection refused');
    return answer;
  };
  const world = makeWorld({
    wrap: (store) =>
      storeWith(store, {
        getSession: (id) => unlessAway(store.getSession(id)),
        listSessions: (task) => unlessAway(store.listSessions(task)),
      }),
  });
  const session = await openSession(world);
  const { api } = session.members[0] as TestParticipant;
  const gone = new AbortController();
  const events = watch(api, session, gone.signal)[Symbol.asyncIterator]();
  await events.next();
  const next = events.next().then(
    () => 'ended',
    (error: BlindsumError) => error.code,
  );
  await settle();
  isAway = true;
  await world.clock.advance(10_000);
  gone.abort();
  expect(await next).toBe('STORE_FAILED');
});

test('who watches hears nothing of a store that can be read and not written', async () => {
  const world = makeWorld({
    wrap: (store) => storeWith(store, { transition: () => Promise.reject(new Error('disk full')) }),
  });
  const session = await openSession(world);
  const { api } = session.members[0] as TestParticipant;
  const gone = new AbortController();
  const events = api.watchSession(session.id, gone.signal)[Symbol.asyncIterator]();
  await events.next();
  const next = events.next();
  await world.clock.advance(JOIN_MS + 10_000);
  expect(world.logged.some(({ message }) => /a turn failed/.test(message))).toBe(true);
  gone.abort();
  expect(await next).toEqual({ done: true, value: undefined });
});
