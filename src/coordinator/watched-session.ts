/** One session as those who watch it see it: the last state that its runner looked at, and whom to tell of the next. */
import { toHex } from '../../crypto/bytes.js';
import { maskedInputCodec } from '../protocol/messages.js';
import type { SessionRow } from '../storage/port.js';
import type { Shell } from './shell.js';

/** What watchers are told. */
export interface Snapshot {
  readonly row: SessionRow;
  /** r2: complaints by dealer, hex identity. */
  readonly complaints: ReadonlyMap<string, number>;
}

const NO_COMPLAINTS: ReadonlyMap<string, number> = new Map();

export class WatchedSession {
  readonly #shell: Pick<Shell, 'store'>;
  readonly #listeners = new Set<() => void>();
  #snapshot: Snapshot | null = null;
  /** Whom each sender's header accuses, hex: no header is read twice, for they come one by one and never change. */
  readonly #accused = new Map<string, readonly string[]>();

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
    if (before?.row.version === row.version && before.complaints === complaints) return;
    this.#snapshot = { row, complaints };
    this.tell();
  }

  async #complaints(row: SessionRow): Promise<ReadonlyMap<string, number>> {
    const { store } = this.#shell;
    const before = this.#snapshot?.complaints ?? NO_COMPLAINTS;
    if ((await store.countRecords(row.id, 'r2')) === this.#accused.size) return before;
    let isChanged = false;
    for (const { sender, signed } of await store.readRecords(row.id, 'r2')) {
      if (this.#accused.has(sender)) continue;
      const { complaints } = maskedInputCodec.decode(signed.payload);
      this.#accused.set(
        sender,
        complaints.map(({ dealer }) => toHex(dealer)),
      );
      isChanged ||= complaints.length > 0;
    }
    if (!isChanged) return before;
    const counts = new Map<string, number>();
    for (const dealer of [...this.#accused.values()].flat())
      counts.set(dealer, (counts.get(dealer) ?? 0) + 1);
    return counts;
  }

  tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
