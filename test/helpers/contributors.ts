/** Participants of one task, as processes; their keys, inputs and sums are files in one folder. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Background, lineOf, type Place, runJson, start } from './cli.js';

export const NAMES = ['a', 'b', 'c'];

/** @param inputs whole numbers below 100, one vector for each of `names` @returns the id of their task */
export async function createSumTask(
  inputs: readonly (readonly number[])[],
  place: Place,
  names: readonly string[] = NAMES,
): Promise<string> {
  const file = (name: string): string => join(place.cwd, name);
  for (const [index, name] of names.entries()) {
    await runJson(['keygen', '--out', `${name}.key`], place);
    await writeFile(file(`${name}.json`), JSON.stringify({ x: inputs[index] }));
  }
  const members = names.map((name) => `${name}.pub`).join(', ');
  const vector = `{ name: x, length: ${inputs[0]?.length}, clip: 100, scale: 1 }`;
  await writeFile(file('task.yaml'), `name: sums\nparticipants: [${members}]\nvectors: [${vector}]\n`);
  const { taskId } = await runJson<{ taskId: string }>(
    ['task', 'create', '--spec', 'task.yaml', '--organiser', 'dev/organiser.key'],
    place,
  );
  return taskId;
}

export const contribute = (name: string, taskId: string, place: Place): Background =>
  start(
    [
      ...['contribute', '--task', taskId, '--identity', `${name}.key`],
      ...['--input', `${name}.json`, '--output', `sum-${name}.json`],
    ],
    place,
  );

/** Until each of them waits for a session. */
export const allWait = (clients: readonly Background[]): Promise<unknown> =>
  Promise.all(clients.map((client) => lineOf(client, 'stderr', /waiting for a session/)));

/** What each of `names` got, when all are done. @throws Error with what one printed that failed */
export async function sumsOf(
  clients: readonly Background[],
  { cwd }: Place,
  names: readonly string[] = NAMES,
): Promise<number[][]> {
  for (const { code, stderr } of await Promise.all(clients.map(({ done }) => done))) {
    if (code !== 0) throw new Error(`contribute exited with ${code}: ${stderr}`);
  }
  const files = names.map((name) => readFile(join(cwd, `sum-${name}.json`), 'utf8'));
  return (await Promise.all(files)).map((text) => (JSON.parse(text) as { x: number[] }).x);
}
