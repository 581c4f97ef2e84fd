/**
 * The engine for Node: masks on OpenSSL, SumKey on its WebAssembly kernel, each job where it runs best. What opens a sum
 * can be given to a worker, which is replaced now and then: SEAL's memory only grows.
 */
import { createNodeEngine as createMaskEngine } from '../mask-engine/node.js';
import type { MaskRunOptions } from '../mask-engine/types.js';
import { createCkksEngine, type CkksEngineOptions } from './ckks.js';
import type { EngineNeed, Lack } from './need.js';
import type { Job, JobResult } from './types.js';

/** For a coordinator that runs for months: starting a worker takes about as long as one opening. */
export const JOBS_PER_WORKER = 50;

export interface NodeEngine {
  /**
   * @throws TypeError, RangeError for a malformed job; CkksError MISSING_PACKAGE, OVER_CLIP. Aborting rejects with
   *   `signal.reason` at the next pause.
   */
  run(job: Job, options?: MaskRunOptions): Promise<JobResult>;
  /** Frees what the engine holds. Running jobs end first; jobs started later are refused. */
  close(): Promise<void>;
  /** Null when the engine can run such jobs; for SEAL's encoder it loads the package, which takes a moment. */
  lacks(need: EngineNeed): Promise<Lack | null>;
}

export function createNodeEngine(options: CkksEngineOptions = {}): NodeEngine {
  const masks = createMaskEngine();
  const ckks = createCkksEngine(options);
  return {
    run: (job, runOptions) => (job.kind === 'mask' ? masks.run(job, runOptions) : ckks.run(job, runOptions)),
    close: async () => {
      await Promise.all([masks.close(), ckks.close()]);
    },
    lacks: (need) => (need.kind === 'mask' ? masks.lacks(need) : ckks.lacks(need)),
  };
}
