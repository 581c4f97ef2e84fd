// How many bytes a sender may put into the coordinator's memory before anybody reads them (SECURITY.md).
import { afterEach, expect, test } from '@jest/globals';
import { until } from '../helpers/until.js';
import { PARTICIPANT, startWorld } from './fakes.js';
import { framed, SESSION_REQUEST, slowClient } from './helpers/slow-client.js';

/** What HTTP/2 lets a call send ahead. */
const WINDOW_BYTES = 65_535;
const CALLS = 16;
const FLOOD = framed(Buffer.alloc(4 * WINDOW_BYTES));

const cleanup: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const step of cleanup.splice(0).reverse()) await step();
});

test('each call of a caller that is being looked up fills one window, and no more', async () => {
  let goOn = (): void => undefined;
  let held = Promise.resolve();
  const world = await startWorld(
    { getOutcome: async () => ({ result: null, abort: null }) },
    {},
    { auth: { authorize: () => held } as never },
  );
  cleanup.push(() => world.close());
  const client = await slowClient(world, PARTICIPANT);
  cleanup.push(() => client.close());
  const first = client.call('GetOutcome');
  first.send(SESSION_REQUEST);
  first.end();
  expect(await first.ended).toBe('accepted');
  expect(client.session.remoteSettings.initialWindowSize).toBe(WINDOW_BYTES);

  held = new Promise((resolve) => (goOn = resolve));
  cleanup.push(() => goOn());
  const { socket } = client.session as unknown as { socket: { bytesWritten: number } };
  const before = socket.bytesWritten;
  for (let calls = 0; calls < CALLS; calls += 1) client.call('PutChunk').send(FLOOD);
  const sent = (): number => socket.bytesWritten - before;
  await until(() => sent() >= CALLS * WINDOW_BYTES);
  await new Promise((resolve) => setTimeout(resolve, 500));
  // With headers and frames; a second window for one of them would be more.
  expect(sent()).toBeLessThan((CALLS + 1) * WINDOW_BYTES);
});
