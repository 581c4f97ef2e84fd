/** The metrics of `serve`, and the port on which they and the state of the process can be asked for. */
import type { Health } from '../../coordinator/health.js';
import { type Metrics, one, silentMetrics } from '../../coordinator/metrics/port.js';
import { PROTOCOL_REVISION } from '../../rpc/version.js';
import { packageVersion } from '../package-version.js';

export interface Monitoring {
  readonly metrics: Metrics;
  /** host:port; null when there is none. */
  readonly address: string | null;
  /** Until this was called, /readyz says no. */
  readyWhen(health: State): void;
  stop(): Promise<void>;
}

type State = Pick<Health, 'isReady' | 'isStoreUp'>;

/** @param listen 'host:port', or null for no port and no metrics. @throws BlindsumError PORT_IN_USE, BAD_CONFIG */
export async function startMonitoring(listen: string | null): Promise<Monitoring> {
  if (listen === null) {
    return {
      metrics: silentMetrics,
      address: null,
      readyWhen: () => undefined,
      stop: () => Promise.resolve(),
    };
  }
  const { createPrometheusMetrics } = await import('../../coordinator/metrics/prometheus.js');
  const { createMonitoringServer } = await import('../../coordinator/metrics/http.js');
  const metrics = createPrometheusMetrics();
  const labels = { version: packageVersion(), revision: String(PROTOCOL_REVISION) };
  metrics.read('blindsum_build_info', () => [{ labels, value: 1 }]);
  let state: State = { isReady: false, isStoreUp: false };
  metrics.read('blindsum_store_up', () => one(state.isStoreUp ? 1 : 0));
  const server = await createMonitoringServer({
    listen,
    contentType: metrics.contentType,
    page: () => metrics.page(),
    isReady: () => state.isReady,
  });
  return {
    metrics,
    address: `${listen.slice(0, listen.lastIndexOf(':'))}:${server.port}`,
    readyWhen: (health) => void (state = health),
    stop: () => server.stop(),
  };
}
