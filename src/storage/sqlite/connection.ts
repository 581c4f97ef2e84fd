/** The one connection to the database thread, and the statements that wait for their answer. */
import { Worker } from 'node:worker_threads';
import { sqliteError } from './error.js';
import type { Close, Opened, Reply } from './worker.js';

/** Compiled code only: a test runner that reads the sources takes the thread's code from the build. */
const WORKER = import.meta.url.endsWith('.ts')
  ? new URL('../../../dist/src/storage/sqlite/worker.js', import.meta.url)
  : new URL('./worker.js', import.meta.url);

interface Waiting {
  /** The file that is written. */
  readonly path: string;
  readonly resolve: (reply: Reply) => void;
  readonly reject: (reason: unknown) => void;
}

export class SqliteConnection {
  readonly #path: string;
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #last = 0;
  #turn: Promise<void> = Promise.resolve();
  #ended: Error | null = null;

  private constructor(path: string, worker: Worker) {
    this.#path = path;
    this.#worker = worker;
    worker.on('message', (reply: Reply) => {
      const waiting = this.#waiting.get(reply.id);
      this.#waiting.delete(reply.id);
      if (this.#waiting.size === 0) worker.unref();
      if (reply.error === undefined) waiting?.resolve(reply);
      else waiting?.reject(sqliteError(waiting.path, reply.error));
    });
    worker.on('error', (error) => this.#end(error));
    worker.on('exit', () => this.#end(new Error('the database is closed')));
  }

  /** @throws SqliteError */
  static async open(path: string): Promise<SqliteConnection> {
    const worker = new Worker(WORKER, { workerData: { path } });
    const { opened } = await new Promise<Opened>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    });
    if (opened !== null) {
      await worker.terminate();
      throw sqliteError(path, opened);
    }
    const connection = new SqliteConnection(path, worker);
    // An idle store does not keep a process alive; a statement that is under way does.
    worker.unref();
    return connection;
  }

  /** @param path the file that the statement writes */
  run(sql: string, parameters: readonly unknown[] = [], path = this.#path): Promise<Reply> {
    if (this.#ended !== null) return Promise.reject(this.#ended);
    const id = (this.#last += 1);
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { path, resolve, reject });
      this.#worker.ref();
      this.#worker.postMessage({ id, sql, parameters });
    });
  }

  /** Transactions are several statements: who begins one waits for those before. @returns ends the turn */
  async takeTurn(): Promise<() => void> {
    const before = this.#turn;
    let end = (): void => undefined;
    this.#turn = new Promise((resolve) => (end = resolve));
    await before;
    return end;
  }

  async close(): Promise<void> {
    if (this.#ended !== null) return;
    this.#ended = new Error('the database is closed');
    const exited = new Promise((resolve) => this.#worker.once('exit', resolve));
    this.#worker.ref();
    this.#worker.postMessage({ close: true } satisfies Close);
    await exited;
  }

  #end(reason: Error): void {
    this.#ended ??= reason;
    for (const { reject } of this.#waiting.values()) reject(this.#ended);
    this.#waiting.clear();
  }
}
