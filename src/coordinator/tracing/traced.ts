/** Store and engine whose work is shown as part of the call or the closing of a round that it is done for. */
import { countStreams } from '../../../crypto/engine/job.js';
import type { Engine } from '../../protocol/suite.js';
import type { Store } from '../../storage/port.js';
import { wrappedStore } from '../wrapped-store.js';
import { silentTracer, type Tracer } from './port.js';

export function tracedStore(store: Store, tracer: Tracer): Store {
  if (tracer === silentTracer) return store;
  return wrappedStore(store, (operation, run) => {
    // Not a piece of work: it lasts.
    if (operation === 'watch') return run;
    return (...args) => tracer.part(`store ${operation}`, { operation }, async () => run(...args));
  });
}

/** The coordinator's only jobs are those that unmask a sum. */
export const tracedEngine = (engine: Engine, tracer: Tracer): Engine => ({
  run: (job, options) =>
    tracer.part('unmask', { streams: countStreams(job) }, () => engine.run(job, options)),
  close: () => engine.close(),
  lacks: (need) => engine.lacks(need),
});
