// What those without a token can take: of health and reflection, and of connections. And compressed requests, of anybody.
import { afterEach, describe, expect, test } from '@jest/globals';
import { deflateSync, gzipSync } from 'node:zlib';
import { NewestFirst } from '../../src/coordinator/grpc/newest-first.js';
import type { ServerLimits } from '../../src/coordinator/grpc/server-limits.js';
import { OPERATOR_TOKEN, startWorld, type World } from './fakes.js';
import {
  framed,
  SESSION_REQUEST,
  slowClient,
  type SlowCall,
  type SlowClient,
} from './helpers/slow-client.js';

const CHECK = '/grpc.health.v1.Health/Check';
const WATCH = '/grpc.health.v1.Health/Watch';
const REFLECTION = '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo';
const EMPTY = framed(new Uint8Array(0));
/** `ServerReflectionRequest`: the field file_containing_symbol. Its answer is more than a hundred times as long. */
const FILE = framed(Buffer.from('\x22\x1eblindsum.v1.ParticipantService'));

const cleanup: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const step of cleanup.splice(0).reverse()) await step();
});
async function start(limits: Partial<ServerLimits> = {}, options = {}): Promise<World> {
  const getOutcome = async () => ({ result: null, abort: null });
  const world = await startWorld({ getOutcome }, {}, { ...options, limits });
  cleanup.push(() => world.close());
  return world;
}
async function stranger(world: World): Promise<SlowClient> {
  const client = await slowClient(world, null);
  cleanup.push(() => client.close());
  return client;
}
async function participant(world: World): Promise<SlowClient> {
  const client = await slowClient(world);
  cleanup.push(() => client.close());
  return client;
}
function ask(client: SlowClient, path: string, request: Uint8Array, headers = {}): SlowCall {
  const call = client.call(path, headers);
  call.send(request);
  call.end();
  return call;
}
const check = (client: SlowClient): Promise<string> => ask(client, CHECK, EMPTY).ended;
const outcome = (client: SlowClient): Promise<string> => ask(client, 'GetOutcome', SESSION_REQUEST).ended;
/** @returns once it has its first answer */
async function watch(client: SlowClient): Promise<SlowCall> {
  const call = ask(client, WATCH, EMPTY);
  await call.begun;
  return call;
}

describe('a compressed request', () => {
  const compressed = (bytes: Buffer): Buffer => {
    const message = framed(bytes);
    message[0] = 1;
    return message;
  };
  const plain = Buffer.alloc(2 ** 20);
  const ENCODED: [string, Buffer][] = [
    ['deflate', compressed(deflateSync(plain))],
    ['gzip', compressed(gzipSync(plain))],
    ['br', compressed(plain)],
    ['gzip, identity', compressed(gzipSync(plain))],
  ];

  test.each(ENCODED)(
    '%s, of health, reflection, participant and operator: refused unread',
    async (...args) => {
      const [encoding, message] = args;
      const seen: string[] = [];
      const onBytes = (_: string, bytes: Uint8Array) => void seen.push(Buffer.from(bytes).toString('latin1'));
      const world = await start({}, { onBytes });
      const [anyone, member] = [await stranger(world), await participant(world)];
      const headers = { 'grpc-encoding': encoding };
      const operator = { ...headers, authorization: `Bearer ${OPERATOR_TOKEN}` };
      const calls = [
        ask(anyone, CHECK, message, headers),
        ask(anyone, WATCH, message, headers),
        ask(anyone, REFLECTION, message, headers),
        ask(member, 'GetOutcome', message, headers),
        ask(anyone, '/blindsum.v1.OperatorService/ListTasks', message, operator),
      ];
      for (const call of calls) {
        expect(await call.ended).toBe('UNSUPPORTED');
        expect((await call.begun)['grpc-status']).toBe('12');
        expect((await call.begun)['grpc-message']).toBe('compressed%20requests%20are%20not%20taken');
      }
      expect(seen.filter((bytes) => bytes.length > 1000)).toEqual([]);
    },
  );

  test('is what no answer invites to', async () => {
    const world = await start();
    const [anyone, member] = [await stranger(world), await participant(world)];
    const refused = ask(member, 'GetOutcome', SESSION_REQUEST, { 'grpc-encoding': 'gzip' });
    for (const call of [ask(anyone, CHECK, EMPTY), ask(member, 'GetOutcome', SESSION_REQUEST), refused]) {
      expect((await call.begun)['grpc-accept-encoding']).toBe('identity');
    }
  });

  test('an encoding that is named but changes nothing is taken', async () => {
    const member = await participant(await start());
    const call = ask(member, 'GetOutcome', SESSION_REQUEST, { 'grpc-encoding': 'identity' });
    expect(await call.ended).toBe('accepted');
  });
});

