/**
 * A coordinator that is killed in the middle of sessions and started again on the same data: the sessions go on, and
 * the participants, which only see a network that was away, get the sum.
 */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type DevCoordinator, run, runJson, serveDev } from '../helpers/cli.js';
import { allWait, contribute, createSumTask, NAMES, sumsOf } from '../helpers/contributors.js';

let folder: string;
let coordinator: DevCoordinator;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'blindsum-restart-'));
});
afterEach(async () => {
  await kill();
  await rm(folder, { recursive: true, force: true });
});

async function kill(): Promise<void> {
  coordinator.service.process.kill('SIGKILL');
  await coordinator.service.done;
}
async function serveAgain(): Promise<void> {
  coordinator = await serveDev(folder, [], coordinator.address);
}

const place = () => ({
  cwd: folder,
  env: {
    ...coordinator.env,
    // Nobody listens at the first one, which half of the commands begin with.
    BLINDSUM_COORDINATOR: `127.0.0.1:1, ${coordinator.address}`,
  },
});

const INPUTS = NAMES.map((_, index) => [index, 1, 10 * index]);

test('killed at any time of a session and started again, nobody notices but by the time it takes', async () => {
  coordinator = await serveDev(folder);
  const taskId = await createSumTask(INPUTS, place());
  const running = NAMES.map((name) => contribute(name, taskId, place()));
  await allWait(running);
  await runJson(['session', 'open', '--task', taskId, '--join', '60s', '--round', '60s'], place());

  const sums = sumsOf(running, place());
  let isOver = false;
  const over = (): void => void (isOver = true);
  sums.then(over, over);
  let kills = 0;
  for (; !isOver && kills < 12; kills += 1) {
    await sleep(40 + 90 * kills);
    await kill();
    await serveAgain();
  }
  expect(await sums).toEqual(NAMES.map(() => [3, 3, 30]));
  expect(kills).toBeGreaterThan(0);

  // After another restart everything is still there: the task, the session, its result.
  expect((await coordinator.stop()).code).toBe(0);
  await serveAgain();
  const [session] = await runJson<{ sessionId: string; phase: string }[]>(['session', 'list'], place());
  expect(session?.phase).toBe('closed');
  const result = await runJson<{ survivors: number }>(
    ['session', 'result', session?.sessionId ?? ''],
    place(),
  );
  expect(result.survivors).toBe(3);
});

test('a second coordinator on the same data is told so', async () => {
  coordinator = await serveDev(folder);
  const second = await run(['serve', '--dev', 'dev', '--listen', '127.0.0.1:0'], { cwd: folder });
  expect(second.code).not.toBe(0);
  expect(second.stderr).toContain('STORE_LOCKED');
  expect(second.stderr).toContain('blindsum.sqlite: another coordinator has this file open');
});
