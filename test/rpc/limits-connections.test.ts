// Connections and requests of those who take their time, come too often, or never say who they are.
import { afterEach, describe, expect, test } from '@jest/globals';
import { connect, Socket } from 'node:net';
import { Connections, networkOf } from '../../src/coordinator/grpc/connections.js';
import { Receiving } from '../../src/coordinator/grpc/receiving.js';
import type { ServerLimits } from '../../src/coordinator/grpc/server-limits.js';
import type { ParticipantApi } from '../../src/rpc/participant-api.js';
import { signer, startWorld, type World } from './fakes.js';
import { framed, SESSION_REQUEST, slowClient, type SlowClient } from './helpers/slow-client.js';

const MIB = 2 ** 20;
const outcome = { getOutcome: async () => ({ result: null, abort: null }) };
const cleanup: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const step of cleanup.splice(0).reverse()) await step();
});

async function start(limits: Partial<ServerLimits>, api: Partial<ParticipantApi> = outcome): Promise<World> {
  const world = await startWorld(api, {}, { limits });
  cleanup.push(() => world.close());
  return world;
}
async function slow(...args: Parameters<typeof slowClient>): Promise<SlowClient> {
  const client = await slowClient(...args);
  cleanup.push(() => client.close());
  return client;
}
async function answerOf(client: SlowClient, headers = {}): Promise<string> {
  const call = client.call('GetOutcome', headers);
  call.send(SESSION_REQUEST);
  call.end();
  return call.ended;
}
/** @returns a promise of its end */
function dial({ server }: World, localAddress?: string): { socket: Socket; closed: Promise<void> } {
  const socket = connect({ port: server.port, host: '127.0.0.1', ...(localAddress ? { localAddress } : {}) });
  cleanup.push(() => void socket.destroy());
  socket.on('error', () => undefined);
  return { socket, closed: new Promise((resolve) => socket.once('close', () => resolve())) };
}
const connected = ({ socket }: { socket: Socket }): Promise<void> =>
  new Promise((resolve) => socket.once('connect', () => resolve()));

describe('connections', () => {
  test('of one address: so many; another address is not held up, and who leaves makes room', async () => {
    const world = await start({ maxConnectionsPerAddress: 2 });
    const known = [await slow(world), await slow(world)];
    for (const client of known) expect(await answerOf(client)).toBe('accepted');
    await dial(world).closed;
    const other = dial(world, '127.0.0.9');
    await connected(other);
    expect(other.socket.destroyed).toBe(false);
    known[0]?.close();
    expect(await firstAnswer(world)).toBe('accepted');
    expect(await answerOf(known[1] as SlowClient)).toBe('accepted');
  });

  test('of all addresses: so many', async () => {
    const world = await start({ maxConnections: 2 });
    const known = [await slow(world), await slow(world)];
    for (const client of known) expect(await answerOf(client)).toBe('accepted');
    await dial(world, '127.0.0.8').closed;
    known[0]?.close();
    expect(await firstAnswer(world)).toBe('accepted');
    expect(await answerOf(known[1] as SlowClient)).toBe('accepted');
  });

  test.each([
    ['address', { maxConnectionsPerAddress: 3 }],
    ['server', { maxConnections: 3 }],
  ])('of one %s: the oldest on which nobody has logged in gives way', async (_, limits) => {
    const world = await start(limits);
    const known = await slow(world);
    expect(await answerOf(known)).toBe('accepted');
    const silent = dial(world);
    await connected(silent);
    const stranger = await slowClient(world, null);
    cleanup.push(() => stranger.close());
    expect(await answerOf(stranger)).toBe('UNAUTHENTICATED');
    expect(await answerOf(stranger, { authorization: 'Bearer no' })).toBe('UNAUTHENTICATED');
    const newcomer = await slow(world);
    await silent.closed;
    expect(await answerOf(newcomer)).toBe('accepted');
    await connected(dial(world));
    await stranger.closed;
    for (const client of [known, newcomer]) expect(await answerOf(client)).toBe('accepted');
  });

  test('of one address give way before the single one of another', async () => {
    const world = await start({ maxConnections: 3 });
    const single = dial(world, '127.0.0.8');
    await connected(single);
    const many = [dial(world, '127.0.0.9')];
    await connected(many[0] as ReturnType<typeof dial>);
    many.push(dial(world, '127.0.0.9'));
    await connected(many[1] as ReturnType<typeof dial>);
    expect(await firstAnswer(world)).toBe('accepted');
    await many[0]?.closed;
    expect(single.socket.destroyed).toBe(false);
  });

  test('that come all at once do not give way twice for each other', () => {
    const connections = new Connections({ maxConnections: 2, maxConnectionsPerAddress: 4 });
    const sockets = [1, 2, 3, 4].map((remotePort) =>
      Object.defineProperty(new Socket(), 'remotePort', { value: remotePort }),
    );
    expect(sockets.map((socket) => connections.add(socket))).toEqual([true, true, true, true]);
    expect(sockets.map(({ destroyed }) => destroyed)).toEqual([true, true, false, false]);
  });

  test('that never finish the handshake are closed', async () => {
    const world = await start({ handshakeMs: 500 });
    const silent = dial(world);
    const slowly = dial(world);
    // The first bytes of a ClientHello, and no more.
    slowly.socket.write(Buffer.from([0x16, 3, 1, 2, 0, 1]));
    await Promise.all([silent.closed, slowly.closed]);
    expect(await firstAnswer(world)).toBe('accepted');
  });

  test('without a call for a while are closed', async () => {
    const world = await start({ idleMs: 100 });
    const client = await slow(world);
    expect(await answerOf(client)).toBe('accepted');
    await client.closed;
  });

  test('a server that stops cuts off who never finished the handshake', async () => {
    const world = await startWorld(outcome);
    const silent = dial(world);
    await connected(silent);
    await world.close();
    await silent.closed;
  });

  test('with one bad token after the other are closed; a good one in between starts the count anew', async () => {
    const world = await start({ maxStrikes: 3 });
    const bystander = await slow(world);
    const client = await slow(world);
    const bad = () => answerOf(client, { authorization: 'Bearer no' });
    expect([await bad(), await bad(), await answerOf(client), await bad(), await bad()]).toEqual([
      'UNAUTHENTICATED',
      'UNAUTHENTICATED',
      'accepted',
      'UNAUTHENTICATED',
      'UNAUTHENTICATED',
    ]);
    await bad();
    await client.closed;
    expect(await answerOf(bystander)).toBe('accepted');
  });

  test.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['1:2:3:4:5:6:7::', '1:2:3:4::/64'],
    ['', ''],
  ])('%j counts as %j', (remote, network) => {
    expect(networkOf(remote)).toBe(network);
  });
});

