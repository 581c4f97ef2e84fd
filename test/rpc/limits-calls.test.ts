// How often, how many at a time and with how much around them a participant may call.
import { afterEach, describe, expect, test } from '@jest/globals';
import { CallRate } from '../../src/coordinator/grpc/call-rate.js';
import { withRetries } from '../../src/rpc/retry.js';
import { BlindsumError } from '../../src/protocol/errors.js';
import type { ParticipantApi } from '../../src/rpc/participant-api.js';
import { createTokenSource } from '../../src/client/node/token.js';
import { until } from '../helpers/until.js';
import { COORDINATOR, refusalOf, signer, startWorld, type World } from './fakes.js';
import { rawClient } from './helpers/raw-client.js';
import { runSession, serve } from './helpers/served.js';
import { SESSION_REQUEST, slowClient, type SlowClient } from './helpers/slow-client.js';

const SESSION = 'ab'.repeat(32);
const outcome = { getOutcome: async () => ({ result: null, abort: null }) };
const tokenOf = (seed: number) =>
  createTokenSource({ signer: signer(seed), coordinatorKey: COORDINATOR.publicKey });
const cleanup: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const step of cleanup.splice(0).reverse()) await step();
});

async function start(
  api: Partial<ParticipantApi>,
  options: NonNullable<Parameters<typeof startWorld>[2]>,
): Promise<World> {
  const world = await startWorld(api, {}, options);
  cleanup.push(() => world.close());
  return world;
}
async function slow(...args: Parameters<typeof slowClient>): Promise<SlowClient> {
  const client = await slowClient(...args);
  cleanup.push(() => client.close());
  return client;
}

describe('how often', () => {
  test('a burst, then so many a second; the refusal says when to come again', async () => {
    let nowMs = 1000;
    let authorised = 0;
    const world = await start(outcome, {
      limits: { callsPerSecond: 4, callBurst: 5 },
      elapsedMs: () => nowMs,
      auth: { authorize: () => void (authorised += 1) } as never,
    });
    const client = world.participant();
    const call = () => client.getOutcome(SESSION);
    for (let times = 0; times < 5; times += 1) await call();
    const refusal = await refusalOf(call());
    expect([refusal.code, refusal.retryAfterMs]).toEqual(['OVERLOADED', 250]);
    // Nothing that costs more was done for it.
    expect(authorised).toBe(5);
    // Not by coming on another connection, but as somebody else.
    expect((await refusalOf(world.participant().getOutcome(SESSION))).code).toBe('OVERLOADED');
    await world.participant({ token: tokenOf(9) }).getOutcome(SESSION);

    nowMs += 125;
    expect((await refusalOf(call())).retryAfterMs).toBe(125);
    nowMs += 125;
    await call();
    expect((await refusalOf(call())).code).toBe('OVERLOADED');
    nowMs += 3_600_000;
    for (let times = 0; times < 5; times += 1) await call();
    expect((await refusalOf(call())).code).toBe('OVERLOADED');
  });

  test('streams count as well', async () => {
    const getInput = async (): Promise<Uint8Array> => new Uint8Array(1);
    const world = await start({ getInput }, { limits: { callBurst: 1 }, elapsedMs: () => 0 });
    await world.participant().getInput(SESSION);
    expect((await refusalOf(world.participant().getInput(SESSION))).code).toBe('OVERLOADED');
  });

  test('a session comes to its end however few calls are let in, because clients wait as long as they are told', async () => {
    const served = await serve({ limits: { callsPerSecond: 100, callBurst: 3 } });
    cleanup.push(() => served.close());
    const { sums, expected } = await runSession(served);
    expect(sums).toEqual([expected, expected, expected]);
  });

  test.each([
    [undefined, 125, 250],
    [1000, 1000, 1125],
    [1e9, 60_000, 60_125],
  ])('a client that is told to wait for %s ms', async (retryAfterMs, least, most) => {
    const waited: number[] = [];
    let calls = 0;
    const overloaded = new BlindsumError('OVERLOADED', 'peer', 'full', retryAfterMs ? { retryAfterMs } : {});
    await withRetries(
      {
        now: () => 0,
        sleep: async (ms) => void waited.push(ms),
        giveUpMs: 1,
        signal: new AbortController().signal,
      },
      async () => {
        calls += 1;
        if (calls === 1) throw overloaded;
      },
    );
    expect(waited).toHaveLength(1);
    expect(waited[0]).toBeGreaterThanOrEqual(least);
    expect(waited[0]).toBeLessThanOrEqual(most);
  });

  test('made-up identities do not fill the memory', () => {
    const rate = new CallRate({ callsPerSecond: 1, callBurst: 1, nowMs: () => 0 });
    for (let identity = 0; identity < 20_000; identity += 1) rate.count(String(identity));
    expect(rate.size).toBe(10_000);
    expect(() => rate.count('19999')).toThrow(/calls per second/);
  });
});

