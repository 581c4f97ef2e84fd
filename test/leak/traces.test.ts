/** The traces of a session, as a collector gets them: where the time went, and neither a secret nor who took part. */
import { expect, test } from '@jest/globals';
import { createOpenTelemetryTracer } from '../../src/coordinator/tracing/opentelemetry.js';
import { silentLogger } from '../../src/coordinator/logger.js';
import { otlpReceiver, type SeenSpan } from '../helpers/otlp-receiver.js';
import { DRAW, recordSession } from './recorded-session.js';
import { textForms } from './representations.js';
import { secretIndex } from './secret-index.js';

test('say what was done for what, and hold no secret and no participant', async () => {
  const receiver = await otlpReceiver();
  const tracer = await createOpenTelemetryTracer({
    endpoint: receiver.endpoint,
    sampleRatio: 1,
    version: '0.0.0',
    logger: silentLogger,
  });
  const session = await recordSession({
    suite: 'masking/complete',
    participants: 8,
    length: 24,
    bits: 24,
    dropout: { r2: 1, r4: 1 },
    seed: 'traces',
    tracer,
  });
  await tracer.stop(20_000);
  await receiver.close();
  expect(session.report.exact).toBe(true);
  expect(new Set(receiver.requests())).toEqual(new Set(['POST /v1/traces application/json']));

  const spans = receiver.spans();
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const parentOf = (span: SeenSpan): SeenSpan | undefined => byId.get(span.parentSpanId);
  const named = (name: string): SeenSpan[] => spans.filter((span) => span.name === name);
  const service = 'blindsum.v1.ParticipantService';
  for (const [method, count] of [
    ['ShareKeys', 8],
    ['Unmask', 6],
  ] as const) {
    const calls = named(`${service}/${method}`);
    expect(calls).toHaveLength(count);
    for (const { parentSpanId, kind, attributes } of calls) {
      expect([parentSpanId, kind, attributes['blindsum.code']]).toEqual(['', 2, 'OK']);
      expect(attributes).toMatchObject({
        'rpc.system': 'grpc',
        'rpc.service': service,
        'rpc.method': method,
      });
      expect(attributes['blindsum.session']).toMatch(/^[0-9a-f]{64}$/);
    }
  }
  expect(named('close round').map(({ attributes }) => attributes['blindsum.round'])).toEqual(
    expect.arrayContaining(['r0', 'r1', 'r2', 'r3', 'r4']),
  );
  const [unmask, ...more] = named('unmask') as [SeenSpan];
  expect(more).toEqual([]);
  expect(unmask.attributes['blindsum.streams']).toBeGreaterThan(0);
  expect(parentOf(unmask)).toMatchObject({
    name: 'close round',
    traceId: unmask.traceId,
    attributes: { 'blindsum.round': 'r4', 'blindsum.to': 'closed', 'blindsum.accepted': 6 },
  });
  expect(named('store commitInput').map((span) => parentOf(span)?.name)).toEqual(
    Array(7).fill(`${service}/CommitUpload`),
  );
  expect(named('store transition').map((span) => parentOf(span)?.name)).toEqual(Array(5).fill('close round'));
  // Work that goes on after a call, and looks in vain, belong to nothing and are not shown.
  const orphans = spans.filter((span) => span.parentSpanId !== '' && parentOf(span) === undefined);
  expect(orphans).toEqual([]);
  const keys = new Set(spans.flatMap(({ attributes }) => Object.keys(attributes)));
  expect([...keys].filter((key) => !/^(rpc\.(system|service|method)|blindsum\.\w+)$/.test(key))).toEqual([]);

  const text = receiver.text();
  const bytes = new Uint8Array(Buffer.from(text));
  const index = secretIndex(session);
  expect(index.find(bytes)).toEqual([]);
  const latin1 = Buffer.from(session.received).toString('latin1');
  const tokens = [...latin1.matchAll(/Bearer ([\w.-]+)/g)].map(([, token = '']) => token);
  expect(tokens.length).toBeGreaterThan(0);
  for (const token of tokens) expect(text).not.toContain(token);
  for (const identity of session.identities) {
    for (const { bytes: form } of textForms(new Uint8Array(Buffer.from(identity, 'hex'))))
      expect(text).not.toContain(Buffer.from(form).toString('latin1'));
  }
  // The search would have seen them.
  const [draw] = session.draws[3]?.slice(DRAW.maskSeed) as [Uint8Array];
  const leaky = `${text}${JSON.stringify({ seed: Buffer.from(draw).toString('base64') })}`;
  expect(index.find(new Uint8Array(Buffer.from(leaky))).length).toBeGreaterThan(0);
});
