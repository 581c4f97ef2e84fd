/** The built engine as a coordinator runs it: in workers that are replaced, for a long time, without node-seal. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withoutPackages } from '../../helpers/without-packages.js';

const fileOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const open = (opens: number, jobsPerWorker: string) =>
  JSON.parse(
    execFileSync(process.execPath, [fileOf('opens.mjs'), String(opens), jobsPerWorker], { encoding: 'utf8' }),
  ) as { workers: number; wrong: number; grownMegabytes: number };

describe('200 openings of 50,000 slots', () => {
  // 25 chunks each; were one plaintext of each chunk kept, 160 openings would be 130 MB more.
  test.each([
    ['none', 0],
    ['20', 10],
    ['150', 2],
  ])('%s jobs per worker: %d workers, every sum right, memory does not grow', (jobsPerWorker, workers) => {
    const report = open(200, jobsPerWorker);
    expect(report).toMatchObject({ workers, wrong: 0 });
    expect(report.grownMegabytes).toBeLessThan(80);
  });
});

describe('without node-seal', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'blindsum-engine-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  test.each(['{}', '{ jobsPerWorker: 2 }'])('%s: slots are what it lacks, and says what to do', (options) => {
    const program = `
      const { createNodeEngine } = await import(${JSON.stringify(fileOf('../../../dist/crypto/engine/node.js'))});
      const { ringOfDegree } = await import(${JSON.stringify(fileOf('../../../dist/crypto/ckks/ring.js'))});
      const engine = createNodeEngine(${options});
      const ring = ringOfDegree(4096);
      const needs = [{ kind: 'mask' }, ...['coefficients', 'slots'].map((encoding) => ({ kind: 'ckks', ring, encoding }))];
      console.log(JSON.stringify(await Promise.all(needs.map((need) => engine.lacks(need)))));
      await engine.close();`;
    const file = join(folder, 'lacks.mjs');
    writeFileSync(file, program);
    const stdout = execFileSync(process.execPath, [file], {
      encoding: 'utf8',
      env: { ...process.env, ...withoutPackages('node-seal', folder) },
    });
    const [mask, coefficients, slots] = JSON.parse(stdout) as ({ code: string; message: string } | null)[];
    expect([mask, coefficients]).toEqual([null, null]);
    expect(slots?.code).toBe('MISSING_PACKAGE');
    expect(slots?.message).toContain('npm install node-seal');
  });
});
