/**
 * Deletes what was derived from single participants some time after the end of a session: sums, shares, inputs. The
 * transcript and the aggregate stay. One node at a time does it; twice would do no harm.
 */
import { isEnded } from '../protocol/phase.js';
import { RETENTION_LEASE } from '../storage/port.js';
import { Bell } from './bell.js';
import { describeError } from './logger.js';
import type { SessionRunners } from './session-runners.js';
import type { Shell } from './shell.js';

const LOOK_MS = 3_600_000;

export class Retention {
  readonly #shell: Pick<Shell, 'store' | 'clock' | 'logger'>;
  readonly #runners: Pick<SessionRunners, 'holds'>;
  readonly #retentionMs: number;
  readonly #bell: Bell;
  readonly #stopping = new AbortController();
  #running: Promise<void> | null = null;

  /** @param retentionMs from the end of a session on; Infinity: nothing is deleted */
  constructor(
    shell: Pick<Shell, 'store' | 'clock' | 'logger'>,
    runners: Pick<SessionRunners, 'holds'>,
    retentionMs: number,
  ) {
    this.#shell = shell;
    this.#runners = runners;
    this.#retentionMs = retentionMs;
    this.#bell = new Bell(shell.clock);
  }

  start(): void {
    if (this.#retentionMs !== Infinity) this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      try {
        if (this.#runners.holds(RETENTION_LEASE)) await this.#purgeDue();
      } catch (error) {
        this.#shell.logger.error(describeError(error), 'old sessions could not be purged; it is tried again');
      }
      await this.#bell.wait(Math.min(LOOK_MS, this.#retentionMs), this.#stopping.signal);
    }
  }

  async #purgeDue(): Promise<void> {
    const { store, clock, logger } = this.#shell;
    const untilMs = clock.now() - this.#retentionMs;
    for (const { id, phase, phaseSinceMs, purgedMs } of await store.listSessions()) {
      if (this.#stopping.signal.aborted) return;
      if (!isEnded(phase) || purgedMs !== null || phaseSinceMs > untilMs) continue;
      if (await store.purge(id)) logger.info({ session: id }, 'session purged: its retention has ended');
    }
  }
}
