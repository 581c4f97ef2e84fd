/** The thread that opens sums for a coordinator: one job at a time, then it waits for the next or is replaced. */
import { parentPort } from 'node:worker_threads';
import { wipeJob } from './job.js';
import type { CkksJob } from './types.js';
import { CkksError } from '../ckks/errors.js';
import { sealEncoders, type WorkerReply } from './ckks.js';
import { needsSeal, runCkksJob } from '../ckks/run.js';

const encoders = sealEncoders();

parentPort?.on('message', (job: CkksJob) => {
  void answer(job).then((reply) => {
    parentPort?.postMessage(reply);
  });
});

async function answer(job: CkksJob): Promise<WorkerReply> {
  try {
    return { result: runCkksJob(job, needsSeal(job) ? await encoders.of(job.ring) : null) };
  } catch (error) {
    const code = error instanceof CkksError ? error.code : null;
    return { error: { code, message: error instanceof Error ? error.message : 'the job failed' } };
  } finally {
    wipeJob(job);
  }
}
