// A coordinator that cannot be started leaves nothing open behind.
import { afterEach, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Opened } from '../../src/cli/opened.js';
import { loadConfig, type ServeConfig } from '../../src/cli/serve-config/index.js';
import { startService } from '../../src/cli/serve/service.js';

const folder = mkdtempSync(join(tmpdir(), 'blindsum-service-'));
const cleanup: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
afterEach(async () => {
  for (const step of cleanup.splice(0).reverse()) await step();
});

/** A port that somebody listens on, until `leave`. */
async function takenPort(): Promise<{ port: number; leave(): Promise<unknown> }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const leave = () => new Promise((resolve) => server.close(resolve));
  return { port: (server.address() as AddressInfo).port, leave };
}

test('what was opened before is closed again, when the port is in use', async () => {
  const [taken, metrics] = [await takenPort(), await takenPort()];
  await metrics.leave();
  const read = (listen: string): Promise<ServeConfig> =>
    loadConfig(
      { dev: folder, listen, insecure: true },
      { BLINDSUM_SERVE_METRICS_LISTEN: `127.0.0.1:${metrics.port}`, BLINDSUM_SERVE_LOG: 'error' },
    );
  const hangUps = process.listenerCount('SIGHUP');
  const failed = startService(await read(`127.0.0.1:${taken.port}`));
  await expect(failed).rejects.toMatchObject({ code: 'PORT_IN_USE' });
  await taken.leave();
  // The metrics port is free, and so is the SQLite file, which only one coordinator may have open.
  const service = await startService(await read(`127.0.0.1:${taken.port}`));
  cleanup.push(() => service.stop());
  const ready = await fetch(`http://127.0.0.1:${metrics.port}/readyz`);
  expect(ready.status).toBe(200);
  expect(process.listenerCount('SIGHUP')).toBe(hangUps + 1);
  await cleanup.pop()?.();
  expect(process.listenerCount('SIGHUP')).toBe(hangUps);
  await expect(fetch(`http://127.0.0.1:${metrics.port}/livez`)).rejects.toThrow();
});

test('all is closed in reverse, whatever cannot be closed; that is said at the end', async () => {
  const opened = new Opened();
  const closed: string[] = [];
  opened.onClose(() => void closed.push('first'));
  opened.onClose(() => Promise.reject(new Error('second')));
  opened.onClose(async () => {
    await new Promise((resolve) => setImmediate(resolve));
    closed.push('third');
    throw new Error('third');
  });
  await expect(opened.close()).rejects.toThrow('third');
  expect(closed).toEqual(['third', 'first']);
  await opened.close();
  expect(closed).toHaveLength(2);
});
