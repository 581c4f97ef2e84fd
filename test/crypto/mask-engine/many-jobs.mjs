/**
 * Runs jobs of the built engine in a process of its own: node many-jobs.mjs LENGTH STREAMS JOBS. Prints workers started,
 * and how many megabytes resident memory grew after the first job.
 */
import { createNodeEngine } from '../../../dist/crypto/engine/node.js';

const [length, streamCount, jobs] = process.argv.slice(2).map(Number);
let workers = 0;
process.on('worker', () => (workers += 1));

const engine = createNodeEngine({ threads: 2 });
let settled = 0;
for (let job = 0; job < jobs; job += 1) {
  const streams = Array.from({ length: streamCount }, (_, index) => ({
    key: new Uint8Array(16).fill(index),
    nonce: new Uint8Array(12).fill(job),
    sign: 1,
  }));
  const vectors = [{ name: 'v', bits: 32, length, base: null, streams }];
  await engine.run({ kind: 'mask', output: 'packed', vectors });
  if (job === 0) settled = process.memoryUsage.rss();
}
const grown = process.memoryUsage.rss() - settled;
await engine.close();
console.log(JSON.stringify({ workers, grownMegabytes: Math.round(grown / 1e6) }));
