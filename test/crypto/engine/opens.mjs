/**
 * Opens many sums of the built engine in one process: node opens.mjs OPENS JOBS_PER_WORKER ('none': on this thread).
 * Prints workers started, wrong sums, and how much resident memory grew after the first fifth.
 */
import { addCiphertext } from '../../../dist/crypto/ckks/ciphertext-sum.js';
import { chooseParameters, sumBytes } from '../../../dist/crypto/ckks/parameters.js';
import { ringOfDegree } from '../../../dist/crypto/ckks/ring.js';
import { secretKeyFromSeed } from '../../../dist/crypto/ckks/sampling.js';
import { createNodeEngine } from '../../../dist/crypto/engine/node.js';

const opens = Number(process.argv[2]);
const jobsPerWorker = process.argv[3] === 'none' ? undefined : Number(process.argv[3]);
const LENGTH = 50_000;
const ring = ringOfDegree(4096);
const { encoding } = chooseParameters({ participants: 3, maxAbs: 1, precision: 1e-9, kind: 'slots' });
const vector = { name: 'x', length: LENGTH, encoding };
const ctx = new Uint8Array(32).fill(7);
const seed = new Uint8Array(32).fill(9);
const values = Float64Array.from({ length: LENGTH }, (_, index) => Math.sin(index));

let workers = 0;
process.on('worker', () => (workers += 1));

const client = createNodeEngine();
const { vectors } = await client.run({
  kind: 'encrypt',
  ring,
  ctx,
  seed: seed.slice(),
  vectors: [{ ...vector, values }],
});
const sum = new Uint8Array(sumBytes(ring, 'slots', LENGTH));
addCiphertext(ring, sum, vectors[0].bytes);
await client.close();

const engine = createNodeEngine(jobsPerWorker === undefined ? {} : { jobsPerWorker });
const key = secretKeyFromSeed(ring, ctx, seed);
let wrong = 0;
let settled = 0;
for (let open = 0; open < opens; open += 1) {
  if (open === Math.floor(opens / 5)) settled = process.memoryUsage.rss();
  const job = { kind: 'open', ring, ctx, key: key.slice(), survivors: 1, vectors: [{ ...vector, sum }] };
  const opened = await engine.run(job);
  if (!opened.vectors[0].values.every((value, index) => Math.abs(value - values[index]) < 1e-9)) wrong += 1;
}
const grown = process.memoryUsage.rss() - settled;
await engine.close();
console.log(JSON.stringify({ workers, wrong, grownMegabytes: Math.round(grown / 1e6) }));
