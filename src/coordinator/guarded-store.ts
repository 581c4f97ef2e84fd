/**
 * A store whose failures have a name: STORE_FAILED, and a line in the log. A disk that is full or a database that is away
 * is neither a refusal of the protocol nor a bug: callers are told to come again, and no session is given up for it.
 */
import { BlindsumError } from '../protocol/errors.js';
import type { Store } from '../storage/port.js';
import type { Clock } from './clock.js';
import { describeError, type Logger } from './logger.js';
import { type Operation, wrappedStore } from './wrapped-store.js';

/** A store that is away fails in everything: one line in so many milliseconds is enough. */
const QUIET_MS = 5000;

export function guardedStore(store: Store, { clock, logger }: { clock: Clock; logger: Logger }): Store {
  let quietUntilMs = -Infinity;
  let unsaid = 0;

  const failed = (operation: string, cause: unknown): BlindsumError => {
    if (cause instanceof BlindsumError) return cause;
    if (clock.now() < quietUntilMs) unsaid += 1;
    else {
      logger.error({ operation, ...describeError(cause), unsaid }, 'the store failed');
      quietUntilMs = clock.now() + QUIET_MS;
      unsaid = 0;
    }
    return new BlindsumError('STORE_FAILED', 'environment', 'the store cannot be used at the moment', {
      cause,
    });
  };

  const guarded = (operation: string, run: Operation): Operation => {
    return (...args) => {
      try {
        const result = run(...args);
        if (!(result instanceof Promise)) return result;
        return result.catch((cause: unknown) => Promise.reject(failed(operation, cause)));
      } catch (cause) {
        throw failed(operation, cause);
      }
    };
  };
  return wrappedStore(store, guarded);
}
