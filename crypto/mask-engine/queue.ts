/** Work one after the other. What waits can be given up at once. */
export interface Queue {
  /** @throws signal.reason when it aborts before its turn; whatever `work` throws */
  add<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** When all that was added before has ended. */
  settled(): Promise<void>;
}

export function createQueue(): Queue {
  let last: Promise<unknown> = Promise.resolve();
  return {
    add(work, signal) {
      const before = last;
      const running = (async () => {
        await turn(before, signal);
        return work();
      })();
      // Without their results, which would be kept for ever.
      last = Promise.allSettled([before, running]).then(() => undefined);
      return running;
    },
    async settled() {
      await last;
    },
  };
}

async function turn(before: Promise<unknown>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) {
    await before;
    return;
  }
  signal.throwIfAborted();
  const stop = new AbortController();
  const aborted = new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { signal: stop.signal });
  });
  await Promise.race([before, aborted]);
  stop.abort();
}
