/** A copy of a coordinator's store, made while a session runs, takes the place of the store, and the session goes on. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import { copyFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Check } from '../../src/cli/doctor/checks.js';
import { type Background, lineOf, run, runJson, start } from '../helpers/cli.js';

const NAMES = ['a', 'b', 'c'];
let folder: string;
let service: Background;
let address: string;
const file = (name: string): string => join(folder, name);
const CONFIG = `tls: { certificate: dev/server.pem, key: dev/server.key }
coordinatorKey: dev/coordinator.key
organiser: dev/organiser.pub
operatorTokenFile: dev/operator.token
data: dev
`;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'blindsum-store-'));
  await writeFile(file('blindsum.yaml'), CONFIG);
});
afterEach(async () => {
  service.process.kill('SIGKILL');
  await service.done;
  await rm(folder, { recursive: true, force: true });
});

async function serve(listen: string): Promise<void> {
  service = start(['serve', '--dev', 'dev', '--listen', listen, '--json'], { cwd: folder });
  const line = await lineOf(service, 'stdout', /"listening"/);
  address = (JSON.parse(line) as { listening: string }).listening;
}

const place = () => ({
  cwd: folder,
  env: {
    BLINDSUM_COORDINATOR: address,
    BLINDSUM_TRUST: file('dev/trust.yaml'),
    BLINDSUM_TOKEN_FILE: file('dev/operator.token'),
  },
});
const store = (...args: string[]) => run(['store', ...args, '--config', 'blindsum.yaml', '--json'], place());

test('backup while a session runs, everything lost, restore: everybody gets the sum', async () => {
  await serve('127.0.0.1:0');
  for (const [index, name] of NAMES.entries()) {
    await runJson(['keygen', '--out', `${name}.key`], place());
    await writeFile(file(`${name}.json`), JSON.stringify({ x: [index, 1, 10 * index] }));
  }
  await writeFile(
    file('task.yaml'),
    'name: backups\nparticipants: [a.pub, b.pub, c.pub]\nvectors: [{ name: x, length: 3, clip: 100 }]\n',
  );
  const { taskId } = await runJson<{ taskId: string }>(
    ['task', 'create', '--spec', 'task.yaml', '--organiser', 'dev/organiser.key'],
    place(),
  );
  const contribute = (name: string): Background =>
    start(
      [
        ...['contribute', '--task', taskId, '--identity', `${name}.key`],
        ...['--input', `${name}.json`, '--output', `sum-${name}.json`],
      ],
      place(),
    );
  // Two of three: the session waits in its first round.
  const running = ['a', 'b'].map(contribute);
  await Promise.all(running.map((client) => lineOf(client, 'stderr', /waiting for a session/)));
  await runJson(['session', 'open', '--task', taskId, '--join', '10m', '--round', '5m'], place());

  expect((await store('backup', '--out', 'copy.sqlite')).code).toBe(0);
  expect((await stat(file('copy.sqlite'))).mode & 0o077).toBe(0);
  expect(existsSync(file('dev/backup.sqlite'))).toBe(false);
  const again = await store('backup', '--out', 'copy.sqlite');
  expect([again.code, again.stdout]).toEqual([2, expect.stringContaining('exists already')]);
  const busy = await store('check');
  expect([busy.code, busy.stdout]).toEqual([
    1,
    expect.stringContaining('another coordinator has this file open'),
  ]);

  service.process.kill('SIGKILL');
  await service.done;
  for (const name of ['blindsum.sqlite', 'blindsum.sqlite-wal', 'blindsum.sqlite-shm']) {
    await rm(file(`dev/${name}`), { force: true });
  }
  await copyFile(file('copy.sqlite'), file('dev/blindsum.sqlite'));
  const checked = await store('check');
  expect([checked.code, checked.stdout]).toEqual([0, expect.stringContaining('1, each with all its leaves')]);
  await serve(address);
  const results = await Promise.all([...running, contribute('c')].map(({ done }) => done));
  expect(results.map(({ code }) => code)).toEqual([0, 0, 0]);
  for (const name of NAMES) {
    const { x } = JSON.parse(await readFile(file(`sum-${name}.json`), 'utf8')) as { x: number[] };
    [3, 3, 30].forEach((value, index) => expect(x[index]).toBeCloseTo(value, 4));
  }

  // The coordinator stopped: the file is copied without it, and what is wrong with it is found.
  service.process.kill('SIGTERM');
  expect((await service.done).code).toBe(0);
  expect((await store('backup', '--out', 'second.sqlite')).code).toBe(0);
  expect((await store('migrate')).code).toBe(0);
  const database = new Database(file('dev/blindsum.sqlite'));
  database.exec('DELETE FROM leaf WHERE position = 1');
  database.close();
  const damaged = await store('check');
  const checks = JSON.parse(damaged.stdout) as Check[];
  expect([damaged.code, checks.at(-1)?.message]).toEqual([
    1,
    expect.stringMatching(/leaves of \d+; restore a backup/),
  ]);
  await copyFile(file('second.sqlite'), file('dev/blindsum.sqlite'));
  expect((await store('check')).code).toBe(0);
});
