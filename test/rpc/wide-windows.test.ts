// How many bytes a sender may put into the coordinator's memory before anybody reads them.
import { afterEach, expect, test } from '@jest/globals';
import { WIDE_WINDOW_BYTES } from '../../src/coordinator/grpc/wide-windows.js';
import type { Signer } from '../../src/protocol/signed.js';
import { MAX_CHUNK_BYTES } from '../../src/rpc/participant-api.js';
import { until } from '../helpers/until.js';
import { PARTICIPANT, startWorld, type World } from './fakes.js';
import { framed, SESSION_REQUEST, slowClient, type SlowClient } from './helpers/slow-client.js';

/** Of every connection, as HTTP/2 has it. */
const NARROW_BYTES = 65_535;
const FLOOD = framed(Buffer.alloc(MAX_CHUNK_BYTES));

const cleanup: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const step of cleanup.splice(0).reverse()) await step();
});

async function start(maxWideConnections: number) {
  let goOn: (() => void) | null = null;
  let held = Promise.resolve();
  const world = await startWorld(
    { putChunk: async () => ({ nextOffset: 1 }), getOutcome: async () => ({ result: null, abort: null }) },
    {},
    { limits: { maxWideConnections }, auth: { authorize: () => held } as never },
  );
  cleanup.push(() => world.close());
  /** From now on nobody is known, and so nothing is read. */
  const hold = (): void => {
    held = new Promise((resolve) => (goOn = resolve));
  };
  cleanup.push(() => goOn?.());
  return { world, hold };
}

async function connect(world: World, signer: Signer | null = PARTICIPANT): Promise<SlowClient> {
  const client = await slowClient(world, signer);
  cleanup.push(() => client.close());
  return client;
}

async function send(client: SlowClient, method: string): Promise<string> {
  const call = client.call(method);
  call.send(SESSION_REQUEST);
  call.end();
  return call.ended;
}

/** What it may send before anything is read. */
const windowOf = ({ session }: SlowClient): number => session.state.remoteWindowSize ?? NaN;

/** Sends on and on. @returns bytes that left */
async function flood(client: SlowClient): Promise<number> {
  const before = windowOf(client);
  for (let calls = 0; calls < 8; calls += 1) client.call('PutChunk').send(FLOOD);
  await until(() => windowOf(client) === 0);
  return before;
}

test('who sends chunks may send more ahead than others, and no more than a wide window', async () => {
  const { world, hold } = await start(2);
  const uploading = await connect(world);
  const other = await connect(world);
  expect([await send(uploading, 'PutChunk'), await send(other, 'GetOutcome')]).toEqual([
    'accepted',
    'accepted',
  ]);
  hold();
  const ahead = await flood(uploading);
  expect(ahead).toBeGreaterThan(NARROW_BYTES);
  expect(ahead).toBeLessThanOrEqual(WIDE_WINDOW_BYTES);
  expect(await flood(other)).toBeLessThanOrEqual(NARROW_BYTES);
});

test('a stranger never gets more, whatever it calls', async () => {
  const { world, hold } = await start(2);
  const stranger = await connect(world, null);
  expect(await send(stranger, 'PutChunk')).toBe('UNAUTHENTICATED');
  hold();
  expect(await flood(stranger)).toBeLessThanOrEqual(NARROW_BYTES);
});

test('so many connections at a time, each until it is closed', async () => {
  const { world } = await start(1);
  const first = await connect(world);
  const second = await connect(world);
  const isWide = async (client: SlowClient): Promise<boolean> => {
    expect(await send(client, 'PutChunk')).toBe('accepted');
    return windowOf(client) > NARROW_BYTES;
  };
  expect([await isWide(first), await isWide(second), await isWide(first)]).toEqual([true, false, true]);
  first.close();
  await until(() => isWide(second));
  expect(await isWide(await connect(world))).toBe(false);
});
