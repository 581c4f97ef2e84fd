/** A store whose operations are timed and counted, whatever the port has. It changes nothing about what they do. */
import type { Store } from '../../storage/port.js';
import { type Operation, wrappedStore } from '../wrapped-store.js';
import { type Metrics, one, silentMetrics } from './port.js';

/** @param nowMs milliseconds since any moment, never going back */
export function instrumentedStore(
  store: Store,
  metrics: Metrics,
  nowMs: () => number = () => performance.now(),
): Store {
  if (metrics === silentMetrics) return store;
  const inProgress = new Map<string, number>();
  metrics.read('blindsum_commits_waiting', () => one(inProgress.get('commitInput') ?? 0));
  const add = (operation: string, by: 1 | -1): void =>
    void inProgress.set(operation, (inProgress.get(operation) ?? 0) + by);

  const timed = (operation: string, run: Operation): Operation => {
    return (...args) => {
      const beganMs = nowMs();
      const result = run(...args);
      if (!(result instanceof Promise)) return result;
      add(operation, 1);
      result
        .catch(() => metrics.count('blindsum_store_failures_total', { operation }))
        .finally(() => {
          add(operation, -1);
          metrics.observe('blindsum_store_operation_seconds', { operation }, (nowMs() - beganMs) / 1000);
        });
      return result;
    };
  };
  return wrappedStore(store, timed);
}
