/** What is done with a job of any kind before and after it runs. */
import { wipe } from '../bytes.js';
import { countStreams as countMaskStreams, wipeJob as wipeMaskJob } from '../mask-engine/job.js';
import type { Job } from './types.js';

/** Overwrites the keys of a job that has run: whoever has them can read what it hides. */
export function wipeJob(job: Job): void {
  if (job.kind === 'mask') wipeMaskJob(job);
  else wipe(job.kind === 'encrypt' ? job.seed : job.key);
}

/** Mask streams over all vectors; jobs without masks have none. */
export const countStreams = (job: Job): number => (job.kind === 'mask' ? countMaskStreams(job) : 0);
