// What is traced of calls at a real server over TLS: of whom, as part of what, and what becomes of a collector that is away.
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createOpenTelemetryTracer } from '../../src/coordinator/tracing/opentelemetry.js';
import { parseTraceparent } from '../../src/coordinator/tracing/traceparent.js';
import { refuse } from '../../src/protocol/errors.js';
import { otlpReceiver, type OtlpReceiver, type SeenSpan } from '../helpers/otlp-receiver.js';
import { signer, startWorld, type World } from './fakes.js';
import { rawClient } from './helpers/raw-client.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const PARENT = 'b7ad6b7169203331';
const valid = `00-${TRACE}-${PARENT}-00`;
let receiver: OtlpReceiver;
let world: World | undefined;
const lines: { fields: Record<string, unknown>; message: string }[] = [];
const logger = {
  warn: (fields: object, message: string) => void lines.push({ fields: { ...fields }, message }),
};

beforeEach(async () => {
  receiver = await otlpReceiver();
  lines.length = 0;
});
afterEach(async () => {
  await world?.close();
  await receiver.close();
});

/** One call for each set of headers. @returns the spans of all */
async function tracedCalls(
  headers: readonly Readonly<Record<string, readonly string[]>>[],
  { sampleRatio = 1, method = 'GetOutcome', failWith = (): void => undefined } = {},
): Promise<SeenSpan[]> {
  const tracer = await createOpenTelemetryTracer({
    endpoint: `${receiver.endpoint}/`,
    sampleRatio,
    version: '1',
    logger,
  });
  world = await startWorld(
    {
      getOutcome: async () => {
        failWith();
        return { result: null, abort: null };
      },
    },
    {},
    { tracer },
  );
  for (const instead of headers) {
    const client = await rawClient(world, signer(1), instead);
    await client.call(method, new Uint8Array(0));
    client.close();
  }
  await world.close();
  world = undefined;
  await tracer.stop(20_000);
  return receiver.spans();
}

test('a call is part of the trace that its caller names, whether or not it asks for it', async () => {
  const spans = await tracedCalls([{ traceparent: [valid] }, { traceparent: [valid.replace(/00$/, '01')] }]);
  expect(spans.map(({ traceId, parentSpanId }) => [traceId, parentSpanId])).toEqual([
    [TRACE, PARENT],
    [TRACE, PARENT],
  ]);
});

test.each([
  ['none', []],
  ['two', [valid, valid]],
  ['another version', [valid.replace(/^00/, '01')]],
  ['upper case', [valid.toUpperCase()]],
  ['a trace of zeros', [`00-${'0'.repeat(32)}-${PARENT}-01`]],
  ['a parent of zeros', [`00-${TRACE}-${'0'.repeat(16)}-01`]],
  ['something behind it', [`${valid}-00`]],
  ['a text', ['<script>alert(1)</script>']],
])('a header that is not valid begins a trace of its own: %s', async (_, traceparent) => {
  expect(traceparent.length === 1 ? parseTraceparent(traceparent[0]) : null).toBeNull();
  const [span, ...more] = await tracedCalls([{ traceparent }]);
  expect(more).toEqual([]);
  expect(span).toMatchObject({ parentSpanId: '', name: 'blindsum.v1.ParticipantService/GetOutcome' });
  expect(span?.traceId).not.toBe(TRACE);
  for (const header of traceparent) expect(receiver.text()).not.toContain(header);
});

test('what is not to be sent is not sent because a caller asks for it', async () => {
  const asked = { traceparent: [valid.replace(/00$/, '01')] };
  expect(await tracedCalls([asked, asked, asked], { sampleRatio: 0 })).toEqual([]);
});

test('strangers, health checks and watches leave no trace', async () => {
  expect(await tracedCalls([{ authorization: ['Bearer wrong'], traceparent: [valid] }])).toEqual([]);
  expect(await tracedCalls([{}], { method: '/grpc.health.v1.Health/Check' })).toEqual([]);
});

test('a refusal: its code; a failure: that it is one; never the text', async () => {
  const failures = [
    () => refuse('LATE', 'peer', 'text of a refusal'),
    () => {
      throw new Error('postgres://u:hunter2@db/x');
    },
  ];
  const [late, internal] = await tracedCalls([{}, {}], { failWith: () => failures.shift()?.() });
  expect([late?.attributes['blindsum.code'], late?.status.code]).toEqual(['LATE', 0]);
  expect([internal?.attributes['blindsum.code'], internal?.status.code]).toEqual(['INTERNAL', 2]);
  for (const text of ['hunter2', 'text of', 'stacktrace']) expect(receiver.text()).not.toContain(text);
});

test('a collector that is away costs one line, and the stop does not wait for it', async () => {
  // Takes connections and never answers.
  const sockets: Socket[] = [];
  const silent = createServer((socket) => void sockets.push(socket));
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  let nowMs = 0;
  const tracer = await createOpenTelemetryTracer({
    endpoint: `http://127.0.0.1:${(silent.address() as AddressInfo).port}`,
    sampleRatio: 1,
    version: '1',
    logger,
    elapsedMs: () => nowMs++,
  });
  // More than are kept.
  for (let count = 0; count < 5000; count += 1) tracer.begin('close round', { round: 'r0' }).end();
  await tracer.stop(1);
  expect(lines).toEqual([]);
  await new Promise<void>((resolve) => {
    const seen = setInterval(() => lines.length > 0 && resolve(clearInterval(seen)), 20);
  });
  sockets.forEach((socket) => socket.destroy());
  await new Promise((resolve) => silent.close(resolve));
  expect(lines.map(({ message }) => message)).toEqual(['traces could not be sent']);
  expect(Object.keys(lines[0]?.fields ?? {}).sort()).toEqual(['error', 'spans', 'unsaid']);
});
