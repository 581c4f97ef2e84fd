/** Ctrl-C and SIGTERM as an AbortSignal: the first one ends cleanly, a second one at once. */
import { BlindsumError } from '../protocol/errors.js';

export interface Interrupt {
  readonly signal: AbortSignal;
  dispose(): void;
}

let interruption: BlindsumError | null = null;

/** The first signal that this process got while a command listened; null for none. */
export const interrupted = (): BlindsumError | null => interruption;

export function onInterrupt(): Interrupt {
  const controller = new AbortController();
  const listener = (): void => {
    if (controller.signal.aborted) process.exit(130);
    interruption = new BlindsumError('CANCELLED', 'caller', 'interrupted');
    controller.abort(interruption);
  };
  process.on('SIGINT', listener);
  process.on('SIGTERM', listener);
  return {
    signal: controller.signal,
    dispose() {
      process.off('SIGINT', listener);
      process.off('SIGTERM', listener);
    },
  };
}
