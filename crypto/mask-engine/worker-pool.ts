/**
 * Runs mask jobs on worker threads, one job after the other on all of them: each computes ranges of coordinates, the next
 * as soon as it is done with one. Of a job that waits nothing is copied, of one that runs one range for each thread.
 *
 * Security: a worker gets the streams and, range by range, the base in memory of its own, and overwrites both. A part of a
 * sum that a worker did not finish is never used: its range is computed again, or the job is refused.
 */
import type { Worker } from 'node:worker_threads';
import type { MaskJob, MaskResult, MaskRunOptions } from './types.js';
import { progressOf } from './job.js';
import { discard } from './discard.js';
import { createQueue } from './queue.js';
import { cutRanges, type MaskRange } from './range.js';
import { resultParts, type ResultParts } from './result.js';
import { streamBytes } from './stream-bytes.js';
import { type StartWorker, Threads } from './threads.js';
import type { FromWorker, ToWorker } from './worker.js';

export interface WorkerPool {
  /** @param job checked; its keys must stay until this has settled */
  run(job: MaskJob, options: MaskRunOptions): Promise<MaskResult>;
  /** Running jobs end first. */
  close(): Promise<void>;
}

/** A range that ended this many workers is not tried again. */
const MAX_ATTEMPTS = 2;
/** Threads that had nothing to do for so long are given up. */
const IDLE_MS = 60_000;

/** @param size threads at most, 1 or more */
export function createWorkerPool(size: number, start?: StartWorker): WorkerPool {
  const threads = new Threads(start);
  const queue = createQueue();
  let retiring: NodeJS.Timeout | undefined;

  const retire = async (): Promise<void> => {
    clearTimeout(retiring);
    await threads.retire();
  };
  return {
    run: (job, options) =>
      queue.add(async () => {
        clearTimeout(retiring);
        try {
          return await runOnThreads(job, options, threads, size);
        } finally {
          retiring = setTimeout(() => void retire(), IDLE_MS).unref();
        }
      }, options.signal),
    async close() {
      await queue.settled();
      await retire();
    },
  };
}

async function runOnThreads(
  job: MaskJob,
  { signal, onProgress }: MaskRunOptions,
  threads: Threads,
  size: number,
): Promise<MaskResult> {
  const ranges = cutRanges(job, size);
  const parts = resultParts(job);
  const control = new Int32Array(new SharedArrayBuffer(4));
  const progress = progressOf(job, onProgress);
  const onCoordinates = (coordinates: number): void => {
    progress.count(coordinates);
    progress.tell();
  };
  const giveUp = (): void => {
    Atomics.store(control, 0, 1);
  };
  signal?.addEventListener('abort', giveUp);
  try {
    const crew = Array.from({ length: Math.min(size, ranges.length) }, () =>
      work({ job, ranges, parts, control, threads, onCoordinates }).catch((error: unknown) => {
        giveUp();
        throw error;
      }),
    );
    const ends = await Promise.allSettled(crew);
    signal?.throwIfAborted();
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
    progress.finish();
    return parts.result();
  } finally {
    signal?.removeEventListener('abort', giveUp);
  }
}

interface Shift {
  readonly job: MaskJob;
  /** What is still to do; each thread takes from it. */
  readonly ranges: MaskRange[];
  readonly parts: ResultParts;
  readonly control: Int32Array;
  readonly threads: Threads;
  readonly onCoordinates: (coordinates: number) => void;
}

/** One thread's work on a job; a thread that ends is replaced. */
async function work(shift: Shift): Promise<void> {
  const { job, ranges, parts, control, threads } = shift;
  let thread: Worker | null = null;
  try {
    for (let range = ranges.shift(); range !== undefined; range = ranges.shift()) {
      for (let attempt = 1; ; attempt += 1) {
        thread ??= beginJob(threads, job, control);
        try {
          const part = await computeRange(thread, range, shift);
          if (part === null) return;
          parts.put(range, part);
          discard(part);
          break;
        } catch (error) {
          if (!(error instanceof WorkerEnded)) throw error;
          thread = null;
          if (attempt === MAX_ATTEMPTS) throw error;
        }
      }
    }
  } finally {
    if (thread !== null) {
      send(thread, { kind: 'end' });
      threads.put(thread);
    }
  }
}

function beginJob(threads: Threads, { output, vectors }: MaskJob, control: Int32Array): Worker {
  const thread = threads.take();
  const streams = vectors.map((vector) => streamBytes(vector.streams));
  send(
    thread,
    { kind: 'begin', output, streams, control },
    streams.map(({ buffer }) => buffer),
  );
  return thread;
}

function send(thread: Worker, message: ToWorker, transfer: readonly ArrayBuffer[] = []): void {
  thread.postMessage(message, transfer);
}

/** The worker is gone, and with it whatever it was computing. */
class WorkerEnded extends Error {
  constructor(cause: unknown) {
    super('a worker of the mask engine ended before its range of the sum; nothing of it was used', { cause });
  }
}

/** Null when the job was given up. @throws WorkerEnded; Error with what went wrong in the worker */
function computeRange(
  thread: Worker,
  range: MaskRange,
  { job, threads, onCoordinates }: Shift,
): Promise<Uint8Array | Uint32Array | null> {
  if (threads.hasEnded(thread)) return Promise.reject(new WorkerEnded(null));
  const vector = job.vectors[range.vector];
  const base = vector?.base?.slice(range.from, range.from + range.count) ?? null;
  const streams = vector?.streams.length ?? 0;
  return new Promise((resolve, reject) => {
    let counted = 0;
    const count = (coordinates: number): void => {
      counted += coordinates;
      onCoordinates(coordinates);
    };
    const onMessage = (message: FromWorker): void => {
      if (message.kind === 'progress') {
        count(message.coordinates);
        return;
      }
      settle();
      if (message.kind === 'failed') {
        reject(new Error(message.message));
        return;
      }
      if (message.part !== null) count(range.count * streams - counted);
      resolve(message.part);
    };
    const onGone = (cause: unknown): void => {
      settle();
      // It is computed again.
      count(-counted);
      reject(new WorkerEnded(cause));
    };
    const settle = (): void => {
      thread.off('message', onMessage).off('error', onGone).off('exit', onGone);
    };
    thread.on('message', onMessage).on('error', onGone).on('exit', onGone);
    send(thread, { kind: 'range', range, base }, base === null ? [] : [base.buffer]);
  });
}
