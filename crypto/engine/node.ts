/**
 * The engine for Node: masks on OpenSSL, SumKey on its WebAssembly kernel, each job where it runs best. What opens a sum
 * can be given to a worker, which is replaced now and then: SEAL's memory only grows.
 */
import { createNodeEngine as createMaskEngine } from '../mask-engine/node.js';
import type { MaskRunOptions } from '../mask-engine/types.js';
import { createCkksEngine, type CkksEngineOptions } from './ckks.js';
import type { Job, JobResult } from './types.js';

export interface NodeEngine {
  /**
   * @throws TypeError, RangeError for a malformed job; CkksError MISSING_PACKAGE, OVER_CLIP. Aborting rejects with
   *   `signal.reason` at the next pause.
   */
  run(job: Job, options?: MaskRunOptions): Promise<JobResult>;
  /** Frees what the engine holds. Running jobs end first; jobs started later are refused. */
  close(): Promise<void>;
}

export function createNodeEngine(options: CkksEngineOptions = {}): NodeEngine {
  const masks = createMaskEngine();
  const ckks = createCkksEngine(options);
  return {
    run: (job, runOptions) => (job.kind === 'mask' ? masks.run(job, runOptions) : ckks.run(job, runOptions)),
    close: async () => {
      await Promise.all([masks.close(), ckks.close()]);
    },
  };
}
