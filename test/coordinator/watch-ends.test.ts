/** Whoever gave up a watch hears of no error, whatever happens at the same moment. */
import { expect, test } from '@jest/globals';
import { settle } from './manual-clock.js';
import type { TestParticipant } from './test-participant.js';
import { makeWorld, openSession, type Session } from './world.js';

type Watch = (session: Session, signal: AbortSignal) => AsyncIterable<unknown>;

const first = ({ members }: Session) => (members[0] as TestParticipant).api;
const WATCHES: readonly (readonly [string, Watch])[] = [
  ['phases', (session, signal) => first(session).watchSession(session.id, signal)],
  ['sessions of a task', (session, signal) => first(session).watchSessions(session.taskId, signal)],
  ['messages', ({ id, world }, signal) => world.coordinator.operator.watchSession(id, signal)],
];

test.each(WATCHES)('given up while the coordinator stops: %s', async (_, watch) => {
  const session = await openSession(makeWorld());
  const gone = new AbortController();
  const events = watch(session, gone.signal)[Symbol.asyncIterator]();
  await events.next();
  const next = events.next();
  await settle();
  gone.abort();
  const stopped = session.world.coordinator.stop();
  expect(await next).toEqual({ done: true, value: undefined });
  await stopped;
});
