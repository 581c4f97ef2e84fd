/** The work of engines, without one. */
import { addInto, packBits, reduceBits, subtractInto } from '../../../crypto/masked-vector.js';
import type { MaskJob } from '../../../crypto/mask-engine/types.js';
import { fillKeystream } from '../../../crypto/prg.js';
import { runCkksJob } from '../../../crypto/ckks/run.js';
import { systemRandom } from '../../../crypto/random.js';
import type { Job, JobResult } from '../../../src/protocol/suite.js';

/** For those who look into the masks of a job. */
export function maskJob(job: Job): MaskJob {
  if (job.kind !== 'mask') throw new TypeError('job: of masks expected');
  return job;
}

/** A job at once; the definition of what every engine computes. */
export function runJob(job: Job): JobResult {
  if (job.kind !== 'mask') return runCkksJob(job, null, systemRandom);
  const vectors = job.vectors.map(({ name, bits, length, base, streams }) => {
    const values = base === null ? new Uint32Array(length) : base.slice();
    const mask = new Uint32Array(length);
    for (const { key, nonce, sign } of streams) {
      fillKeystream({ key, nonce, from: 0, out: mask });
      if (sign === 1) addInto(values, mask);
      else subtractInto(values, mask);
    }
    reduceBits(values, bits);
    return { name, bits, values };
  });
  return job.output === 'integers'
    ? { kind: 'integers', vectors: vectors.map(({ name, values }) => ({ name, values })) }
    : {
        kind: 'packed',
        vectors: vectors.map(({ name, bits, values }) => ({ name, bytes: packBits(values, bits) })),
      };
}
