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
  let giveUp = (): void => undefined;
  const aborted = new Promise((_resolve, reject) => {
    giveUp = () => reject(signal.reason as Error);
    signal.addEventListener('abort', giveUp);
  });
  try {
    await Promise.race([before, aborted]);
  } finally {
    // Not by a signal of its own: the reason of one remembers where it was given, with all that was at hand there.
    signal.removeEventListener('abort', giveUp);
  }
}
