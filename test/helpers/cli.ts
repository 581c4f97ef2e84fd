/** The built command line in real processes: runs it to the end, or in the background until a line appears. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Place {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** A program and its arguments that starts the command as another would: with fewer rights. */
  readonly through?: readonly string[];
}

export interface Background {
  readonly process: ChildProcess;
  readonly done: Promise<Finished>;
}

export function start(args: readonly string[], { cwd, env = {}, through = [] }: Place): Background {
  const [program, ...rest] = [...through, process.execPath, MAIN, ...args] as [string, ...string[]];
  const child = spawn(program, rest, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const collected = { stdout: '', stderr: '' };
  child.stdout.on('data', (data: Buffer) => (collected.stdout += data.toString()));
  child.stderr.on('data', (data: Buffer) => (collected.stderr += data.toString()));
  const done = new Promise<Finished>((resolve) => {
    child.on('close', (code) => {
      resolve({ code, ...collected });
    });
  });
  return { process: child, done };
}

export const run = (args: readonly string[], place: Place): Promise<Finished> => start(args, place).done;

/** @throws Error with what it printed when the command fails */
export async function runJson<T>(args: readonly string[], place: Place): Promise<T> {
  const { code, stdout, stderr } = await run([...args, '--json'], place);
  if (code !== 0) throw new Error(`blindsum ${args.join(' ')} exited with ${code}: ${stderr}`);
  return JSON.parse(stdout) as T;
}

/** The first line of `stream` that matches, or an error when the process ends before. */
export function lineOf(
  { process: child }: Background,
  stream: 'stdout' | 'stderr',
  pattern: RegExp,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const lines = createInterface({ input: child[stream] as NodeJS.ReadableStream });
    lines.on('line', (line) => {
      if (pattern.test(line)) resolve(line);
    });
    lines.on('close', () => {
      reject(new Error(`the process ended before ${String(pattern)} appeared`));
    });
  });
}

export interface DevCoordinator {
  readonly service: Background;
  /** Environment that connects commands to it. */
  readonly env: Readonly<Record<string, string>>;
  readonly address: string;
  /** host:port of metrics and readiness; null unless the environment asks for them. */
  readonly monitoring: string | null;
  stop(): Promise<Finished>;
}

/** `serve --dev dev` in `cwd`. @param listen a free port, where none is given */
export async function serveDev(
  cwd: string,
  flags: readonly string[] = [],
  listen = '127.0.0.1:0',
  how: Omit<Place, 'cwd'> = {},
): Promise<DevCoordinator> {
  const service = start(['serve', '--dev', 'dev', '--listen', listen, '--json', ...flags], { ...how, cwd });
  const [logged, ready] = await Promise.all([
    lineOf(service, 'stderr', /"msg":"listening"/),
    lineOf(service, 'stdout', /"listening"/),
  ]);
  const { listening } = JSON.parse(ready) as { listening: string };
  return {
    service,
    address: listening,
    monitoring: (JSON.parse(logged) as { metrics: string | null }).metrics,
    env: {
      BLINDSUM_COORDINATOR: listening,
      BLINDSUM_TRUST: `${cwd}/dev/trust.yaml`,
      BLINDSUM_TOKEN_FILE: `${cwd}/dev/operator.token`,
    },
    stop() {
      service.process.kill('SIGTERM');
      return service.done;
    },
  };
}