describe('without a token, a request', () => {
  test.each([CHECK, WATCH, REFLECTION])('of %s that goes on beyond 4 KiB is refused', async (path) => {
    const call = (await stranger(await start())).call(path);
    call.send(framed(Buffer.alloc(2 ** 20)).subarray(0, 6000));
    // Never ended: who waits for the end of it waits for the deadline.
    expect(await call.ended).toBe('TOO_LARGE');
    await call.closed;
  });

  test('in a conversation counts with those before it, because each has a long answer', async () => {
    const client = await stranger(await start());
    const times = (count: number): Buffer => Buffer.concat(Array<Buffer>(count).fill(FILE));
    const most = Math.floor(4096 / FILE.length);
    expect(await ask(client, REFLECTION, times(most)).ended).toBe('accepted');
    expect(await ask(client, REFLECTION, times(most + 1)).ended).toBe('TOO_LARGE');
    const call = client.call(REFLECTION);
    call.send(FILE);
    await call.begun;
    // Its answer has gone out before this one.
    await check(client);
    call.send(times(most));
    expect(await call.ended).toBe('TOO_LARGE');
    await call.closed;
    expect(await check(client)).toBe('accepted');
  });

  test('that does not come to its end in time: DEADLINE; a watch may last', async () => {
    const client = await stranger(await start({ requestMs: 200 }));
    const lasting = await watch(client);
    const silent = client.call(CHECK);
    const partial = client.call(WATCH);
    partial.send(EMPTY.subarray(0, 3));
    const talking = client.call(REFLECTION);
    talking.send(FILE);
    await talking.begun;
    for (const call of [silent, partial, talking]) {
      expect(await call.ended).toBe('DEADLINE');
      await call.closed;
    }
    lasting.cancel();
    expect(await lasting.ended).toBe('reset');
  });

  test('whose answer is not read is over in time as well', async () => {
    const client = await stranger(await start({ requestMs: 200 }));
    await new Promise<void>((resolve) => client.session.settings({ initialWindowSize: 0 }, () => resolve()));
    const call = ask(client, REFLECTION, FILE);
    expect(await call.ended).toBe('reset');
  });

  test('that was refused does not keep its connection from being idle', async () => {
    const client = await stranger(await start({ idleMs: 100 }));
    const call = client.call('GetOutcome');
    call.send(SESSION_REQUEST);
    expect(await call.ended).toBe('UNAUTHENTICATED');
    await client.closed;
  });
});

describe('without a token, so many calls at a time', () => {
  test('on one connection: the oldest gives way to the newest', async () => {
    const world = await start({ maxOpenCallsPerConnection: 2 });
    const [client, other] = [await stranger(world), await stranger(world)];
    const elsewhere = await watch(other);
    const [first, second] = [await watch(client), await watch(client)];
    const third = await watch(client);
    expect(await first.ended).toBe('OVERLOADED');
    expect(await check(client)).toBe('accepted');
    expect(await second.ended).toBe('OVERLOADED');
    // Those that end make room.
    for (let times = 0; times < 5; times += 1) expect(await check(client)).toBe('accepted');
    expect(await stateOf(third)).toBe('open');
    expect(await stateOf(elsewhere)).toBe('open');
  });

  test('in all: a health check is answered whoever holds the places, and participants are not concerned', async () => {
    const world = await start({ maxOpenCalls: 3, maxCalls: 1 });
    const member = await participant(world);
    const hoarders = [await stranger(world), await stranger(world), await stranger(world)];
    const held: SlowCall[] = [];
    for (const client of hoarders) held.push(await watch(client));
    expect(await outcome(member)).toBe('accepted');
    expect(await stateOf(held[0] as SlowCall)).toBe('open');
    expect(await check(await stranger(world))).toBe('accepted');
    expect(await held[0]?.ended).toBe('OVERLOADED');
    for (const call of held.slice(1)) expect(await stateOf(call)).toBe('open');
    for (const client of hoarders) {
      const call = client.call(REFLECTION);
      call.send(FILE);
      await call.begun;
    }
    for (const call of held) expect(await call.ended).toBe('OVERLOADED');
    expect(await outcome(member)).toBe('accepted');
  });

  test('whose replies are not read', async () => {
    const client = await stranger(await start({ maxOpenCallsPerConnection: 1 }));
    await new Promise<void>((resolve) => client.session.settings({ initialWindowSize: 0 }, () => resolve()));
    const unread = ask(client, REFLECTION, FILE);
    await unread.begun;
    ask(client, REFLECTION, FILE);
    expect(await unread.ended).toBe('reset');
  });

  test('places of calls that ended twice are not given twice', () => {
    const places = new NewestFirst(2, 2);
    const gone: string[] = [];
    const take = (name: string) => places.take('connection', () => gone.push(name));
    const leave = take('a');
    leave();
    leave();
    take('b');
    take('c');
    expect([places.size, gone]).toEqual([2, []]);
    take('d');
    expect([places.size, gone]).toEqual([2, ['b']]);
  });
});

const stateOf = (call: SlowCall): Promise<string> =>
  Promise.race([call.ended, new Promise<string>((resolve) => setImmediate(() => resolve('open')))]);
