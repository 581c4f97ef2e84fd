/**
 * What goes wrong around a coordinator while a session runs: its disk is full, its database is away, it is told to stop. In
 * each case the log says so, nobody loses anything, and the session ends with the sum.
 */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Background, lineOf, runJson, start } from '../helpers/cli.js';
import { startPostgres } from '../helpers/postgres.js';

const NAMES = ['a', 'b', 'c'];
/** A dozen processes: on a busy machine that takes its time. */
const TIMEOUT_MS = 240_000;

let folder: string;
let service: Background;
let address: string;
const cleanup: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'blindsum-faults-'));
  address = '127.0.0.1:0';
});
afterEach(async () => {
  service.process.kill('SIGKILL');
  await service.done;
  for (const step of cleanup.splice(0)) await step();
  await rm(folder, { recursive: true, force: true });
});

async function serve(...flags: string[]): Promise<void> {
  service = start(['serve', '--dev', 'dev', '--listen', address, '--json', ...flags], { cwd: folder });
  const line = await lineOf(service, 'stdout', /"listening"/);
  address = (JSON.parse(line) as { listening: string }).listening;
}

const place = () => ({
  cwd: folder,
  env: {
    BLINDSUM_COORDINATOR: address,
    BLINDSUM_TRUST: `${folder}/dev/trust.yaml`,
    BLINDSUM_TOKEN_FILE: `${folder}/dev/operator.token`,
  },
});

interface Waiting {
  readonly open: () => Promise<void>;
  readonly sums: () => Promise<number[][]>;
}

/** Three participants that wait for a session. @returns opens it; then tells what became of them */
async function participants(length: number): Promise<Waiting> {
  for (const [index, name] of NAMES.entries()) {
    await runJson(['keygen', '--out', `${name}.key`], place());
    const values = Array.from({ length }, (_, i) => (i % 7) + index);
    await writeFile(join(folder, `${name}.json`), JSON.stringify({ x: values }));
  }
  const spec = `name: faults\nparticipants: [a.pub, b.pub, c.pub]\nvectors: [{ name: x, length: ${length}, clip: 100, scale: 1 }]\n`;
  await writeFile(join(folder, 'task.yaml'), spec);
  const { taskId } = await runJson<{ taskId: string }>(
    ['task', 'create', '--spec', 'task.yaml', '--organiser', 'dev/organiser.key'],
    place(),
  );
  const running = NAMES.map((name) =>
    start(
      [
        ...['contribute', '--task', taskId, '--identity', `${name}.key`],
        ...['--input', `${name}.json`, '--output', `sum-${name}.json`],
      ],
      place(),
    ),
  );
  await Promise.all(running.map((client) => lineOf(client, 'stderr', /waiting for a session/)));
  return {
    async open() {
      await runJson(['session', 'open', '--task', taskId, '--join', '120s', '--round', '120s'], place());
    },
    async sums() {
      const results = await Promise.all(running.map(({ done }) => done));
      expect(results.map(({ code, stderr }) => (code === 0 ? 'ok' : stderr))).toEqual(['ok', 'ok', 'ok']);
      const files = NAMES.map((name) => readFile(join(folder, `sum-${name}.json`), 'utf8'));
      return (await Promise.all(files)).map((text) => (JSON.parse(text) as { x: number[] }).x);
    },
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
