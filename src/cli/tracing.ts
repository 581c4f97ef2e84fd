/** The traces of `serve`. */
import type { Logger } from '../coordinator/logger.js';
import { silentTracer, type Tracer } from '../coordinator/tracing/port.js';
import { packageVersion } from './package-version.js';
import type { ServeConfig } from './serve-config/index.js';

export interface Tracing {
  readonly tracer: Tracer;
  stop(graceMs: number): Promise<void>;
}

/** @throws BlindsumError MISSING_PACKAGE */
export async function startTracing(
  { endpoint, sampleRatio }: ServeConfig['tracing'],
  logger: Logger,
): Promise<Tracing> {
  if (endpoint === null) return { tracer: silentTracer, stop: () => Promise.resolve() };
  const { createOpenTelemetryTracer } = await import('../coordinator/tracing/opentelemetry.js');
  const tracer = await createOpenTelemetryTracer({
    endpoint,
    sampleRatio,
    version: packageVersion(),
    logger,
  });
  return { tracer, stop: (graceMs) => tracer.stop(graceMs) };
}
