// Clients that ask for much and read nothing: few replies at a time, and none for ever.
import { afterEach, expect, test } from '@jest/globals';
import type { ParticipantApi } from '../../src/rpc/participant-api.js';
import { identities, PARTICIPANT, signed, signer, startWorld, type World } from './fakes.js';
import { type StreamClient, streamClient } from './helpers/raw-client.js';

const BLOB = new Uint8Array(4 * 2 ** 20);
// SessionRequest: the field session_id.
const REQUEST = Buffer.from(`\x0a\x40${'ab'.repeat(32)}`);

let world: World;
const clients: StreamClient[] = [];
afterEach(async () => {
  clients.splice(0).forEach((client) => client.close());
  await world.close();
});

async function start(api: Partial<ParticipantApi>, drainMs?: number): Promise<void> {
  world = await startWorld(api, {}, drainMs === undefined ? {} : { limits: { drainMs } });
}
async function connect(as = PARTICIPANT): Promise<StreamClient> {
  const client = await streamClient(world, as);
  clients.push(client);
  return client;
}

test('one caller reads four replies at a time; others are not held up, and who is done may come again', async () => {
  let asked = 0;
  const ask = async (): Promise<Uint8Array> => ((asked += 1), BLOB);
  await start({ getInput: ask, getAggregate: ask });
  const client = await connect();
  const streams = Array.from({ length: 100 }, (_, index) =>
    client.stream(index % 2 === 0 ? 'GetInput' : 'GetAggregate', REQUEST),
  );
  const refused: string[] = [];
  for (const { ended } of streams) void ended.then((code) => refused.push(code));
  await Promise.all(streams.map(({ begun }) => begun));
  expect(refused).toEqual(Array(96).fill('OVERLOADED'));
  expect(asked).toBe(4);

  // A second connection is the same caller; another caller is not.
  const again = await connect();
  expect(await again.stream('GetInput', REQUEST).read()).toBe('OVERLOADED');
  const other = (await connect(signer(7))).stream('GetInput', REQUEST);
  expect(await other.read()).toBe('complete');
  expect(other.bytes()).toBeGreaterThan(BLOB.length);

  expect(await streams[0]?.read()).toBe('complete');
  for (let times = 0; times < 5; times += 1) {
    expect(await again.stream('GetInput', REQUEST).read()).toBe('complete');
  }
  const fourth = client.stream('GetInput', REQUEST);
  await fourth.begun;
  expect(await again.stream('GetInput', REQUEST).read()).toBe('OVERLOADED');
  fourth.cancel();
  expect(await client.stream('GetInput', REQUEST).read()).toBe('complete');
});

test('a client that does not read for a while: DEADLINE, and the source is closed', async () => {
  let produced = 0;
  let closed = (): void => undefined;
  const isClosed = new Promise<void>((resolve) => (closed = resolve));
  const announcement = { sessionId: 'ab', opening: signed(1), electorate: identities(8000), hasInput: true };
  await start(
    {
      async *watchSessions() {
        try {
          for (; produced < 1000; produced += 1) yield announcement;
        } finally {
          closed();
        }
      },
    },
    1000,
  );
  const watch = (await connect()).stream('WatchSessions', REQUEST);
  await isClosed;
  expect(await watch.read()).toBe('DEADLINE');
  expect(produced).toBeLessThan(10);
});

test('a client that never reads is cut off, and its places are free again', async () => {
  await start({ getInput: async () => BLOB }, 250);
  const client = await connect();
  const streams = Array.from({ length: 4 }, () => client.stream('GetInput', REQUEST));
  await Promise.all(streams.map(({ begun }) => begun));
  expect(await client.stream('GetInput', REQUEST).read()).toBe('OVERLOADED');
  expect(await Promise.all(streams.map(({ ended }) => ended))).toEqual(Array(4).fill('cut off'));
  expect(await client.stream('GetInput', REQUEST).read()).toBe('complete');
});
