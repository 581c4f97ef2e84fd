/** What is streamed to a client, no faster than it reads, and never longer than it may keep the server waiting. */
import type { ServerWritableStream } from '@grpc/grpc-js';
import { BlindsumError } from '../../protocol/errors.js';

/** Writes as fast as the client reads, until the source ends or `signal` aborts, and always closes the source. */
export async function pump(
  call: ServerWritableStream<unknown, unknown>,
  source: AsyncIterable<unknown>,
  signal: AbortSignal,
  drainMs: number,
): Promise<void> {
  const iterator = source[Symbol.asyncIterator]();
  try {
    for (;;) {
      const step = await unlessAborted(iterator.next(), signal);
      if (step === null || step.done) return;
      await unlessAborted(written(call, step.value, drainMs), signal);
      if (signal.aborted) return;
    }
  } finally {
    // Not awaited: a source that still waits for something would hold up the end of the call.
    Promise.resolve(iterator.return?.()).catch(() => undefined);
  }
}

/** Resolves when the message has left, which it does when the client has read what came before it. */
function written(
  call: ServerWritableStream<unknown, unknown>,
  message: unknown,
  drainMs: number,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new BlindsumError('DEADLINE', 'peer', `nothing was read for ${drainMs} ms`));
    }, drainMs).unref();
    call.write(message, () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** Null when `signal` aborts first. A race with one promise for the signal would keep every value until it aborts. */
function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | null> {
  return new Promise((resolve, reject) => {
    const abort = (): void => resolve(null);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