describe('how many at a time', () => {
  test('calls of one participant, on all its connections; those that end make room', async () => {
    const finish: (() => void)[] = [];
    const world = await start(
      {
        consistency: () => new Promise((resolve) => finish.push(() => resolve())),
        ...outcome,
      },
      { limits: { maxCalls: 3 } },
    );
    const [first, second] = [world.participant(), world.participant()];
    const signed = { payload: new Uint8Array(1), signature: new Uint8Array(64) };
    const gone = new AbortController();
    const running = [
      first.consistency(SESSION, signed),
      second.consistency(SESSION, signed),
      refusalOf(second.consistency(SESSION, signed, gone.signal)),
    ];
    await until(() => finish.length === 3);
    const refusal = await refusalOf(first.getOutcome(SESSION));
    expect([refusal.code, refusal.message]).toEqual(['OVERLOADED', '3 calls are in progress']);
    expect(refusal.retryAfterMs).toBe(1000);
    await world.participant({ token: tokenOf(9) }).getOutcome(SESSION);

    gone.abort();
    await running[2];
    await accepted(() => first.getOutcome(SESSION));
    finish.forEach((end) => end());
    await Promise.all(running);
    for (let times = 0; times < 10; times += 1) await first.getOutcome(SESSION);
  });

  test('streams count until their request has come', async () => {
    const world = await start(
      { getInput: async () => new Uint8Array(1), ...outcome },
      { limits: { maxCalls: 2 } },
    );
    const client = await slow(world);
    const calls = [client.call('GetInput'), client.call('GetRoster')];
    await until(async () => (await answerOf(client)) === 'OVERLOADED');
    calls[0]?.send(SESSION_REQUEST);
    calls[0]?.end();
    expect(await calls[0]?.ended).toBe('accepted');
    expect(await answerOf(client)).toBe('accepted');
  });

  test('a call that is given up while its caller is still being looked up takes no place', async () => {
    const lookups: (() => void)[] = [];
    const authorize = () => new Promise<void>((resolve) => lookups.push(resolve));
    const world = await start(outcome, { limits: { maxCalls: 1 }, auth: { authorize } as never });
    const client = await slow(world);
    const call = client.call('GetOutcome');
    await until(() => lookups.length === 1);
    call.cancel();
    await call.ended;
    // The server has heard of the end of the first call before it hears of this one.
    const answer = answerOf(client);
    await until(() => lookups.length === 2);
    lookups.forEach((finish) => finish());
    expect(await answer).toBe('accepted');
  });

  test('watches of one participant; those that end make room', async () => {
    const never = (signal: AbortSignal): Promise<unknown> =>
      new Promise((resolve) => signal.addEventListener('abort', resolve));
    const world = await start(
      {
        ...outcome,
        async *watchSession(_, signal) {
          yield { phase: 'r0', deadlineInMs: 1, complaints: 0 };
          await never(signal);
        },
      },
      // Of calls, they count as one only until they have begun.
      { limits: { maxWatches: 2, maxCalls: 1 } },
    );
    const watch = async (client = world.participant()) => {
      const gone = new AbortController();
      const events = client.watchSession(SESSION, gone.signal)[Symbol.asyncIterator]();
      await events.next();
      return { leave: () => gone.abort(), next: () => events.next() };
    };
    const [first] = [await watch(), await watch()];
    const refusal = await refusalOf(watch());
    expect([refusal.code, refusal.message]).toEqual(['OVERLOADED', '2 watches are open']);
    await watch(world.participant({ token: tokenOf(9) }));
    await world.participant().getOutcome(SESSION);
    first.leave();
    await accepted(() => watch());
  });
});

describe('metadata', () => {
  test.each([
    ['one long value', { long: ['x'.repeat(9000)] }],
    ['many that are short', Object.fromEntries(Array.from({ length: 70 }, (_, at) => [`k${at}`, ['v']]))],
  ])('%s: TOO_LARGE, before the token is looked at', async (_, metadata) => {
    const world = await start(outcome, {});
    const raw = await rawClient(world, null, metadata);
    cleanup.push(() => raw.close());
    expect(await raw.call('GetOutcome', SESSION_REQUEST.subarray(5))).toBe('TOO_LARGE');
    expect(raw.message()).toMatch(/^metadata of \d+ entries and \d+ bytes, at most 64 and 8192$/);
  });

  test('far too much of it is not even taken in', async () => {
    const world = await start(outcome, {});
    const client = await slow(world);
    // What this server takes is known to a client, and holds, once it has answered.
    expect(await answerOf(client)).toBe('accepted');
    const long = client.call('GetOutcome', { long: 'x'.repeat(20_000) });
    const many = Object.fromEntries(Array.from({ length: 140 }, (_, at) => [`k${at}`, 'v']));
    expect(await long.ended).toBe('reset');
    expect(await client.call('GetOutcome', many).ended).toBe('reset');
    expect(await answerOf(await slow(world))).toBe('accepted');
  });
});

/** The end of one call reaches the server a little after its caller knows of it. */
async function accepted(call: () => Promise<unknown>): Promise<void> {
  await until(() =>
    call().then(
      () => true,
      () => false,
    ),
  );
}

function answerOf(client: SlowClient): Promise<string> {
  const call = client.call('GetOutcome');
  call.send(SESSION_REQUEST);
  call.end();
  return call.ended;
}
