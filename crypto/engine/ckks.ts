/**
 * Runs jobs of ckks/sumkey: here, or in a worker. SEAL is loaded when the first vector needs it and kept for the next.
 *
 * Security: a worker gets copies of a job's secrets and wipes the key among them when the job has run. Between jobs it
 * holds SEAL and the kernel, which keep no key.
 */
import { Worker } from 'node:worker_threads';
import type { EngineNeed, Lack } from './need.js';
import type { CkksJob, CkksResult } from './types.js';
import type { MaskRunOptions } from '../mask-engine/types.js';
import { CkksError, type CkksErrorCode } from '../ckks/errors.js';
import type { Ring } from '../ckks/ring.js';
import { needsSeal, runCkksJob } from '../ckks/run.js';
import { loadSlotEncoder, type SlotEncoder } from '../ckks/seal.js';

export interface CkksEngineOptions {
  /** Jobs that a worker runs before it is replaced; default: no worker, jobs run on this thread. */
  readonly jobsPerWorker?: number;
}

export interface CkksEngine {
  run(job: CkksJob, options?: MaskRunOptions): Promise<CkksResult>;
  close(): Promise<void>;
  /** Null when such jobs can be run where jobs are run: that is tried out. */
  lacks(need: Extract<EngineNeed, { kind: 'ckks' }>): Promise<Lack | null>;
}

export type WorkerReply =
  | { readonly result: CkksResult }
  | { readonly error: { readonly code: CkksErrorCode | null; readonly message: string } };

export function createCkksEngine({ jobsPerWorker }: CkksEngineOptions): CkksEngine {
  const runner = jobsPerWorker === undefined ? onThisThread() : inWorkers(jobsPerWorker);
  // One after the other: a job fills a core, and SEAL and the kernel are one each.
  let last: Promise<unknown> = Promise.resolve();
  let closed = false;
  const engine: CkksEngine = {
    async run(job, { signal, onProgress } = {}) {
      if (closed) throw new Error('the engine is closed');
      const before = last;
      const running = (async () => {
        await before;
        signal?.throwIfAborted();
        return runner.run(job);
      })();
      last = running.catch(() => undefined);
      const result = await running;
      signal?.throwIfAborted();
      onProgress?.(job.vectors.length, job.vectors.length);
      return result;
    },
    async close() {
      closed = true;
      await last;
      await runner.close();
    },
    async lacks({ ring, encoding }) {
      if (encoding === 'coefficients') return null;
      try {
        await engine.run(trialJob(ring));
        return null;
      } catch (error) {
        if (!(error instanceof CkksError) || error.code !== 'MISSING_PACKAGE') throw error;
        return { code: error.code, message: error.message };
      }
    },
  };
  return engine;
}

/** Encodes one zero into slots. */
const trialJob = (ring: Ring): CkksJob => ({
  kind: 'encrypt',
  ring,
  ctx: new Uint8Array(32),
  seed: new Uint8Array(32),
  vectors: [
    {
      name: 'trial',
      length: 1,
      encoding: { kind: 'slots', scaleBits: 0, maxAbs: 1 },
      values: new Float64Array(1),
    },
  ],
});

interface Runner {
  run(job: CkksJob): Promise<CkksResult>;
  close(): Promise<void> | void;
}

/** The encoder of the ring asked for last, kept. */
export function sealEncoders(): { of(ring: Ring): Promise<SlotEncoder>; close(): void } {
  let held: { readonly degree: number; readonly encoder: SlotEncoder } | null = null;
  const close = (): void => {
    held?.encoder.close();
    held = null;
  };
  return {
    async of(ring) {
      if (held?.degree !== ring.degree) {
        close();
        held = { degree: ring.degree, encoder: await loadSlotEncoder(ring) };
      }
      return held.encoder;
    },
    close,
  };
}

function onThisThread(): Runner {
  const encoders = sealEncoders();
  return {
    run: async (job) => runCkksJob(job, needsSeal(job) ? await encoders.of(job.ring) : null),
    close: () => {
      encoders.close();
    },
  };
}

function inWorkers(jobsPerWorker: number): Runner {
  let worker: { readonly thread: Worker; jobs: number } | null = null;
  const retire = async (): Promise<void> => {
    const retired = worker;
    worker = null;
    await retired?.thread.terminate();
  };
  return {
    async run(job) {
      worker ??= { thread: new Worker(new URL('./ckks-worker.js', import.meta.url)), jobs: 0 };
      worker.jobs += 1;
      let reply: WorkerReply;
      try {
        reply = await ask(worker.thread, job);
      } catch (error) {
        // Whatever has not answered may be gone, and would leave the next job without an answer for ever.
        await retire();
        throw error;
      }
      if (worker.jobs >= jobsPerWorker) await retire();
      else worker.thread.unref();
      if ('error' in reply) throw errorFrom(reply.error);
      return reply.result;
    },
    close: retire,
  };
}

/** @throws when the thread ends, or never gets the job */
function ask(thread: Worker, job: CkksJob): Promise<WorkerReply> {
  thread.ref();
  return new Promise((resolve, reject) => {
    const onMessage = (reply: WorkerReply): void => {
      settle();
      resolve(reply);
    };
    const onError = (error: Error): void => {
      settle();
      reject(error);
    };
    const onExit = (): void => {
      settle();
      reject(new Error('the worker of the engine ended before its job'));
    };
    // Only these: a worker without its own listeners would not hear of another reply.
    const settle = (): void => {
      thread.off('message', onMessage).off('error', onError).off('exit', onExit);
    };
    thread.on('message', onMessage).on('error', onError).on('exit', onExit);
    thread.postMessage(job);
  });
}

const errorFrom = ({ code, message }: Extract<WorkerReply, { error: unknown }>['error']): Error =>
  code === null ? new Error(message) : new CkksError(code, message);
