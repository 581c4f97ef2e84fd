/**
 * The runners of this process: of each session that has not ended and whose lease is held here, or that somebody here
 * watches. What runs with them is freed with them.
 */
import { refuse } from '../protocol/errors.js';
import { isEnded, type Round } from '../protocol/phase.js';
import { RETENTION_LEASE, type SessionRow } from '../storage/port.js';
import { Leases } from './leases.js';
import { SessionRunner } from './session-runner.js';
import type { SessionViews } from './session-views.js';
import type { Shell } from './shell.js';
import type { StoreClock } from './store-clock.js';
import type { UploadStage } from './upload-stage.js';

export class SessionRunners {
  readonly #shell: Shell;
  readonly #views: SessionViews;
  readonly #uploads: UploadStage;
  readonly #runners = new Map<string, SessionRunner>();
  readonly #leases: Leases;
  #stopped = false;

  constructor(shell: Shell & { readonly clock: StoreClock }, views: SessionViews, uploads: UploadStage) {
    this.#shell = shell;
    this.#views = views;
    this.#uploads = uploads;
    this.#leases = new Leases(shell, {
      onTaken: (names) => {
        for (const name of names) if (name !== RETENTION_LEASE && !this.#stopped) this.#run(name).wake();
      },
      onLost: (names) => {
        for (const name of names) this.#runners.get(name)?.release();
      },
    });
    // A session that only somebody here watches is counted by the node that runs it.
    shell.metrics.read('blindsum_sessions_open', () =>
      [...this.#runners]
        .filter(([id]) => this.holds(id))
        .map(([, { snapshot }]) => snapshot?.row.phase ?? 'closed')
        .filter((phase) => !isEnded(phase))
        .map((phase) => ({ labels: { round: phase as Round }, value: 1 })),
    );
  }

  /** Takes over every session of the store that has not ended and that no other node runs. */
  resume(): Promise<void> {
    return this.#leases.start();
  }

  holds(lease: string): boolean {
    return this.#leases.holds(lease);
  }

  /** The runner of a session that was created here. @throws BlindsumError UNREACHABLE */
  created(row: SessionRow): SessionRunner {
    this.#leases.created(row.id);
    return this.of(row);
  }

  /** The runner of an open session; also of one that another node runs. @throws BlindsumError UNREACHABLE */
  of(row: SessionRow): SessionRunner {
    this.throwIfStopped();
    this.#leases.begin();
    return this.#run(row.id);
  }

  #run(sessionId: string): SessionRunner {
    const known = this.#runners.get(sessionId);
    if (known !== undefined) return known;
    const runner = new SessionRunner(sessionId, this.#shell, this.#views, {
      isHeld: () => this.#leases.holds(sessionId),
      onLook: ({ phase }) => {
        if (phase !== 'r2') this.#uploads.dropSession(sessionId);
      },
      onEnd: () => {
        this.#runners.delete(sessionId);
        this.#uploads.dropSession(sessionId);
        this.#views.drop(sessionId);
      },
    });
    this.#runners.set(sessionId, runner);
    runner.start();
    return runner;
  }

  /** A message was accepted: the store's hint may come later, or never. */
  wake(sessionId: string): void {
    this.#runners.get(sessionId)?.wake();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all([...this.#runners.values()].map((runner) => runner.stop()));
    await this.#leases.stop();
  }

  throwIfStopped(): void {
    if (this.#stopped) refuse('UNREACHABLE', 'environment', 'the coordinator is stopping');
  }
}
