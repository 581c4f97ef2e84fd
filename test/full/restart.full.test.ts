/**
 * A coordinator that is killed in the middle of sessions and started again on the same data: the sessions go on, and
 * the participants, which only see a network that was away, get the sum.
 */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Background, lineOf, run, runJson, start } from '../helpers/cli.js';

const NAMES = ['a', 'b', 'c'];
let folder: string;
let service: Background;
let address: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'blindsum-restart-'));
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
    // Nobody listens at the first one, which half of the commands begin with.
    BLINDSUM_COORDINATOR: `127.0.0.1:1, ${address}`,
    BLINDSUM_TRUST: `${folder}/dev/trust.yaml`,
    BLINDSUM_TOKEN_FILE: `${folder}/dev/operator.token`,
  },
});

test('killed at any time of a session and started again, nobody notices but by the time it takes', async () => {
  await serve('127.0.0.1:0');
  for (const [index, name] of NAMES.entries()) {
    await runJson(['keygen', '--out', `${name}.key`], place());
    await writeFile(join(folder, `${name}.json`), JSON.stringify({ x: [index, 1, 10 * index] }));
  }
  await writeFile(
    join(folder, 'task.yaml'),
    'name: restarts\nparticipants: [a.pub, b.pub, c.pub]\nvectors: [{ name: x, length: 3, clip: 100 }]\n',
  );
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
  await runJson(['session', 'open', '--task', taskId, '--join', '60s', '--round', '60s'], place());

  const finished = Promise.all(running.map(({ done }) => done));
  let isOver = false;
  void finished.then(() => (isOver = true));
  let kills = 0;
  for (; !isOver && kills < 12; kills += 1) {
    await sleep(40 + 90 * kills);
    service.process.kill('SIGKILL');
    await service.done;
    await serve(address);
  }
  const results = await finished;
  expect(results.map(({ code }) => code)).toEqual([0, 0, 0]);
  for (const name of NAMES) {
    const { x } = JSON.parse(await readFile(join(folder, `sum-${name}.json`), 'utf8')) as { x: number[] };
    [3, 3, 30].forEach((value, index) => expect(x[index]).toBeCloseTo(value, 4));
  }
  expect(kills).toBeGreaterThan(0);

  // After another restart everything is still there: the task, the session, its result.
  service.process.kill('SIGTERM');
  expect((await service.done).code).toBe(0);
  await serve(address);
  const [session] = await runJson<{ sessionId: string; phase: string }[]>(['session', 'list'], place());
  expect(session?.phase).toBe('closed');
  const result = await runJson<{ survivors: number }>(
    ['session', 'result', session?.sessionId ?? ''],
    place(),
  );
  expect(result.survivors).toBe(3);
});

test('a second coordinator on the same data is told so', async () => {
  await serve('127.0.0.1:0');
  const second = await run(['serve', '--dev', 'dev', '--listen', '127.0.0.1:0'], { cwd: folder });
  expect(second.code).not.toBe(0);
  expect(second.stderr).toContain('STORE_LOCKED');
  expect(second.stderr).toContain('blindsum.sqlite: another coordinator has this file open');
});
