/** What the memory store keeps, and the small things that its parts share. */
import type { Signed } from '../../protocol/signed.js';
import { Hints } from '../hints.js';
import type {
  CosignatureRow,
  LoggedSession,
  OperatorActionRow,
  RecordKind,
  SessionRecord,
  SessionRow,
  TaskRow,
} from '../port.js';

export interface Session {
  row: SessionRow;
  /** By kind, then by sender and subject. */
  readonly records: Map<RecordKind, Map<string, SessionRecord>>;
  /** Sender by claimed value. */
  readonly claimed: Map<string, string>;
  readonly inputs: Set<string>;
  /** By sender. */
  readonly uploads: Map<string, Uint8Array>;
  /** Null until something was folded. Never written to: a fold goes into the other one, which then takes its place. */
  sum: Uint8Array | null;
  /** The sum before the last fold. */
  spare: Uint8Array | null;
  leaves: readonly Uint8Array[];
  aggregate: Uint8Array | null;
}

interface Data {
  readonly tasks: Map<string, TaskRow>;
  readonly enrolments: Map<string, Signed>;
  readonly revocations: Map<string, Signed>;
  readonly blobs: Map<string, Uint8Array>;
  readonly sessions: Map<string, Session>;
  /** By session, in the order of the log. */
  readonly log: Map<string, LoggedSession>;
  /** By size, then by witness. */
  readonly cosignatures: Map<number, Map<string, CosignatureRow>>;
  readonly actions: OperatorActionRow[];
  /** Names of leases that were taken. */
  readonly held: Set<string>;
}

export class Kept {
  readonly hints = new Hints();
  #data: Data | null = {
    tasks: new Map(),
    enrolments: new Map(),
    revocations: new Map(),
    blobs: new Map(),
    sessions: new Map(),
    log: new Map(),
    cosignatures: new Map(),
    actions: [],
    held: new Set(),
  };

  /** @param now milliseconds since 1970: the store's clock */
  constructor(readonly now: () => number) {}

  get data(): Data {
    if (this.#data === null) throw new Error('the store is closed');
    return this.#data;
  }

  hint({ row }: Session): void {
    this.hints.tell({ taskId: row.taskId, sessionId: row.id });
  }

  drop(): void {
    this.#data = null;
    this.hints.clear();
  }
}

/** By code unit, the same on every machine whatever its locale. */
export const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

export const sortedEntries = <V>(map: ReadonlyMap<string, V>): [string, V][] =>
  [...map].sort(([a], [b]) => order(a, b));

export const recordKey = (sender: string, subject: string): string => JSON.stringify([sender, subject]);
