/** `blindsum bench stream|mask|share|unmask|upload|all` as a program: what it prints, and what it refuses. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

const MAIN = fileURLToPath(new URL('../../../dist/src/cli/main.js', import.meta.url));

function benchWith(env: Readonly<Record<string, string | undefined>>, flags: string) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, 'bench', ...flags.split(' ')], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], ...env },
  });
  return { status, stdout, stderr };
}
const bench = (flags: string) => benchWith({}, flags);

const positive = { asymmetricMatch: (value: unknown) => typeof value === 'number' && value > 0 };
const spread = { median: positive, min: positive, max: positive };
const byThreads = (each: unknown) => ({ 1: each, 2: each });
const peers = expect.arrayContaining([
  { system: 'Google fcp/secagg (C++)', work: expect.any(String), seconds: positive, ratio: positive },
]);

test('all --json: every part, as one document', () => {
  const { status, stdout, stderr } = bench(
    'all --participants 10 --length 4096 --dropout 0.2 --threads 1,2 --repeats 1 --json',
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(JSON.parse(stdout)).toEqual({
    node: process.version,
    opensslBy: 'openssl',
    opensslGBps: positive,
    stream: {
      ...{ length: 4096, opensslGBps: positive, engineGBps: byThreads(positive) },
      ...{ spreadGBps: byThreads(spread), ratio: byThreads(positive), peers },
    },
    mask: {
      ...{ participants: 10, length: 4096, streams: 10, seconds: byThreads(positive), peers },
      ...{ spread: byThreads(spread), opensslKeystreamSeconds: positive, ratio: byThreads(positive) },
    },
    share: {
      ...{ participants: 10, seconds: positive, spread, x25519Seconds: positive, ratio: positive },
      signatures: { seconds: expect.any(Number), verifySeconds: positive, ratio: expect.any(Number) },
      peers: expect.objectContaining({ 'Google fcp/secagg (C++)': 0.023 }),
    },
    unmask: {
      ...{ participants: 10, length: 4096, dropped: 2, streams: 8 + 8 * 2, sumExact: true, peers },
      ...{
        neighbours: 9,
        seconds: byThreads(positive),
        spread: byThreads(spread),
        secretsSeconds: byThreads(positive),
      },
      ...{ opensslKeystreamSeconds: positive, ratio: byThreads(positive) },
    },
    upload: {
      ...{ participants: 10, length: 4096, inputBytes: 4 * 4096, atOnce: 4, sumExact: true },
      ...{ seconds: positive, bareSeconds: positive, ratio: positive, megabytesPerSecond: positive },
      ...{ serverCpuSeconds: positive, bareServerCpuSeconds: positive },
      ...{ uploadExpansion: positive, downloadBytes: positive },
      coordinator: {
        ...{ idleRssBytes: positive, peakRssBytes: positive, runningSumBytes: 4 * 4096 },
        aboveIdleBytes: positive,
      },
    },
  });
});

test('unmask of a ring: masks of neighbours only', () => {
  const { status, stdout } = bench(
    'unmask --suite masking/ring --participants 30 --neighbours 8 --length 1000 --dropout 0.1 --threads 1 --repeats 1 --json',
  );
  expect(status).toBe(0);
  const { streams, ...cost } = JSON.parse(stdout) as { streams: number };
  expect(cost).toMatchObject({ participants: 30, neighbours: 8, dropped: 3, sumExact: true, peers: [] });
  // Each of the three has 8 neighbours, some of whom may be among the three.
  expect(streams).toBeGreaterThan(27 + 3 * 8 - 7);
  expect(streams).toBeLessThanOrEqual(27 + 3 * 8);
});

test('memory --json: a session in processes of its own for each length', () => {
  const { status, stdout } = bench('memory --length 1000,2000 --json');
  expect(status).toBe(0);
  const { memory } = JSON.parse(stdout) as { memory: unknown[] };
  expect(memory).toEqual(
    [1000, 2000].map((length) => ({
      ...{ participants: 3, length, inputBytes: 4 * length, seconds: positive, sumExact: true },
      coordinator: { idleRssBytes: positive, peakRssBytes: positive },
      coordinatorStallMs: expect.any(Number),
      participant: { peakRssBytes: positive },
    })),
  );
});

test('health --json: answers before and during an unmasking', () => {
  const { status, stdout } = bench('health --participants 10 --length 100000 --dropout 0.2 --json');
  expect(status).toBe(0);
  const answers = { asked: positive, medianMs: positive, worstMs: positive };
  expect(JSON.parse(stdout)).toEqual({
    ...{ node: process.version, participants: 10, length: 100_000, dropped: 2, streams: 8 + 8 * 2 },
    ...{ seconds: positive, idle: answers, unmasking: answers },
  });
});

test('as text: seconds, ratios and what others need', () => {
  const { status, stdout } = bench('mask --participants 4 --length 1000 --threads 1');
  expect(status).toBe(0);
  expect(stdout).toMatch(/^keystream {3}[\d.]+ GB\/s on one core, by openssl$/m);
  expect(stdout).toMatch(/^ {2}1 thread: [\d.]+ ms = [\d.]+ × bare keystream$/m);
  expect(stdout).toContain('Google fcp/secagg (C++), 100 neighbours: 363 ms');
});

test('without the openssl command node:crypto is the yardstick, and is named', () => {
  const { status, stdout } = benchWith(
    { PATH: '/nowhere' },
    'mask --participants 3 --length 100 --threads 1 --json',
  );
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ opensslBy: 'node', opensslGBps: positive });
});

test.each([
  ['mask --participants 2', '--participants'],
  ['unmask --dropout 0.5', '--dropout: expected a rate from 0 to 0.33'],
  ['unmask --dropout half', '--dropout'],
  ['unmask --neighbours 8', '--neighbours: only with --suite masking/ring'],
  ['unmask --suite masking/ring', '--neighbours: expected an even number from 2 to 48'],
  ['unmask --suite masking/ring --neighbours 7', '--neighbours'],
  ['unmask --suite masking/ring --neighbours 50', '--neighbours'],
  ['unmask --suite ckks/sumkey', '--suite'],
  ['stream --threads 0', '--threads: expected numbers from 1 to 64'],
  ['stream --threads one', '--threads'],
  ['share --repeats 0', '--repeats'],
  ['memory --length 1000,x', '--length: expected numbers from 1 to'],
  ['memory --participants 17', '--participants'],
])('%s is a usage error that names the flag', (flags, said) => {
  const { status, stderr, stdout } = bench(flags);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain(said);
});