describe('a request', () => {
  test('that does not come to its end in time: DEADLINE, the stream is closed and its place is free', async () => {
    const world = await start({ requestMs: 150, maxCalls: 1 });
    const client = await slow(world);
    const call = client.call('GetOutcome');
    const drip = setInterval(() => call.send(Buffer.alloc(1)), 20);
    cleanup.push(() => clearInterval(drip));
    expect(await call.ended).toBe('DEADLINE');
    clearInterval(drip);
    expect(await answerOf(client)).toBe('accepted');
    const unending = client.call('GetOutcome');
    unending.send(SESSION_REQUEST);
    expect(await unending.ended).toBe('DEADLINE');
    await Promise.all([call.closed, unending.closed]);
    const stream = client.call('GetInput');
    expect(await stream.ended).toBe('DEADLINE');
  });

  test('that takes long to answer is not held to that', async () => {
    const getOutcome = async () => {
      await new Promise((resolve) => setTimeout(resolve, 300));
      return { result: null, abort: null };
    };
    const client = await slow(await start({ requestMs: 100 }, { getOutcome }));
    expect(await answerOf(client)).toBe('accepted');
  });

  test.each([
    ['PutChunk', MIB + 4096],
    ['Consistency', 64 * 1024],
  ])('%s that goes on beyond its limit is refused while it is sent', async (method, limit) => {
    const world = await start({});
    const call = (await slow(world)).call(method);
    call.send(framed(Buffer.alloc(8 * MIB)).subarray(0, limit + 10_000));
    // Never ended: who waits for the end of it waits for the deadline.
    expect(await call.ended).toBe('TOO_LARGE');
    await call.closed;
  });

  test('and others of the same caller, all on their way in: bounded, and free again when they end', async () => {
    const putChunk = async () => ({ nextOffset: MIB });
    const world = await start({ maxReceivingBytesPerCaller: 1.5 * MIB }, { putChunk });
    const client = await slow(world);
    const part = framed(Buffer.alloc(MIB)).subarray(0, 0.9 * MIB);
    const first = client.call('PutChunk');
    first.send(part);
    const second = client.call('PutChunk');
    second.send(part);
    expect(await Promise.race([first.ended, second.ended])).toBe('OVERLOADED');
    const other = (await slow(world, signer(7))).call('PutChunk');
    other.send(part);
    first.cancel();
    second.cancel();
    other.cancel();
    await Promise.all([first.ended, second.ended, other.ended]);
    expect(await other.ended).toBe('reset');
    for (let times = 0; times < 5; times += 1) {
      const put = world.participant().putChunk('ab'.repeat(32), 0, new Uint8Array(MIB));
      expect(await put).toEqual({ nextOffset: MIB });
    }
  });

  test('that comes byte by byte is counted as what it takes', () => {
    const receiving = new Receiving({ maxReceivingBytes: 10_000, maxReceivingBytesPerCaller: 5000 });
    const one = receiving.begin('a', 10_000);
    for (let byte = 0; byte < 19; byte += 1) one.add(1);
    expect(() => one.add(1)).toThrow(expect.objectContaining({ code: 'OVERLOADED' }));
    const others = ['b', 'c'].map((caller) => receiving.begin(caller, 10_000));
    others[0]?.add(4000);
    expect(() => others[1]?.add(4000)).toThrow(expect.objectContaining({ code: 'OVERLOADED' }));
    for (const reception of [one, ...others]) {
      reception.done();
      reception.done();
    }
    expect(receiving.bytes).toBe(0);
    others[1]?.add(4000);
  });
});

/** Of a new connection, as soon as there is room for it. */
async function firstAnswer(world: World): Promise<string> {
  for (;;) {
    const client = await slow(world);
    if (!client.session.destroyed) return answerOf(client);
  }
}
