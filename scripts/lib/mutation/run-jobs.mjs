/** What both kinds of pool do with their workers: give them jobs from one list, and end them with the program. */

/** @param each called with a worker and a job, until the list is empty */
export async function runJobs(workers, list, each) {
  const waiting = [...list];
  const drain = async (worker) => {
    for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) await each(worker, job);
  };
  await Promise.all(workers.map(drain));
}

/** Workers that are left would hold their copies of the tree and the processor. */
export function stopAtExit(workers) {
  process.on('exit', () => workers.forEach((worker) => worker.stop()));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(1));
}
