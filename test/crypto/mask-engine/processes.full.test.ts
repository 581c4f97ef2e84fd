/** The built engine in a process of its own: which jobs get workers, and what many of them leave behind. */
import { expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('many-jobs.mjs', import.meta.url));
const run = (...numbers: number[]) =>
  JSON.parse(execFileSync(process.execPath, [script, ...numbers.map(String)], { encoding: 'utf8' })) as {
    workers: number;
    grownMegabytes: number;
  };

test('small jobs start no worker', () => {
  expect(run(100_000, 10, 3)).toMatchObject({ workers: 0 });
});

test('large jobs share two, and their keystream does not pile up', () => {
  // 16 GB of keystream and 400 MB of results.
  const { workers, grownMegabytes } = run(1_000_000, 40, 100);
  expect(workers).toBe(2);
  expect(grownMegabytes).toBeLessThan(200);
});
