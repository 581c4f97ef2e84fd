/**
 * What goes wrong around a coordinator while a session runs: its disk is full, its database is away, it is told to stop. In
 * each case the log says so, nobody loses anything, and the session ends with the sum.
 */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Background, type DevCoordinator, lineOf, runJson, serveDev } from '../helpers/cli.js';
import { allWait, contribute, createSumTask, NAMES, sumsOf } from '../helpers/contributors.js';
import { startPostgres } from '../helpers/postgres.js';

/** A dozen processes: on a busy machine that takes its time. */
const TIMEOUT_MS = 240_000;

let folder: string;
let coordinator: DevCoordinator | null;
let service: Background;
const cleanup: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'blindsum-faults-'));
  coordinator = null;
});
afterEach(async () => {
  service.process.kill('SIGKILL');
  await service.done;
  for (const step of cleanup.splice(0)) await step();
  await rm(folder, { recursive: true, force: true });
});

async function serve(...flags: string[]): Promise<void> {
  coordinator = await serveDev(folder, flags, coordinator?.address);
  service = coordinator.service;
}

const place = () => ({ cwd: folder, env: coordinator?.env ?? {} });

interface Waiting {
  readonly open: () => Promise<void>;
  readonly sums: () => Promise<number[][]>;
}

/** Three participants that wait for a session. @returns opens it; then tells what became of them */
async function participants(length: number): Promise<Waiting> {
  const inputs = NAMES.map((_, index) => Array.from({ length }, (__, i) => (i % 7) + index));
  const taskId = await createSumTask(inputs, place());
  const running = NAMES.map((name) => contribute(name, taskId, place()));
  await allWait(running);
  return {
    async open() {
      await runJson(['session', 'open', '--task', taskId, '--join', '120s', '--round', '120s'], place());
    },
    sums: () => sumsOf(running, place()),
  };
}

const expected = (length: number): number[] => Array.from({ length }, (_, i) => 3 * (i % 7) + 3);

/** The operating system refuses to let the coordinator write to a file, as if the disk were full; or no longer does. */
const fillDisk = (isFull: boolean): void =>
  void execFileSync('prlimit', [
    ...['--pid', String(service.process.pid)],
    `--fsize=${isFull ? '0' : 'unlimited'}:unlimited`,
  ]);

test(
  'the disk is full for a while: the node is not ready, says so, and goes on when there is room',
  async () => {
    await serve();
    const { open, sums } = await participants(1000);
    const fails = lineOf(service, 'stderr', /the store failed/);
    const unready = lineOf(service, 'stderr', /the store fails; this node is not ready/);
    const again = lineOf(service, 'stderr', /the store works again/);
    const closing = lineOf(service, 'stderr', /"to":"r1"/);
    const opening = open();
    await closing;
    fillDisk(true);
    expect(await fails).toMatch(/SqliteError/);
    await unready;
    fillDisk(false);
    await again;
    await opening;
    for (const sum of await sums()) expect(sum).toEqual(expected(1000));
  },
  TIMEOUT_MS,
);

test(
  'PostgreSQL is away for a while: the node is not ready, says so, and goes on when it is back',
  async () => {
    const database = await startPostgres();
    cleanup.push(() => database.dispose());
    await serve('--store', await database.createDatabase());
    const { open, sums } = await participants(1000);
    const unready = lineOf(service, 'stderr', /the store fails; this node is not ready/);
    const again = lineOf(service, 'stderr', /the store works again/);
    const closing = lineOf(service, 'stderr', /"to":"r2"/);
    const opening = open();
    await closing;
    await database.stop('immediate');
    await unready;
    // Longer than the participants' first attempts, shorter than a round.
    await sleep(5000);
    await database.start();
    await again;
    await opening;
    for (const sum of await sums()) expect(sum).toEqual(expected(1000));
  },
  TIMEOUT_MS,
);

test(
  'told to stop during uploads: it ends by itself, and the uploads go on at the next start',
  async () => {
    const length = 500_000;
    await serve();
    const { open, sums } = await participants(length);
    const closing = lineOf(service, 'stderr', /"to":"r2"/);
    const opening = open();
    await closing;
    const beganMs = performance.now();
    service.process.kill('SIGTERM');
    const { code, stderr } = await service.done;
    expect(code).toBe(0);
    // Its grace time is 5 s; a process that hangs would have to be killed.
    expect(performance.now() - beganMs).toBeLessThan(30_000);
    expect(stderr).toMatch(/"stopping"[^]*"stopped"/);
    await serve();
    await opening;
    for (const sum of await sums()) expect(sum).toEqual(expected(length));
  },
  TIMEOUT_MS,
);
