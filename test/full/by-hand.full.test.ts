/**
 * What somebody does by hand with three terminals: `serve --dev`, keys, a task, three `contribute` with files that numpy
 * wrote; the sum and the mean come back in the shape and type of the input. One session is masked, one encrypted.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { copyFile, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readVectors } from '../../src/cli/vector-files/index.js';
import { type DevCoordinator, lineOf, run, runJson, serveDev, start } from '../helpers/cli.js';

const NUMPY = fileURLToPath(new URL('../interop/contribute/', import.meta.url));
const NAMES = ['a', 'b', 'c'];

let folder: string;
let coordinator: DevCoordinator;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'blindsum-by-hand-'));
  coordinator = await serveDev(folder);
  for (const name of NAMES) {
    await runJson(['keygen', '--out', `${name}.key`], { cwd: folder });
    await copyFile(join(NUMPY, `${name}.npy`), join(folder, `${name}.npy`));
  }
});

afterAll(async () => {
  await coordinator.stop();
  await rm(folder, { recursive: true, force: true });
});

const place = () => ({ cwd: folder, env: coordinator.env });

async function createTask(spec: string): Promise<string> {
  await writeFile(join(folder, 'task.yaml'), spec);
  const { taskId } = await runJson<{ taskId: string }>(
    ['task', 'create', '--spec', 'task.yaml', '--organiser', 'dev/organiser.key'],
    place(),
  );
  return taskId;
}

/** All three wait for a session, then one is opened. */
async function contributeAll(task: string, flags: (name: string, index: number) => readonly string[]) {
  const running = NAMES.map((name, index) =>
    start(['contribute', '--task', task, '--identity', `${name}.key`, ...flags(name, index)], place()),
  );
  await Promise.all(running.map((client) => lineOf(client, 'stderr', /waiting for a session/)));
  await runJson(['session', 'open', '--task', task.slice(0, 12), '--join', '30s'], place());
  return Promise.all(running.map(({ done }) => done));
}

describe('three participants by hand', () => {
  test('a weighted task: sum and mean of .npy files, hidden weights', async () => {
    const task = await createTask(
      'name: weighted\nparticipants: [a.pub, b.pub, c.pub]\nmaxWeight: 100\nvectors: [{ name: x, length: 6, clip: 20 }]\n',
    );
    const finished = await contributeAll(task, (name, index) => [
      ...['--input', `${name}.npy`, '--weight', String(index + 1)],
      ...['--output', `sum-${name}.npy`, '--mean', `mean-${name}.npy`],
    ]);
    expect(finished.map(({ code }) => code)).toEqual([0, 0, 0]);
    const base = [0, 1, 2, 3, 4, 5];
    const sums = base.map((k) => 1 * (k - 2.5) + 2 * (2 * k - 2.5) + 3 * (3 * k - 2.5));
    for (const name of NAMES) {
      const [sum] = await readVectors({ path: join(folder, `sum-${name}.npy`) });
      const [mean] = await readVectors({ path: join(folder, `mean-${name}.npy`) });
      expect(sum).toMatchObject({ shape: [2, 3], dtype: 'float32' });
      expect(mean).toMatchObject({ shape: [2, 3], dtype: 'float32' });
      sums.forEach((value, index) => {
        expect(sum?.values[index]).toBeCloseTo(value, 4);
        expect(mean?.values[index]).toBeCloseTo(value / 6, 5);
      });
    }
    const [session] = await runJson<{ sessionId: string; phase: string }[]>(['session', 'list'], place());
    expect(session?.phase).toBe('closed');
    const result = await runJson<{ survivors: number; weight: number }>(
      ['session', 'result', session?.sessionId.slice(0, 16) as string],
      place(),
    );
    expect(result).toMatchObject({ survivors: 3, weight: 6 });
    await runJson(['session', 'export', session?.sessionId as string, '--out', 'transcript'], place());
    expect((await readdir(join(folder, 'transcript'))).sort()).toEqual([
      ...['checkpoint', 'log', 'manifest', 'sessions', 'trust.yaml'],
    ]);
  });

  test('another file for the same data is refused, whatever input the session names', async () => {
    const task = await createTask(
      'name: weighted again\nparticipants: [a.pub, b.pub, c.pub]\nmaxWeight: 100\nvectors: [{ name: x, length: 6, clip: 20 }]\n',
    );
    const changed = ['--task', task, '--identity', 'a.key', '--input', 'b.npy', '--weight', '1'];
    const client = start(['contribute', ...changed], place());
    await lineOf(client, 'stderr', /waiting for a session/);
    const { sessionId } = await runJson<{ sessionId: string }>(
      ['session', 'open', '--task', task, '--input', 'b.npy'],
      place(),
    );
    const { code, stderr } = await client.done;
    expect(code).not.toBe(0);
    expect(stderr).toContain('INPUT_CHANGED');
    await runJson(['session', 'cancel', sessionId], place());
  });

  test("enrolled participants: certificates from the organiser, several vectors in one file, in the slots of SEAL's encoder", async () => {
    for (const name of NAMES) {
      await runJson(
        [
          'enrol',
          '--organiser',
          'dev/organiser.key',
          '--participant',
          `${name}.pub`,
          '--out',
          `${name}.cert`,
        ],
        place(),
      );
      await writeFile(join(folder, `${name}.json`), JSON.stringify({ u: [1, 2], v: [[0.5], [-0.5], [1]] }));
    }
    const task = await createTask(
      'name: enrolled\nparticipants: enrolled\nmaxParticipants: 10\nmaxColluders: 1\nminSurvivors: 3\nsuite: ckks/sumkey\nencoding: slots\n' +
        'scope: { kind: evolving }\nvectors: [{ name: u, length: 2, clip: 5 }, { name: v, length: 3, clip: 1, precision: 1e-9 }]\n',
    );
    const finished = await contributeAll(task, (name) => [
      ...['--cert', `${name}.cert`, '--input', `${name}.json`, '--output', `sum-${name}.json`],
      '--answers-input',
    ]);
    expect(finished.map(({ code, stderr }) => (code === 0 ? '' : stderr))).toEqual(['', '', '']);
    const vectors = await readVectors({ path: join(folder, 'sum-a.json') });
    expect(vectors.map(({ name, shape }) => ({ name, shape }))).toEqual([
      { name: 'u', shape: [2] },
      { name: 'v', shape: [3, 1] },
    ]);
    expect(vectors[0]?.values[1]).toBeCloseTo(6, 9);
    expect(vectors[1]?.values[1]).toBeCloseTo(-1.5, 9);
    // An upload that waits for the others' headers is no trouble.
    for (const { stderr } of finished) expect(stderr).not.toContain('OVERLOADED');
  });

  test('lists and shows in words', async () => {
    const list = await run(['task', 'list'], place());
    expect(list.stdout).toContain('weighted');
    const id = list.stdout.slice(0, 16);
    expect((await run(['task', 'show', id], place())).stdout).toContain('maxColluders');
    expect((await run(['task', 'close', id], place())).code).toBe(0);
  });
});
