/**
 * The slow, obvious mask engine: one stream after the other, exactly as PROTOCOL §4 says it. It is what the
 * fast engines are tested against, and runs wherever a backend does.
 *
 * Security: see types.ts. It does not yield inside a stream, so it is not for large vectors on an event loop.
 */
import { wipe } from '../bytes.js';
import { addInto, subtractInto } from '../masked-vector.js';
import { fillKeystream } from '../prg.js';
import { countStreams, masksOnly, requireMaskJob, shapeResult } from './job.js';
import type { MaskEngine, MaskJob, MaskResult, MaskRunOptions } from './types.js';

export function createReferenceEngine(): MaskEngine {
  let closed = false;
  return {
    async run(job, options = {}) {
      if (closed) throw new Error('the mask engine is closed');
      requireMaskJob(job);
      return await compute(job, options);
    },
    close() {
      closed = true;
      return Promise.resolve();
    },
    lacks: (need) => Promise.resolve(masksOnly(need)),
  };
}

async function compute(job: MaskJob, { signal, onProgress }: MaskRunOptions): Promise<MaskResult> {
  const total = countStreams(job);
  const sums: Uint32Array[] = [];
  let done = 0;
  signal?.throwIfAborted();
  for (const { length, base, streams } of job.vectors) {
    const sum = base === null ? new Uint32Array(length) : base.slice();
    const mask = new Uint32Array(length);
    for (const { key, nonce, sign } of streams) {
      fillKeystream({ key, nonce, from: 0, out: mask });
      if (sign === 1) addInto(sum, mask);
      else subtractInto(sum, mask);
      done += 1;
      onProgress?.(done, total);
      await Promise.resolve();
      signal?.throwIfAborted();
    }
    wipe(mask);
    sums.push(sum);
  }
  if (total === 0) onProgress?.(0, 0);
  return shapeResult(job, sums);
}
