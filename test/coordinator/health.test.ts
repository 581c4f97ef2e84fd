// Readiness follows the store, is looked at by the node itself, and cannot be made to load the store.
import { request } from 'node:http';
import { connect } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { Health } from '../../src/coordinator/health.js';
import { createMonitoringServer, type MonitoringServer } from '../../src/coordinator/metrics/http.js';
import { createPrometheusMetrics } from '../../src/coordinator/metrics/prometheus.js';
import { BlindsumError } from '../../src/protocol/errors.js';
import { manualClock } from './manual-clock.js';

function watched(check: () => Promise<unknown>) {
  const clock = manualClock();
  const lines: string[] = [];
  const changes: boolean[] = [];
  const log = (fields: object, message: string) =>
    void lines.push(`${message} ${JSON.stringify(fields)}`.trim());
  const logger = { debug: log, info: log, warn: log, error: log };
  const onChange = (isReady: boolean) => void changes.push(isReady);
  const health = new Health({ check, clock, logger, onChange, intervalMs: 1000, timeoutMs: 500 });
  return { health, clock, lines, changes };
}

test('ready after the first look, not while the store fails, ready again, and never again once stopped', async () => {
  let isBroken = false;
  const { health, clock, lines, changes } = watched(() =>
    isBroken ? Promise.reject(new Error('connection lost')) : Promise.resolve(),
  );
  expect(health.isReady).toBe(false);
  await health.start();
  expect(health.isReady).toBe(true);
  isBroken = true;
  await clock.advance(3000);
  expect([health.isReady, health.isStoreUp]).toEqual([false, false]);
  isBroken = false;
  await clock.advance(1000);
  expect(health.isReady).toBe(true);
  await health.stop();
  expect([health.isReady, health.isStoreUp]).toEqual([false, true]);
  expect(clock.pending).toBe(0);
  expect(changes).toEqual([true, false, true]);
  // Each change once, however long it lasts.
  expect(lines).toEqual([
    'the store fails; this node is not ready {"reason":"Error: connection lost"}',
    'the store works again {}',
  ]);
});

test('a store that does not answer counts as one that fails', async () => {
  const { health, clock, lines } = watched(() => new Promise(() => undefined));
  const started = health.start();
  await clock.advance(500);
  await started;
  expect(health.isReady).toBe(false);
  expect(lines).toEqual(['the store fails; this node is not ready {"reason":"no answer within 500 ms"}']);
  await Promise.all([health.stop(), clock.advance(1000)]);
});

let server: MonitoringServer | undefined;
afterEach(async () => {
  await server?.stop();
  server = undefined;
});

async function serve(isReady: () => boolean): Promise<MonitoringServer> {
  const metrics = createPrometheusMetrics();
  const page = () => metrics.page();
  const { contentType } = metrics;
  server = await createMonitoringServer({ listen: '127.0.0.1:0', contentType, page, isReady });
  return server;
}

function ask(path: string, method = 'GET'): Promise<{ status: number; type: string; body: string }> {
  return new Promise((resolve, reject) => {
    const { port } = server as MonitoringServer;
    const asked = request({ host: '127.0.0.1', port, path, method, agent: false }, (response) => {
      let body = '';
      response.on('data', (data: Buffer) => (body += data.toString()));
      response.on('end', () => {
        const type = response.headers['content-type'] ?? '';
        resolve({ status: response.statusCode ?? 0, type, body });
      });
    });
    asked.once('error', reject).end();
  });
}

test('HTTP: alive, ready or not, metrics, and nothing else', async () => {
  let isReady = false;
  await serve(() => isReady);
  expect(await ask('/livez')).toMatchObject({ status: 200, body: 'ok\n' });
  expect(await ask('/readyz')).toMatchObject({ status: 503, body: 'not ready\n' });
  isReady = true;
  expect(await ask('/readyz?verbose')).toMatchObject({ status: 200, body: 'ok\n' });
  const metrics = await ask('/metrics');
  expect(metrics).toMatchObject({ status: 200, type: 'text/plain; version=0.0.4; charset=utf-8' });
  expect(metrics.body).toContain('# TYPE blindsum_sessions_opened_total counter');
  expect(await ask('/metrics', 'HEAD')).toMatchObject({ status: 200, body: '' });
  expect((await ask('/')).status).toBe(404);
  expect((await ask('/metrics', 'POST')).status).toBe(405);
});

test('who asks and does not read the answer loses the connection', async () => {
  const page = () => Promise.resolve('x'.repeat(50_000_000));
  const options = { contentType: '', page, isReady: () => true, idleMs: 100 };
  server = await createMonitoringServer({ ...options, listen: '127.0.0.1:0' });
  const socket = connect({ host: '127.0.0.1', port: server.port });
  const ask = (path: string) => socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`);
  ask('/metrics');
  // Nothing is read here, so the end is seen from the other side: a write into the closed connection fails.
  const closed = new Promise((resolve) => socket.once('error', resolve));
  const knock = setInterval(() => ask('/livez'), 500);
  await closed;
  clearInterval(knock);
  socket.destroy();
});

test('asking costs the store nothing', async () => {
  let looks = 0;
  const { health } = watched(async () => void (looks += 1));
  await health.start();
  await serve(() => health.isReady);
  await Promise.all(Array.from({ length: 50 }, () => ask('/readyz')));
  expect(looks).toBe(1);
  await health.stop();
});

test('a port that is taken, and one that cannot be had, are named', async () => {
  const { port } = await serve(() => true);
  const options = { contentType: '', page: () => Promise.resolve(''), isReady: () => true };
  const taken = createMonitoringServer({ ...options, listen: `127.0.0.1:${port}` });
  await expect(taken).rejects.toMatchObject({
    code: 'PORT_IN_USE',
    message: `metrics.listen: 127.0.0.1:${port} is in use by another program`,
  });
  const nowhere = createMonitoringServer({ ...options, listen: '203.0.113.1:9464' });
  await expect(nowhere).rejects.toMatchObject({ code: 'BAD_CONFIG' });
  await expect(nowhere).rejects.toBeInstanceOf(BlindsumError);
});
