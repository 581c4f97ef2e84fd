/**
 * Watches over calls for metrics, log and traces. Refusals of somebody who has proven who it is are worth a line; those that
 * anybody can cause as often as he likes are only counted, and logged when debugging.
 */
import { BlindsumError } from '../../protocol/errors.js';
import { fingerprint } from '../../protocol/fingerprint.js';
import { OPERATOR_SERVICE, PARTICIPANT_SERVICE, WITNESS_SERVICE } from '../../rpc/protos.js';
import { codeOf } from '../../rpc/status.js';
import type { Logger } from '../logger.js';
import type { LabelsOf } from '../metrics/definitions.js';
import type { Metrics } from '../metrics/port.js';
import { silentSpan, type Span, type Tracer } from '../tracing/port.js';
import type { Principal } from './auth.js';

export interface ObservedCall {
  /**
   * The caller has proven who it is. Watches and calls that anybody may make are not traced.
   * @param traceparent header, as it came
   */
  admit(traceparent: string | undefined): Span;
  /** Nothing more will happen; again does nothing. */
  end(): void;
}

export interface RefusedCall {
  readonly path: string;
  /** Null: not known, or not accepted. */
  readonly principal: Principal | null;
  readonly session: string | null;
  readonly span: Span;
}

export interface CallObserver {
  begin(method: { readonly path: string; readonly responseStream: boolean }): ObservedCall;
  refused(call: RefusedCall, error: unknown): void;
}

interface Parts {
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly tracer: Tracer;
  /** Milliseconds since any moment, never going back. */
  readonly elapsedMs: () => number;
}

type OpenCalls = LabelsOf<'blindsum_calls_open'>;

/** Streams that last as long as what they watch. */
export const WATCH = /\/Watch[^/]*$/;

export function createCallObserver({ metrics, logger, tracer, elapsedMs }: Parts): CallObserver {
  const open = new Map<string, { labels: OpenCalls; value: number }>();
  metrics.read('blindsum_calls_open', () => [...open.values()]);
  const add = (labels: OpenCalls, by: 1 | -1): void => {
    const key = `${labels.service} ${labels.kind}`;
    open.set(key, { labels, value: (open.get(key)?.value ?? 0) + by });
  };
  return {
    begin({ path, responseStream }) {
      const [service, method] = nameOf(path);
      const labels: OpenCalls = { service, kind: responseStream ? 'stream' : 'unary' };
      const beganMs = elapsedMs();
      let isOver = false;
      let span = silentSpan;
      add(labels, 1);
      return {
        admit(traceparent) {
          if (service === 'open' || WATCH.test(path)) return span;
          const [, fullService = ''] = path.split('/');
          span = tracer.begin(path.slice(1), { service: fullService, method, code: 'OK' }, traceparent);
          return span;
        },
        end() {
          if (isOver) return;
          isOver = true;
          add(labels, -1);
          span.end();
          if (WATCH.test(path)) return;
          metrics.observe('blindsum_call_seconds', { service, method }, (elapsedMs() - beganMs) / 1000);
        },
      };
    },
    refused({ path, principal, session, span }, error) {
      const [service, method] = nameOf(path);
      const code = codeOf(error);
      metrics.count('blindsum_refusals_total', { service, code });
      span.set({ code });
      if (FAILURES.has(code)) span.end(true);
      const level = principal === null || QUIET.has(code) ? 'debug' : 'info';
      const participant =
        principal?.kind === 'participant' ? { participant: fingerprint(principal.caller.identity) } : {};
      const reason = error instanceof BlindsumError && code !== 'INTERNAL' ? { reason: error.message } : {};
      logger[level](
        { service, method, code, ...reason, ...(session === null ? {} : { session }), ...participant },
        'call refused',
      );
    },
  };
}

/** What even an honest caller meets again and again, or what a hasty one would fill the log with. */
const QUIET: ReadonlySet<string> = new Set(['CANCELLED', 'OVERLOADED', 'UNREACHABLE', 'WRONG_ROUND']);

/** Where the coordinator is at fault. */
const FAILURES: ReadonlySet<string> = new Set(['INTERNAL', 'STORE_FAILED']);

const SERVICE_LABELS: ReadonlyMap<string | undefined, OpenCalls['service']> = new Map([
  [PARTICIPANT_SERVICE, 'participant'],
  [OPERATOR_SERVICE, 'operator'],
  [WITNESS_SERVICE, 'witness'],
]);

/** @param path '/blindsum.v1.ParticipantService/GetTask' */
function nameOf(path: string): [OpenCalls['service'], string] {
  const [, service, method = ''] = path.split('/');
  return [SERVICE_LABELS.get(service) ?? 'open', method];
}
