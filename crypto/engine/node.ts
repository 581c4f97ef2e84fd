/**
 * The engine for Node: masks on OpenSSL, large ones in workers, SumKey on its WebAssembly kernel. What opens a sum
 * can be given to a worker of its own, which is replaced now and then: SEAL's memory only grows.
 */
import { createNodeEngine as createMaskEngine, type MaskEngineOptions } from '../mask-engine/node.js';
import { createCkksEngine, type CkksEngineOptions } from './ckks.js';
import type { Engine } from './types.js';

/** For a coordinator that runs for months: starting a worker takes about as long as one opening. */
export const JOBS_PER_WORKER = 50;

export type NodeEngineOptions = CkksEngineOptions & MaskEngineOptions;

export function createNodeEngine(options: NodeEngineOptions = {}): Engine {
  const masks = createMaskEngine(options);
  const ckks = createCkksEngine(options);
  return {
    run: (job, runOptions) => (job.kind === 'mask' ? masks.run(job, runOptions) : ckks.run(job, runOptions)),
    close: async () => {
      await Promise.all([masks.close(), ckks.close()]);
    },
    lacks: (need) => (need.kind === 'mask' ? masks.lacks(need) : ckks.lacks(need)),
  };
}
