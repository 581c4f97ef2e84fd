/** `blindsum bench suites` as a program: what it prints, and what it refuses. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

const MAIN = fileURLToPath(new URL('../../../dist/src/cli/main.js', import.meta.url));

function bench(flags: string): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, 'bench', ...flags.split(' ')], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] },
  });
  return { status, stdout, stderr };
}

const time = { median: expect.any(Number), min: expect.any(Number), max: expect.any(Number) };
const seconds = { deal: time, hide: time, add: time, open: time };

test('--json: the suites side by side, as one document', () => {
  const { status, stdout, stderr } = bench(
    'suites --participants 10 --length 8192 --dropout 0.2 --repeats 2 --slots --json',
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const report = JSON.parse(stdout);
  expect(report).toMatchObject({ participants: 10, length: 8192, dropped: 2, node: process.version });
  expect(report.suites).toEqual([
    {
      suite: 'masking/complete',
      encoding: 'integers',
      uploadBytesPerCoordinate: 4,
      shareBytesPerPeer: 64,
      answerBytes: 320,
      errorBound: expect.any(Number),
      seconds,
    },
    {
      suite: 'ckks/sumkey',
      encoding: 'coefficients',
      uploadBytesPerCoordinate: 7.5,
      // t = 7, n_C = 3: four words for each polynomial, and five blinding ones.
      shareBytesPerPeer: 8 * (1024 + 5),
      answerBytes: 8 * 1024,
      errorBound: expect.any(Number),
      seconds,
    },
    expect.objectContaining({ encoding: 'slots', uploadBytesPerCoordinate: 15 }),
  ]);
  for (const { errorBound, seconds: measured } of report.suites) {
    expect(errorBound).toBeGreaterThan(0);
    expect(errorBound).toBeLessThan(1e-4);
    for (const { median, min, max } of Object.values<Record<string, number>>(measured)) {
      expect(min).toBeGreaterThan(0);
      expect(median).toBeGreaterThanOrEqual(min as number);
      expect(median).toBeLessThanOrEqual(max as number);
    }
  }
});

test('as text: a table with a column for each suite', () => {
  const { status, stdout } = bench('suites --participants 3 --length 100 --dropout 0 --repeats 1');
  expect(status).toBe(0);
  expect(stdout).toMatch(/masking\/complete +ckks\/sumkey \(coefficients\)\n/);
  expect(stdout).toMatch(/coordinator: open the sum +[\d.]+ ms +[\d.]+ ms\n/);
});

test.each([
  ['--participants 2', '--participants'],
  ['--dropout 0.5', '--dropout: expected a rate from 0 to 0.33'],
  ['--dropout half', '--dropout'],
  ['--length 0', '--length'],
  ['--repeats 0', '--repeats'],
])('%s is a usage error that names the flag', (flags, said) => {
  const { status, stderr, stdout } = bench(`suites ${flags}`);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain(said);
});
