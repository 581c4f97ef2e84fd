/** One coordinator or several, and participants that wait for a session there, all in processes of their own. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Background, type DevCoordinator, type Place, runJson, serveDev } from '../../helpers/cli.js';
import { allWait, contribute, createSumTask, NAMES, sumsOf } from '../../helpers/contributors.js';

/** A dozen processes: on a busy machine that takes its time. */
export const TIMEOUT_MS = 240_000;

type How = Omit<Place, 'cwd'>;

export interface Cast {
  readonly at: DevCoordinator;
  readonly length: number;
  readonly names?: readonly string[];
  /** How single ones are started. */
  readonly how?: Readonly<Record<string, How>>;
}

export interface Waiting {
  readonly clients: ReadonlyMap<string, Background>;
  /** Opens their session and resolves when it has ended. */
  readonly open: (joinTime?: string, roundTime?: string) => Promise<void>;
  /** What these got. @throws Error with what one printed that failed */
  readonly sums: (names?: readonly string[]) => Promise<number[][]>;
}

export interface Scene {
  readonly folder: string;
  /** `serve --dev dev`, with its monitoring port. @param again takes the address of a coordinator that ended */
  readonly serve: (flags?: readonly string[], how?: How, again?: DevCoordinator) => Promise<DevCoordinator>;
  /** Resolves when all wait for a session. */
  readonly participants: (cast: Cast) => Promise<Waiting>;
  /** Called at the end, when no process runs any more; the last one first. */
  readonly onEnd: (step: () => unknown) => void;
}

export async function inScene(play: (scene: Scene) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'blindsum-faults-'));
  const running: Background[] = [];
  const steps: (() => unknown)[] = [() => rm(folder, { recursive: true, force: true })];
  try {
    await play({
      folder,
      onEnd: (step) => void steps.push(step),
      async serve(flags = [], { env, ...how } = {}, again = undefined) {
        const monitored = { ...how, env: { ...env, BLINDSUM_SERVE_METRICS_LISTEN: '127.0.0.1:0' } };
        const coordinator = await serveDev(folder, flags, again?.address, monitored);
        running.push(coordinator.service);
        return coordinator;
      },
      participants: (cast) => participants(folder, cast, running),
    });
  } finally {
    for (const { process: child } of running) child.kill('SIGKILL');
    await Promise.all(running.map(({ done }) => done));
    for (const step of steps.reverse()) await step();
  }
}

async function participants(
  cwd: string,
  { at, length, names = NAMES, how = {} }: Cast,
  running: Background[],
): Promise<Waiting> {
  const place = { cwd, env: at.env };
  const inputs = names.map((_, index) => Array.from({ length }, (__, i) => (i % 7) + index));
  const taskId = await createSumTask(inputs, place, names);
  const clients = new Map(
    names.map((name): [string, Background] => {
      const { env, ...more } = how[name] ?? {};
      return [name, contribute(name, taskId, { ...more, cwd, env: { ...at.env, ...env } })];
    }),
  );
  running.push(...clients.values());
  await allWait([...clients.values()]);
  return {
    clients,
    async open(joinTime = '120s', roundTime = '120s') {
      const times = ['--join', joinTime, '--round', roundTime];
      await runJson(['session', 'open', '--task', taskId, ...times], place);
    },
    sums: (some = names) =>
      sumsOf(
        some.map((name) => clients.get(name) as Background),
        place,
        some,
      ),
  };
}

/** Whether a vector is the sum of those at these positions among the names. Jest takes seconds for a million numbers. */
export const isSumOf =
  (positions: readonly number[], length: number) =>
  (sum: readonly number[]): boolean =>
    sum.length === length &&
    sum.every((value, i) => value === positions.reduce((total, index) => total + (i % 7) + index, 0));
