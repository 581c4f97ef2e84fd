/** A process of its own for `bench stream`. Arguments: coordinates, masks per job, threads; prints the seconds of one job. */
import { createNodeEngine } from '../../../../crypto/engine/node.js';
import { systemRandom } from '../../../../crypto/random.js';
import { BITS } from '../options.js';

/** Of warming up, and again of measuring. */
const MS = 1000;

const [length = 0, streams = 0, threads = 0] = process.argv.slice(2).map(Number);
const engine = createNodeEngine({ threads });

async function run(): Promise<void> {
  await engine.run({
    kind: 'mask',
    output: 'integers',
    vectors: [
      {
        ...{ name: 'x', bits: BITS, length, base: null },
        streams: Array.from({ length: streams }, () => ({
          ...{ key: systemRandom(16), nonce: systemRandom(12), sign: 1 as const },
        })),
      },
    ],
  });
}

async function secondsPerJob(): Promise<number> {
  const startedMs = performance.now();
  let jobs = 0;
  for (; jobs === 0 || performance.now() - startedMs < MS; jobs += 1) await run();
  return (performance.now() - startedMs) / 1000 / jobs;
}

await secondsPerJob();
process.stdout.write(`${await secondsPerJob()}\n`);
await engine.close();
