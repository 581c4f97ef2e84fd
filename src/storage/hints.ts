/** Watchers of a store, told after a change: never inside the operation, which a watcher must not see half made or delay. */
import type { Change } from './port.js';

type Listener = (change: Change) => void;

export class Hints {
  readonly #subscriptions = new Set<{ readonly listener: Listener }>();

  subscribe(listener: Listener): () => void {
    const subscription = { listener };
    this.#subscriptions.add(subscription);
    return () => {
      this.#subscriptions.delete(subscription);
    };
  }

  tell(change: Change): void {
    queueMicrotask(() => {
      for (const { listener } of [...this.#subscriptions]) {
        try {
          listener(change);
        } catch {
          // A hint may be lost; the change is made, and the next watcher is not to suffer.
        }
      }
    });
  }

  clear(): void {
    this.#subscriptions.clear();
  }
}
