/** A child process's end of the demo. It never outlives its parent, and leaves Ctrl-C to it. */
import { errorLine } from '../errors.js';
import type { Failed } from './messages.js';

export interface ParentLink<Received, Sent> {
  send(message: Sent | Failed): void;
  /** `handle` runs for one message after the other; what it throws ends the process. */
  onMessage(handle: (message: Received) => Promise<void>): void;
  /** Tells the parent why, and ends. */
  readonly fail: (error: unknown) => void;
  /** Before this process ends because its parent is gone, which then could not clean up itself. */
  onOrphaned(clean: () => void): void;
}

export function linkToParent<Received, Sent>(): ParentLink<Received, Sent> {
  // Ctrl-C goes to the whole group; the parent ends its children in order.
  process.on('SIGINT', () => undefined);
  let clean: () => void = () => undefined;
  process.on('disconnect', () => {
    clean();
    process.exit(0);
  });
  const send = (message: Sent | Failed): void => {
    process.send?.(message, undefined, {}, () => undefined);
  };
  const fail = (error: unknown): void => {
    const { code, message } = errorLine(error);
    process.send?.({ type: 'failed', code, message }, undefined, {}, () => process.exit(1));
  };
  return {
    send,
    fail,
    onOrphaned(run) {
      clean = run;
    },
    onMessage(handle) {
      let queue = Promise.resolve();
      process.on('message', (message) => {
        queue = queue.then(() => handle(message as Received)).catch(fail);
      });
    },
  };
}
