/** Loads OpenTelemetry on first use: whoever traces nothing needs not install it. */
import type * as Api from '@opentelemetry/api';
import type * as Exporter from '@opentelemetry/exporter-trace-otlp-http';
import type * as Resources from '@opentelemetry/resources';
import type * as Sdk from '@opentelemetry/sdk-trace';
import { BlindsumError } from '../../protocol/errors.js';

export interface OpenTelemetry {
  readonly api: Pick<typeof Api, 'ROOT_CONTEXT' | 'SpanKind' | 'SpanStatusCode' | 'trace' | 'TraceFlags'>;
  readonly exporter: Pick<typeof Exporter, 'OTLPTraceExporter'>;
  readonly resources: Pick<typeof Resources, 'resourceFromAttributes'>;
  readonly sdk: Pick<typeof Sdk, 'BatchSpanProcessor' | 'SamplingDecision' | 'TracerProvider'>;
}

const INSTALL = [
  '@opentelemetry/api@1.9.1',
  '@opentelemetry/exporter-trace-otlp-http@0.223.1',
  '@opentelemetry/resources@2.12.1',
  '@opentelemetry/sdk-trace@2.12.1',
].join(' ');

/** @throws BlindsumError MISSING_PACKAGE */
export async function loadOpenTelemetry(): Promise<OpenTelemetry> {
  try {
    const [api, exporter, resources, sdk] = await Promise.all([
      import('@opentelemetry/api'),
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/resources'),
      import('@opentelemetry/sdk-trace'),
    ]);
    return { api, exporter, resources, sdk };
  } catch (cause) {
    if ((cause as { code?: unknown }).code !== 'ERR_MODULE_NOT_FOUND') throw cause;
    throw new BlindsumError(
      'MISSING_PACKAGE',
      'environment',
      `OpenTelemetry is not installed, and tracing.endpoint is set; run: npm install ${INSTALL}`,
      { cause },
    );
  }
}
