/** The threads of a worker pool that wait for work. They do not keep the process alive. */
import { Worker } from 'node:worker_threads';

export type StartWorker = () => Worker;

const startWorker: StartWorker = () => new Worker(new URL('./worker.js', import.meta.url));

export class Threads {
  readonly #start: StartWorker;
  readonly #waiting = new Set<Worker>();
  readonly #ended = new WeakSet<Worker>();

  constructor(start = startWorker) {
    this.#start = start;
  }

  /** One that waits, or a new one. */
  take(): Worker {
    const [waiting] = this.#waiting;
    if (waiting === undefined) return this.#started();
    this.#waiting.delete(waiting);
    waiting.ref();
    return waiting;
  }

  put(thread: Worker): void {
    if (this.hasEnded(thread)) return;
    thread.unref();
    this.#waiting.add(thread);
  }

  /** It may have ended right after an answer: what it is asked then it never answers. */
  hasEnded(thread: Worker): boolean {
    return this.#ended.has(thread);
  }

  async retire(): Promise<void> {
    const threads = [...this.#waiting];
    this.#waiting.clear();
    await Promise.all(threads.map((thread) => thread.terminate()));
  }

  #started(): Worker {
    const thread = this.#start();
    const forget = (): void => {
      this.#ended.add(thread);
      this.#waiting.delete(thread);
    };
    return thread.on('error', forget).on('exit', forget);
  }
}
