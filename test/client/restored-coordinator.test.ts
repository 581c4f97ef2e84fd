// A coordinator that was restored from a backup made before a session: it knows the task, not the session, and counts
// from where it was. Here that is a second coordinator with the same keys and task, before its first session.
import { afterEach, expect, test } from '@jest/globals';
import { exitCodeOf } from '../../src/cli/errors.js';
import type { ProgressEvent } from '../../src/client/index.js';
import type { ParticipantApi } from '../../src/rpc/participant-api.js';
import { intercept } from './helpers/transports.js';
import { makeWorld, valuesOf, type World, type WorldOptions } from './helpers/world.js';

const worlds: World[] = [];
async function beforeAndRestored(options: WorldOptions = {}): Promise<[World, World]> {
  const pair: [World, World] = [await makeWorld(options), await makeWorld(options)];
  worlds.push(...pair);
  expect(pair[1].taskId).toBe(pair[0].taskId);
  return pair;
}
afterEach(async () => {
  for (const made of worlds.splice(0)) await made.stop();
});

const everybody = (made: World, from = 0): Promise<unknown>[] =>
  made.parties
    .slice(from)
    .map((_, index) =>
      made
        .client(from + index)
        .contribute({ task: made.taskId, vectors: { counts: valuesOf(from + index) } }),
    );

/** Loses the connection after an announcement; calls `stop` instead of looking a third time. */
const losingWatches = (api: ParticipantApi, stop: () => void): ParticipantApi => {
  let watches = 0;
  async function* watchSessions(
    taskId: string,
    signal: AbortSignal,
  ): ReturnType<ParticipantApi['watchSessions']> {
    watches += 1;
    if (watches > 2) return stop();
    for await (const announcement of api.watchSessions(taskId, signal)) {
      yield announcement;
      return;
    }
  }
  return new Proxy(
    intercept(api, (_method, _args, call) => call()),
    {
      get: (target, name) =>
        name === 'watchSessions' ? watchSessions : (Reflect.get(target, name) as unknown),
    },
  );
};

test('a session whose number was joined before is passed over, and that is told once', async () => {
  const [made, restored] = await beforeAndRestored();
  const all = everybody(made);
  await made.open();
  await Promise.all(all);
  const session = await restored.open();
  const events: ProgressEvent[] = [];
  const cancel = new AbortController();
  const waiting = restored
    .client(0, {
      journal: made.journal(0),
      transport: losingWatches(restored.api(0), () => cancel.abort()),
    })
    .contribute({
      task: made.taskId,
      vectors: { counts: valuesOf(0) },
      signal: cancel.signal,
      onProgress: (event) => events.push(event),
    });
  await expect(waiting).rejects.toMatchObject({ code: 'CANCELLED' });
  const told = events.filter(({ type }) => type !== 'retry' && type !== 'receipt');
  expect(told).toEqual([
    { type: 'waiting', task: made.taskId },
    { type: 'passedOver', session, number: 1, last: 1 },
  ]);
  expect(await made.journal(0).latches(session)).toEqual([]);
});

test('the session that was joined is not told as passed over while it is still announced', async () => {
  const [made] = await beforeAndRestored();
  const session = await made.open();
  const events: ProgressEvent[] = [];
  const cancel = new AbortController();
  const joined = new AbortController();
  const contribute = (transport: ParticipantApi, signal: AbortSignal): Promise<unknown> =>
    made.client(0, { transport }).contribute({
      task: made.taskId,
      vectors: { counts: valuesOf(0) },
      signal,
      onProgress: (event) => {
        events.push(event);
        if (event.type === 'round') joined.abort();
      },
    });
  await expect(contribute(made.api(0), joined.signal)).rejects.toMatchObject({ code: 'CANCELLED' });
  expect(await made.journal(0).latches(session)).toHaveLength(1);
  const again = contribute(
    losingWatches(made.api(0), () => cancel.abort()),
    cancel.signal,
  );
  await expect(again).rejects.toMatchObject({ code: 'CANCELLED' });
  expect(events.map(({ type }) => type)).not.toContain('passedOver');
});

test('a session that the coordinator has forgotten is the fault of the coordinator, not of the caller', async () => {
  const [made, restored] = await beforeAndRestored({ joinMs: 400, roundMs: 400 });
  const transport = intercept(made.api(0), (method, args, call) =>
    method === 'shareKeys'
      ? restored.api(0).shareKeys(...(args as Parameters<ParticipantApi['shareKeys']>))
      : call(),
  );
  const first = made
    .client(0, { transport })
    .contribute({ task: made.taskId, vectors: { counts: valuesOf(0) } })
    .catch((error: unknown) => error);
  const rest = Promise.allSettled(everybody(made, 1));
  await made.open();
  const error = await first;
  expect(error).toMatchObject({
    code: 'UNKNOWN_SESSION',
    fault: 'peer',
    message:
      'the coordinator no longer knows session 1, which it had opened (was it restored from a backup?)',
  });
  expect(exitCodeOf(error)).toBe(1);
  expect(await made.journal(0).unfinished(made.taskId)).toEqual([]);
  await rest;
});
