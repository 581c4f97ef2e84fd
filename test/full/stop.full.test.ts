/** A coordinator that is told to stop while somebody holds a call: what is still there meanwhile, and how a second signal ends it. */
import { afterEach, expect, test } from '@jest/globals';
import { connect } from 'node:http2';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Background, lineOf, start } from '../helpers/cli.js';

const cleanup: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of cleanup.splice(0).reverse()) await step();
});

async function serve(): Promise<{ service: Background; address: string; monitoring: string }> {
  const cwd = await mkdtemp(join(tmpdir(), 'blindsum-stop-'));
  cleanup.push(() => rm(cwd, { recursive: true, force: true }));
  const env = { BLINDSUM_SERVE_METRICS_LISTEN: '127.0.0.1:0' };
  const service = start(['serve', '--dev', 'dev', '--insecure', '--listen', '127.0.0.1:0', '--json'], {
    cwd,
    env,
  });
  cleanup.push(() => {
    service.process.kill('SIGKILL');
    return service.done;
  });
  const ready = lineOf(service, 'stdout', /"listening"/);
  const logged = await lineOf(service, 'stderr', /"msg":"listening"/);
  await ready;
  const { address, metrics } = JSON.parse(logged) as { address: string; metrics: string };
  return { service, address, monitoring: metrics };
}

/** A health watch: a call that does not end by itself. Begun once it was told SERVING. */
async function watchHealth(address: string): Promise<{ readonly notServing: Promise<void> }> {
  const session = connect(`http://${address}`);
  cleanup.push(() => session.destroy());
  session.on('error', () => undefined);
  const call = session.request({
    ':method': 'POST',
    ':path': '/grpc.health.v1.Health/Watch',
    'content-type': 'application/grpc',
    te: 'trailers',
  });
  call.on('error', () => undefined);
  call.end(Buffer.alloc(5));
  const told = (status: number) =>
    new Promise<void>((resolve) =>
      call.on('data', (data: Buffer) => {
        if (data.at(-1) === status) resolve();
      }),
    );
  const notServing = told(2);
  await told(1);
  return { notServing };
}

test('it says so to whoever watches and lets nobody in; a second signal ends it at once', async () => {
  const { service, address, monitoring } = await serve();
  const statusOf = async (path: string) => (await fetch(`http://${monitoring}${path}`)).status;
  expect(await statusOf('/readyz')).toBe(200);
  const watch = await watchHealth(address);
  const stopping = lineOf(service, 'stderr', /"msg":"stopping"/);
  service.process.kill('SIGTERM');
  await stopping;
  await watch.notServing;
  await expect(fetch(`http://${address}/`)).rejects.toThrow();
  expect([await statusOf('/readyz'), await statusOf('/livez'), await statusOf('/metrics')]).toEqual([
    503, 200, 200,
  ]);
  expect(service.process.exitCode).toBeNull();
  service.process.kill('SIGINT');
  expect((await service.done).code).toBe(130);
});
