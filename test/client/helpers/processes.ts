/** Participants in processes of their own, which can be killed at any of their calls. */
import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { toHex } from '../../../crypto/bytes.js';
import { BlindsumError } from '../../../src/protocol/errors.js';
import { coordinator, organiser, type Party, seedOf } from '../../helpers/protocol.js';
import { bytesOf, type Method, type Sent } from './transports.js';
import { valuesOf, type World } from './world.js';

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly args?: unknown[];
  readonly stream?: boolean;
  readonly opened?: true;
  readonly done?: { readonly sum: Record<string, Float64Array>; readonly session: string };
  readonly failed?: { readonly code: string; readonly message: string };
}

export interface ProcessOptions {
  readonly journal: string;
  readonly resume?: boolean;
  /** SIGKILL when this call arrives: before or after it is carried out. */
  readonly killAt?: { readonly method: Method; readonly when: 'before' | 'after' };
  readonly sent?: Sent[];
  /** Sees every call before it is carried out. */
  readonly onCall?: (method: Method, child: ChildProcess) => void;
}

export interface Participant {
  readonly process: ChildProcess;
  /** Resolves once the journal is open. */
  readonly opened: Promise<void>;
  /** 'killed', an error code, or the sum. */
  readonly outcome: Promise<{ readonly code: string; readonly message?: string; readonly sum?: number[] }>;
  /** Resolves when the process is gone, and its hold on the journal with it. */
  readonly exited: Promise<void>;
}

/** From now on the operating system refuses to let the process write to a file, as if the disk were full. */
export function fillDisk({ pid }: ChildProcess): void {
  execFileSync('prlimit', ['--pid', String(pid), '--fsize=0']);
}

const script = fileURLToPath(new URL('child.mjs', import.meta.url));

export function startParticipant(made: World, index: number, options: ProcessOptions): Participant {
  const party = made.parties[index] as Party;
  const child = fork(script, { serialization: 'advanced', execArgv: [] });
  const api = made.api(index) as unknown as Record<string, (...args: unknown[]) => unknown>;
  const gone = new AbortController();
  // A child that was killed just now may still count as connected: then the error is the callback's, and of no interest.
  const reply = (message: object): void => void (child.connected && child.send(message, () => undefined));
  const fail = (id: number, error: unknown): void => {
    const known =
      error instanceof BlindsumError ? error : new BlindsumError('INTERNAL', 'peer', String(error));
    reply({ id, error: { code: known.code, fault: known.fault, message: known.message } });
  };

  async function serve(id: number, method: string, args: unknown[]): Promise<void> {
    options.sent?.push({ method: method as Method, bytes: bytesOf(args) });
    options.onCall?.(method as Method, child);
    const kill = options.killAt?.method === method ? options.killAt.when : null;
    if (kill === 'before') return void child.kill('SIGKILL');
    try {
      const value = await (api[method] as (...given: unknown[]) => Promise<unknown>).call(api, ...args);
      if (kill === 'after') child.kill('SIGKILL');
      else reply({ id, value });
    } catch (error) {
      fail(id, error);
    }
  }

  async function serveStream(id: number, method: string, args: unknown[]): Promise<void> {
    try {
      const items = api[method]?.call(api, ...args, gone.signal) as AsyncIterable<unknown>;
      for await (const item of items) reply({ id, item });
      reply({ id, end: true });
    } catch (error) {
      fail(id, error);
    }
  }

  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  const exited = new Promise<void>((resolve) => void child.on('exit', () => resolve()));
  const outcome = new Promise<Awaited<Participant['outcome']>>((resolve) => {
    child.on('exit', () => {
      gone.abort();
      resolve({ code: 'killed' });
    });
    child.on('message', (message: Message) => {
      const { id, method, args = [], stream, done, failed } = message;
      if (message.opened === true) open();
      if (done !== undefined) resolve({ code: 'closed', sum: [...(done.sum.counts as Float64Array)] });
      if (failed !== undefined) resolve(failed);
      if (done !== undefined || failed !== undefined) child.disconnect();
      if (id === undefined || method === undefined) return;
      if (stream === true) void serveStream(id, method, args);
      else void serve(id, method, args);
    });
  });
  child.send({
    start: {
      seed: seedOf(party.name),
      trust: {
        organiser: toHex(organiser.identity),
        coordinator: toHex(coordinator.identity),
        policy: { datasets: { records: 'records' }, minColluders: 0 },
      },
      journal: options.journal,
      task: made.taskId,
      vectors: { counts: valuesOf(index) },
      resume: options.resume ?? false,
    },
  });
  return { process: child, opened, outcome, exited };
}
