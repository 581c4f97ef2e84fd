/**
 * New sessions of a task, for participants that wait for one. However many wait, the store is asked once per interval
 * and task.
 */
import { type BlindsumError, isBlindsumError } from '../protocol/errors.js';
import { isEnded } from '../protocol/phase.js';
import type { SessionRow } from '../storage/port.js';
import { Bell } from './bell.js';
import { describeError } from './logger.js';
import { POLL_MS, refuseClosed, type Shell } from './shell.js';

type Part = Pick<Shell, 'store' | 'clock' | 'logger'>;

export class Announcements {
  readonly #shell: Part;
  readonly #tasks = new Map<string, TaskWatch>();

  constructor(shell: Part) {
    this.#shell = shell;
  }

  /**
   * Each session that can be joined once; until `signal` aborts or the coordinator stops.
   * @throws BlindsumError UNKNOWN_TASK when the task is closed and its last session has ended; STORE_FAILED
   */
  async *of(taskId: string, signal: AbortSignal): AsyncGenerator<SessionRow> {
    const watch = this.#tasks.get(taskId) ?? new TaskWatch(taskId, this.#shell);
    this.#tasks.set(taskId, watch);
    const bell = new Bell(this.#shell.clock);
    watch.join(bell.ring);
    const told = new Set<string>();
    try {
      while (!signal.aborted && !watch.isOver) {
        for (const row of watch.joinable) {
          if (told.has(row.id) || signal.aborted) continue;
          told.add(row.id);
          yield row;
        }
        await bell.wait(POLL_MS * 10, signal);
        // Whoever waits here for a store that is away would miss what other nodes announce.
        if (watch.outage !== null && !signal.aborted) throw watch.outage;
      }
      if (watch.isClosed && !signal.aborted) refuseClosed();
    } finally {
      watch.leave(bell.ring);
      if (watch.isOver && this.#tasks.get(taskId) === watch) this.#tasks.delete(taskId);
    }
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#tasks.values()].map((watch) => watch.stop()));
    this.#tasks.clear();
  }
}

class TaskWatch {
  readonly #taskId: string;
  readonly #shell: Part;
  readonly #listeners = new Set<() => void>();
  readonly #bell: Bell;
  #ending = new AbortController();
  #running: Promise<void> | null = null;
  #known = new Set<string>();
  joinable: readonly SessionRow[] = [];
  /** The task opens no more sessions, and none runs. */
  isClosed = false;
  /** Why the sessions could not be read the last time; null when they could. */
  outage: BlindsumError | null = null;

  constructor(taskId: string, shell: Part) {
    this.#taskId = taskId;
    this.#shell = shell;
    this.#bell = new Bell(shell.clock);
  }

  get isOver(): boolean {
    return this.#ending.signal.aborted;
  }

  join(listener: () => void): void {
    this.#listeners.add(listener);
    this.#running ??= this.#run();
  }

  leave(listener: () => void): void {
    this.#listeners.delete(listener);
    if (this.#listeners.size === 0) this.#ending.abort();
  }

  async stop(): Promise<void> {
    this.#ending.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { store } = this.#shell;
    const unsubscribe = store.watch(({ taskId, sessionId }) => {
      if (taskId === this.#taskId && !this.#known.has(sessionId)) this.#bell.ring();
    });
    while (!this.isOver) {
      try {
        // Before the sessions: whatever was opened until then is among them.
        const closed = (await store.getTask(this.#taskId))?.closed === true;
        const open = (await store.listSessions(this.#taskId)).filter(({ phase }) => !isEnded(phase));
        this.#known = new Set(open.map(({ id }) => id));
        this.joinable = open.filter(({ phase }) => phase === 'r0');
        this.isClosed = closed && open.length === 0;
        this.outage = null;
        if (this.isClosed) this.#ending.abort();
        for (const listener of [...this.#listeners]) listener();
      } catch (error) {
        this.outage = isBlindsumError(error, 'STORE_FAILED') ? error : null;
        this.#shell.logger.error({ task: this.#taskId, ...describeError(error) }, 'cannot list sessions');
      }
      await this.#bell.wait(POLL_MS, this.#ending.signal);
    }
    unsubscribe();
    for (const listener of [...this.#listeners]) listener();
  }
}
