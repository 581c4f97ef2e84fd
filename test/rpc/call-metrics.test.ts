// What is counted and logged of calls, connections and bytes, at a real server over TLS.
import { afterEach, expect, test } from '@jest/globals';
import { createPrometheusMetrics, type PrometheusMetrics } from '../../src/coordinator/metrics/prometheus.js';
import { refuse } from '../../src/protocol/errors.js';
import { fingerprint } from '../../src/protocol/fingerprint.js';
import { type MetricsPage, readPage } from '../helpers/metrics-page.js';
import { until } from '../helpers/until.js';
import { collect, fill, PARTICIPANT, refusalOf, signed, startWorld, type World } from './fakes.js';

const SESSION = 'ab'.repeat(32);
let world: World;
let metrics: PrometheusMetrics;
const lines: { level: string; fields: Record<string, unknown>; message: string }[] = [];
const at = (level: string) => (fields: object, message: string) =>
  void lines.push({ level, fields: { ...fields }, message });
const logger = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };

async function start(...apis: [Parameters<typeof startWorld>[0], Parameters<typeof startWorld>[1]?]) {
  metrics = createPrometheusMetrics();
  lines.length = 0;
  world = await startWorld(apis[0], apis[1], { metrics, logger });
}
afterEach(() => world.close());

const page = async (): Promise<MetricsPage> => readPage(await metrics.page());

/** A call is over a moment after its caller has the reply. */
async function pageOnce(holds: (page: MetricsPage) => boolean): Promise<MetricsPage> {
  let now = await page();
  await until(async () => holds((now = await page())));
  return now;
}

test('calls, bytes and connections', async () => {
  const blob = fill(200_000, 3);
  await start({ getOutcome: async () => ({ result: null, abort: null }), getInput: async () => blob });
  const client = world.participant();
  await client.getOutcome(SESSION);
  await client.getInput(SESSION);
  const seen = await pageOnce((now) => now.of('blindsum_calls_open') === 0);
  expect(seen.of('blindsum_call_seconds_count', { service: 'participant', method: 'GetOutcome' })).toBe(1);
  expect(seen.of('blindsum_call_seconds_count', { service: 'participant', method: 'GetInput' })).toBe(1);
  expect(seen.of('blindsum_connections', { state: 'known' })).toBe(1);
  expect(seen.of('blindsum_connections', { state: 'stranger' })).toBe(0);
  expect(seen.of('blindsum_sent_bytes_total')).toBeGreaterThan(blob.length);
  expect(seen.of('blindsum_sent_bytes_total')).toBeLessThan(1.1 * blob.length);
  expect(seen.of('blindsum_received_bytes_total')).toBeGreaterThan(500);
  expect(seen.of('blindsum_received_bytes_total')).toBeLessThan(10_000);
  expect(seen.of('blindsum_refusals_total')).toBe(0);
  client.close();
  // Bytes of a connection that is gone still count.
  const after = await pageOnce((now) => now.of('blindsum_connections') === 0);
  expect(after.of('blindsum_sent_bytes_total')).toBeGreaterThan(blob.length);
});

test('a watch is open as long as it lasts, and its time is not that of a call', async () => {
  await start({
    async *watchSession(_, signal) {
      yield { phase: 'r0', complaints: 0, deadlineInMs: 1 };
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
    },
  });
  const client = world.participant();
  const stop = new AbortController();
  for await (const _ of client.watchSession(SESSION, stop.signal)) {
    expect((await page()).of('blindsum_calls_open', { service: 'participant', kind: 'stream' })).toBe(1);
    stop.abort();
  }
  const after = await pageOnce((now) => now.of('blindsum_calls_open') === 0);
  expect(after.of('blindsum_call_seconds_count')).toBe(0);
});

test('a refusal of somebody known: counted by code, and one line', async () => {
  await start({
    consistency: async () => refuse('LATE', 'peer', 'the session is in r4'),
    getOutcome: async () => {
      throw new Error('key 5eed');
    },
  });
  const client = world.participant();
  await refusalOf(client.consistency(SESSION, signed(1)));
  await refusalOf(client.getOutcome(SESSION));
  const seen = await page();
  expect(seen.of('blindsum_refusals_total', { service: 'participant', code: 'LATE' })).toBe(1);
  expect(seen.of('blindsum_refusals_total', { service: 'participant', code: 'INTERNAL' })).toBe(1);
  const call = { service: 'participant', session: SESSION, participant: fingerprint(PARTICIPANT.publicKey) };
  expect(lines).toEqual([
    {
      level: 'info',
      message: 'call refused',
      fields: { ...call, method: 'Consistency', code: 'LATE', reason: 'the session is in r4' },
    },
    // Without the text of what nobody foresaw.
    { level: 'info', message: 'call refused', fields: { ...call, method: 'GetOutcome', code: 'INTERNAL' } },
  ]);
});

test('what anybody can cause is counted, and does not fill the log', async () => {
  await start({}, { listTasks: async () => [] });
  await refusalOf(world.operator({ token: 'x'.repeat(40) }).listTasks());
  expect((await page()).of('blindsum_refusals_total', { service: 'operator', code: 'UNAUTHENTICATED' })).toBe(
    1,
  );
  expect(lines.map(({ level, fields }) => [level, fields.code])).toEqual([['debug', 'UNAUTHENTICATED']]);
});

test('a session that does not look like one is not logged', async () => {
  await start({ consistency: async () => refuse('UNKNOWN_SESSION', 'caller', 'no such session') });
  await refusalOf(world.participant().consistency('00'.repeat(31), signed(1)));
  expect(lines.map(({ fields }) => 'session' in fields)).toEqual([false]);
});

test('the operator counts as itself', async () => {
  await start({}, { listTasks: async () => [], async *exportSession() {} });
  const operator = world.operator();
  await operator.listTasks();
  await collect(operator.exportSession(SESSION));
  const seen = await pageOnce((now) => now.of('blindsum_call_seconds_count', { service: 'operator' }) === 2);
  expect(seen.of('blindsum_calls_open')).toBe(0);
});
