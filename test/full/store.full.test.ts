/** A copy of a coordinator's store, made while a session runs, takes the place of the store, and the session goes on. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import { copyFile, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Check } from '../../src/cli/doctor/checks.js';
import { type DevCoordinator, run, runJson, serveDev } from '../helpers/cli.js';
import { allWait, contribute, createSumTask, NAMES, sumsOf } from '../helpers/contributors.js';

let folder: string;
let coordinator: DevCoordinator;
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
  await kill();
  await rm(folder, { recursive: true, force: true });
});

async function kill(): Promise<void> {
  coordinator.service.process.kill('SIGKILL');
  await coordinator.service.done;
}

const place = () => ({ cwd: folder, env: coordinator.env });
const store = (...args: string[]) => run(['store', ...args, '--config', 'blindsum.yaml', '--json'], place());

test('backup while a session runs, everything lost, restore: everybody gets the sum', async () => {
  coordinator = await serveDev(folder);
  const inputs = NAMES.map((_, index) => [index, 1, 10 * index]);
  const taskId = await createSumTask(inputs, place());
  // Two of three: the session waits in its first round.
  const running = ['a', 'b'].map((name) => contribute(name, taskId, place()));
  await allWait(running);
  await runJson(['session', 'open', '--task', taskId, '--join', '10m', '--round', '5m'], place());

  expect((await store('backup', '--out', 'copy.sqlite')).code).toBe(0);
  expect((await stat(file('copy.sqlite'))).mode & 0o077).toBe(0);
  expect(existsSync(file('dev/backup.sqlite'))).toBe(false);
  const again = await store('backup', '--out', 'copy.sqlite');
  expect([again.code, again.stdout]).toEqual([2, expect.stringContaining('exists already')]);
  const busy = await store('check');
  expect([busy.code, busy.stdout]).toEqual([
    1,
    expect.stringContaining('is in use by a running coordinator: stop it first'),
  ]);

  await kill();
  for (const name of ['blindsum.sqlite', 'blindsum.sqlite-wal', 'blindsum.sqlite-shm']) {
    await rm(file(`dev/${name}`), { force: true });
  }
  await copyFile(file('copy.sqlite'), file('dev/blindsum.sqlite'));
  const checked = await store('check');
  expect([checked.code, checked.stdout]).toEqual([0, expect.stringContaining('1, each with all its leaves')]);
  coordinator = await serveDev(folder, [], coordinator.address);
  const sums = await sumsOf([...running, contribute('c', taskId, place())], place());
  expect(sums).toEqual(NAMES.map(() => [3, 3, 30]));

  // The coordinator stopped: the file is copied without it, and what is wrong with it is found.
  expect((await coordinator.stop()).code).toBe(0);
  expect((await store('backup', '--out', 'second.sqlite')).code).toBe(0);
  expect((await store('migrate')).code).toBe(0);
  const database = new Database(file('dev/blindsum.sqlite'));
  database.exec('DELETE FROM leaf WHERE position = 1');
  database.close();
  const damaged = await store('check');
  const checks = JSON.parse(damaged.stdout) as Check[];
  expect(damaged.code).toBe(1);
  expect(checks.map(({ message }) => message)).toContainEqual(
    expect.stringMatching(/leaves of \d+; restore a backup/),
  );
  await copyFile(file('second.sqlite'), file('dev/blindsum.sqlite'));
  expect((await store('check')).code).toBe(0);
});
