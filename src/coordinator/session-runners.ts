/** The runners of this process, one per session that has not ended; what runs with them is freed with them. */
import { refuse } from '../protocol/errors.js';
import { isEnded, type Round } from '../protocol/phase.js';
import type { SessionRow } from '../storage/port.js';
import { SessionRunner } from './session-runner.js';
import type { SessionViews } from './session-views.js';
import type { Shell } from './shell.js';
import type { UploadStage } from './upload-stage.js';

export class SessionRunners {
  readonly #shell: Shell;
  readonly #views: SessionViews;
  readonly #uploads: UploadStage;
  readonly #runners = new Map<string, SessionRunner>();
  #stopped = false;

  constructor(shell: Shell, views: SessionViews, uploads: UploadStage) {
    this.#shell = shell;
    this.#views = views;
    this.#uploads = uploads;
    shell.metrics.read('blindsum_sessions_open', () =>
      [...this.#runners.values()]
        .map(({ snapshot }) => snapshot?.phase ?? 'closed')
        .filter((phase) => !isEnded(phase))
        .map((phase) => ({ labels: { round: phase as Round }, value: 1 })),
    );
  }

  /** Takes over every session of the store that has not ended. */
  async resume(): Promise<void> {
    this.#stopped = false;
    for (const row of await this.#shell.store.listSessions()) if (!isEnded(row.phase)) this.of(row);
  }

  /** The runner of an open session; also of one that another node opened. @throws BlindsumError UNREACHABLE */
  of(row: SessionRow): SessionRunner {
    this.throwIfStopped();
    const known = this.#runners.get(row.id);
    if (known !== undefined) return known;
    const runner = new SessionRunner(row.id, this.#shell, this.#views, {
      onLook: ({ phase }) => {
        if (phase !== 'r2') this.#uploads.dropSession(row.id);
      },
      onEnd: () => {
        this.#runners.delete(row.id);
        this.#uploads.dropSession(row.id);
        this.#views.drop(row.id);
      },
    });
    this.#runners.set(row.id, runner);
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
  }

  throwIfStopped(): void {
    if (this.#stopped) refuse('UNREACHABLE', 'environment', 'the coordinator is stopping');
  }
}
