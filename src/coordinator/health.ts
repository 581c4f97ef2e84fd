/**
 * Whether this node can serve: it looks at the store now and then, by itself. Whoever asks gets the last answer, so
 * that asking, which anybody may do, costs the store nothing.
 */
import type { Clock } from './clock.js';
import { Bell } from './bell.js';
import { describeError, type Logger } from './logger.js';

export interface HealthOptions {
  /** Rejects when the store fails. */
  readonly check: () => Promise<unknown>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Told of each change of `isReady`. */
  readonly onChange: (isReady: boolean) => void;
  readonly intervalMs?: number;
  /** A store that takes longer counts as one that failed. */
  readonly timeoutMs?: number;
}

export class Health {
  readonly #options: Required<HealthOptions>;
  readonly #stopping = new AbortController();
  #running: Promise<void> | null = null;
  #isStoreUp = false;

  constructor(options: HealthOptions) {
    this.#options = { intervalMs: 2000, timeoutMs: 2000, ...options };
  }

  get isStoreUp(): boolean {
    return this.#isStoreUp;
  }

  /** False before the first look, while the store fails, and once stopping began. */
  get isReady(): boolean {
    return this.#isStoreUp && !this.#stopping.signal.aborted;
  }

  /** Resolves after the first look. */
  async start(): Promise<void> {
    await this.#look();
    this.#running ??= this.#run();
  }

  /** From here on not ready; nothing else is told. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { clock, intervalMs } = this.#options;
    const bell = new Bell(clock);
    for (;;) {
      await bell.wait(intervalMs, this.#stopping.signal);
      if (this.#stopping.signal.aborted) return;
      await this.#look();
    }
  }

  async #look(): Promise<void> {
    const { logger, onChange } = this.#options;
    const before = this.#isStoreUp;
    const problem = await this.#problem();
    if (this.#stopping.signal.aborted) return;
    this.#isStoreUp = problem === null;
    if (problem !== null && (before || this.#running === null)) {
      logger.error({ reason: problem }, 'the store fails; this node is not ready');
    }
    if (problem === null && !before && this.#running !== null) logger.info({}, 'the store works again');
    if (this.#isStoreUp !== before) onChange(this.#isStoreUp);
  }

  /** Null when the store answered in time. */
  #problem(): Promise<string | null> {
    const { check, clock, timeoutMs } = this.#options;
    return new Promise((resolve) => {
      const timer = clock.setTimer(timeoutMs, () => resolve(`no answer within ${timeoutMs} ms`));
      const answer = (problem: string | null): void => {
        timer.cancel();
        resolve(problem);
      };
      check().then(
        () => answer(null),
        (error: unknown) => answer(describeError(error).error),
      );
    });
  }
}
