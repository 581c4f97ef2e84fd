/**
 * The mask engine for Node: OpenSSL's AES-CTR, added up in WebAssembly. Small jobs run on this thread, with turns of the
 * event loop in between; large ones on worker threads, for which a start of some 40 ms is worth its while.
 *
 * Security: see types.ts, range.ts and worker-pool.ts.
 */
import { availableParallelism } from 'node:os';
import { IS_LITTLE_ENDIAN, requireInteger } from '../bytes.js';
import { masksOnly, progressOf, requireMaskJob, workOf } from './job.js';
import { createMaskKernel, type MaskKernel } from './kernel.js';
import { discard } from './discard.js';
import { createQueue } from './queue.js';
import { cutRanges, sumRange } from './range.js';
import { createReferenceEngine } from './reference.js';
import { resultParts } from './result.js';
import type { MaskEngine, MaskJob, MaskResult, MaskRunOptions } from './types.js';
import { createWorkerPool, type WorkerPool } from './worker-pool.js';

export interface MaskEngineOptions {
  /** Worker threads for large jobs, at most. Default: as many as the machine runs at once. 0: none, ever. */
  readonly threads?: number;
}

/** Coordinates of streams that a large job has at least: 128 MiB of keystream, some 30 ms. */
const LARGE_JOB = 2 ** 25;

/** Coordinates of streams between two turns of the event loop: some 2 ms. */
const TURN_COORDINATES = 2 ** 21;

export function createNodeEngine({ threads = availableParallelism() }: MaskEngineOptions = {}): MaskEngine {
  requireInteger(threads, 'threads', 0, 1024);
  if (!IS_LITTLE_ENDIAN) return createReferenceEngine();
  const running = new Set<Promise<MaskResult>>();
  let pool: WorkerPool | null = null;
  let closed = false;
  return {
    async run(job, options = {}) {
      if (closed) throw new Error('the mask engine is closed');
      requireMaskJob(job);
      const isLarge = threads > 0 && workOf(job) >= LARGE_JOB;
      const result = isLarge ? (pool ??= createWorkerPool(threads)).run(job, options) : runHere(job, options);
      running.add(result);
      try {
        return await result;
      } finally {
        running.delete(result);
      }
    },
    async close() {
      closed = true;
      await Promise.allSettled(running);
      await pool?.close();
    },
    lacks: (need) => Promise.resolve(masksOnly(need)),
  };
}

/** One for this thread, and one job at a time on it: engines may be many. */
let kernel: MaskKernel | null = null;
const queue = createQueue();

const runHere = (job: MaskJob, options: MaskRunOptions): Promise<MaskResult> =>
  queue.add(() => compute((kernel ??= createMaskKernel()), job, options), options.signal);

async function compute(
  sums: MaskKernel,
  job: MaskJob,
  { signal, onProgress }: MaskRunOptions,
): Promise<MaskResult> {
  const parts = resultParts(job);
  const progress = progressOf(job, onProgress);
  let sinceTurn = 0;
  for (const range of cutRanges(job, 1)) {
    const { base, streams } = job.vectors[range.vector] as MaskJob['vectors'][number];
    const ownBase = base?.subarray(range.from, range.from + range.count) ?? null;
    const steps = sumRange(sums, range, ownBase, streams, job.output);
    try {
      for (let step = steps.next(); ; step = steps.next()) {
        if (step.done === true) {
          parts.put(range, step.value);
          discard(step.value);
          break;
        }
        sinceTurn += step.value;
        progress.count(step.value);
        if (sinceTurn < TURN_COORDINATES) continue;
        sinceTurn = 0;
        progress.tell();
        await new Promise((resolve) => setImmediate(resolve));
        signal?.throwIfAborted();
      }
    } finally {
      steps.return(new Uint8Array());
    }
  }
  progress.finish();
  return parts.result();
}
