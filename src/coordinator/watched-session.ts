/** One session as those who watch it see it: the last state that its runner looked at, and whom to tell of the next. */
import type { Phase } from '../protocol/phase.js';
import type { SessionRow } from '../storage/port.js';
import { complaintCounts } from './round-progress.js';
import type { Shell } from './shell.js';

/** What watchers are told. */
export interface Snapshot {
  readonly version: number;
  readonly phase: Phase;
  readonly deadlineMs: number;
  /** r2: complaints by dealer, hex identity. */
  readonly complaints: ReadonlyMap<string, number>;
}

const NO_COMPLAINTS: ReadonlyMap<string, number> = new Map();

export class WatchedSession {
  readonly #shell: Pick<Shell, 'store'>;
  readonly #listeners = new Set<() => void>();
  #snapshot: Snapshot | null = null;
  #headersSeen = 0;

  constructor(shell: Pick<Shell, 'store'>) {
    this.#shell = shell;
  }

  get snapshot(): Snapshot | null {
    return this.#snapshot;
  }

  /** @returns ends it */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Tells of what has changed since the last look. */
  async publish(row: SessionRow): Promise<void> {
    const before = this.#snapshot;
    const complaints = row.phase === 'r2' ? await this.#complaints(row) : NO_COMPLAINTS;
    if (before?.version === row.version && before.complaints === complaints) return;
    this.#snapshot = { version: row.version, phase: row.phase, deadlineMs: row.phaseDeadlineMs, complaints };
    this.tell();
  }

  async #complaints(row: SessionRow): Promise<ReadonlyMap<string, number>> {
    const headers = await this.#shell.store.countRecords(row.id, 'r2');
    if (headers === this.#headersSeen) return this.#snapshot?.complaints ?? NO_COMPLAINTS;
    const found = await complaintCounts(this.#shell, row);
    this.#headersSeen = headers;
    return found.size === 0 ? NO_COMPLAINTS : found;
  }

  tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
