/**
 * Traces as an OpenTelemetry collector takes them (OTLP over HTTP). With package.ts the only file that knows
 * OpenTelemetry; nothing global is set, so a program that embeds the coordinator keeps its own.
 *
 * A collector that is away costs a bounded queue, which then takes nothing more, and a line in the log now and then.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Context, Span as OtelSpan } from '@opentelemetry/api';
import type { SpanExporter, Sampler } from '@opentelemetry/sdk-trace';
import { systemRandom } from '../../../crypto/random.js';
import { describeError, type Logger } from '../logger.js';
import { loadOpenTelemetry, type OpenTelemetry } from './package.js';
import type { Attributes, Span, Tracer } from './port.js';
import { parseTraceparent } from './traceparent.js';

export interface TracingOptions {
  /** 'http://collector:4318'; the path /v1/traces is added. */
  readonly endpoint: string;
  /** Share of traces that are sent, 0 to 1. */
  readonly sampleRatio: number;
  /** Of the package. */
  readonly version: string;
  readonly logger: Pick<Logger, 'warn'>;
  /** Milliseconds since any moment, never going back. */
  readonly elapsedMs?: () => number;
}

export interface OpenTelemetryTracer extends Tracer {
  /** Sends what is left, for `graceMs` at most. */
  stop(graceMs: number): Promise<void>;
}

/** Longest try to send; so long a stopped process may still linger. */
const SEND_MS = 2000;
const QUEUED_SPANS = 2048;
/** A collector that is away fails every few seconds: one line in so many milliseconds is enough. */
const QUIET_MS = 60_000;

const NAMES: Readonly<Record<keyof Attributes, string>> = {
  service: 'rpc.service',
  method: 'rpc.method',
  operation: 'blindsum.operation',
  code: 'blindsum.code',
  task: 'blindsum.task',
  session: 'blindsum.session',
  round: 'blindsum.round',
  to: 'blindsum.to',
  accepted: 'blindsum.accepted',
  streams: 'blindsum.streams',
};

/** @throws BlindsumError MISSING_PACKAGE */
export async function createOpenTelemetryTracer(options: TracingOptions): Promise<OpenTelemetryTracer> {
  const otel = await loadOpenTelemetry();
  const { api, sdk, resources } = otel;
  const provider = new sdk.TracerProvider({
    resource: resources.resourceFromAttributes({
      'service.name': 'blindsum',
      'service.version': options.version,
    }),
    sampler: samplerOf(otel, options.sampleRatio),
    spanProcessors: [
      new sdk.BatchSpanProcessor({
        exporter: exporterOf(otel, options),
        maxQueueSize: QUEUED_SPANS,
        exportTimeoutMillis: SEND_MS,
      }),
    ],
  });
  const tracer = provider.getTracer('blindsum', options.version);
  const current = new AsyncLocalStorage<Live>();
  const start = (name: string, attributes: Attributes, parent: Context): Live => {
    const kind = attributes.method === undefined ? api.SpanKind.INTERNAL : api.SpanKind.SERVER;
    const span = tracer.startSpan(name, { kind, attributes: named(attributes) }, parent);
    return new Live(span, current, api.SpanStatusCode.ERROR);
  };
  return {
    begin(name, attributes, traceparent) {
      const remote = parseTraceparent(traceparent);
      const context = { ...remote, traceFlags: api.TraceFlags.NONE, isRemote: true };
      const parent =
        remote === null ? api.ROOT_CONTEXT : api.trace.setSpanContext(api.ROOT_CONTEXT, context as never);
      return start(name, attributes, parent);
    },
    async part(name, attributes, work) {
      const whole = current.getStore();
      if (whole?.isShown !== true) return work();
      const span = start(name, attributes, api.trace.setSpan(api.ROOT_CONTEXT, whole.span));
      let isFailed = true;
      try {
        const result = await span.run(work);
        isFailed = false;
        return result;
      } finally {
        span.end(isFailed);
      }
    },
    stop: (graceMs) => within(graceMs, provider.shutdown()),
  };
}

class Live implements Span {
  #isOver = false;

  constructor(
    readonly span: OtelSpan,
    private readonly current: AsyncLocalStorage<Live>,
    private readonly failed: number,
  ) {}

  /** Work that goes on after the end, like what a call has set off, is no part of it. */
  get isShown(): boolean {
    return !this.#isOver && this.span.isRecording();
  }

  run<T>(work: () => T): T {
    return this.current.run(this, work);
  }

  set(attributes: Attributes): void {
    this.span.setAttributes(named(attributes));
  }

  end(isFailed = false): void {
    if (this.#isOver) return;
    this.#isOver = true;
    // Without the error's text, which nobody has looked over for what it may hold.
    if (isFailed) this.span.setStatus({ code: this.failed });
    this.span.end();
  }
}

const named = (attributes: Attributes): Record<string, string | number> => ({
  ...(attributes.method === undefined ? {} : { 'rpc.system': 'grpc' }),
  ...Object.fromEntries(
    Object.entries(attributes).map(([key, value]) => [
      NAMES[key as keyof Attributes],
      value as string | number,
    ]),
  ),
});

/** From [0, 1). */
const draw = (): number => systemRandom(4).reduce((sum, byte) => sum * 256 + byte, 0) / 2 ** 32;

/** By the draw, whatever trace a caller names: nobody outside decides what is sent, or that nothing is. */
function samplerOf({ api, sdk }: OpenTelemetry, ratio: number): Sampler {
  const { RECORD_AND_SAMPLED, NOT_RECORD } = sdk.SamplingDecision;
  return {
    shouldSample(context) {
      const parent = api.trace.getSpanContext(context);
      // Parts begin only while the whole is shown.
      const isPart = parent !== undefined && parent.isRemote !== true;
      return { decision: isPart || draw() < ratio ? RECORD_AND_SAMPLED : NOT_RECORD };
    },
    toString: () => `draw ${ratio}`,
  };
}

function exporterOf({ exporter }: OpenTelemetry, options: TracingOptions): SpanExporter {
  const { endpoint, logger, elapsedMs = () => performance.now() } = options;
  const url = `${endpoint.replace(/\/+$/, '')}/v1/traces`;
  const otlp = new exporter.OTLPTraceExporter({ url, timeoutMillis: SEND_MS });
  let quietUntilMs = -Infinity;
  let unsaid = 0;
  const failed = (spans: number, error: unknown): void => {
    if (elapsedMs() < quietUntilMs) unsaid += 1;
    else {
      logger.warn({ spans, ...describeError(error), unsaid }, 'traces could not be sent');
      quietUntilMs = elapsedMs() + QUIET_MS;
      unsaid = 0;
    }
  };
  return {
    export(spans, done) {
      otlp.export(spans, (result) => {
        if ((result.code as number) !== 0) failed(spans.length, result.error);
        done(result);
      });
    },
    forceFlush: () => otlp.forceFlush(),
    shutdown: () => otlp.shutdown(),
  };
}

async function within(ms: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)));
  await Promise.race([work.catch(() => undefined), over]);
  clearTimeout(timer);
}
