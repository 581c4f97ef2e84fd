/**
 * The one schema of both engines, as Kysely sees it. Bytes that may be long (inputs of sessions, kept uploads, running sums,
 * aggregates) are cut into chunks; everything else is a row.
 */
import type { Generated } from 'kysely';

export type EngineName = 'sqlite' | 'postgres';

interface SignedColumns {
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
}

export interface SessionColumns extends SignedColumns {
  readonly id: string;
  readonly task: string;
  readonly number: number;
  /** Identities of 32 bytes, end to end. */
  readonly electorate: Uint8Array;
  readonly input: string | null;
  readonly phase: string;
  readonly version: number;
  readonly phase_since_ms: number;
  readonly phase_deadline_ms: number;
  readonly tree_size: number;
  readonly tree_root: Uint8Array;
  /** JSON list of hex identities. */
  readonly blamed: string;
  /** Statements: signature, then payload. In the row, so that one read sees phase and statements of one moment. */
  readonly u1: Uint8Array | null;
  readonly u2: Uint8Array | null;
  readonly u3: Uint8Array | null;
  readonly result: Uint8Array | null;
  readonly abort: Uint8Array | null;
  readonly purged_ms: number | null;
}

export interface RecordColumns extends SignedColumns {
  readonly session: string;
  readonly kind: string;
  readonly sender: string;
  readonly subject: string;
  readonly attachment: Uint8Array | null;
}

export interface Schema {
  readonly task: SignedColumns & {
    readonly id: string;
    /** Identities of 32 bytes, end to end. */
    readonly pinned: Uint8Array | null;
    readonly created_ms: number;
    readonly closed: number;
  };
  readonly enrolment: SignedColumns & { readonly identity: string };
  readonly revocation: SignedColumns & { readonly identity: string };
  readonly session: SessionColumns;
  readonly record: RecordColumns;
  /** Values that only one participant of a session may bring. */
  readonly claim: { readonly session: string; readonly value: string; readonly sender: string };
  /** Whose upload is in the sum. */
  readonly input: { readonly session: string; readonly sender: string };
  /** A running sum that one node writes. `epoch` counts its commits: the compare half of compare-and-set. */
  readonly shard: {
    readonly session: string;
    readonly shard: string;
    readonly epoch: number;
    readonly size: number;
    /** The node that may write it. */
    readonly owner: string;
  };
  readonly leaf: { readonly session: string; readonly position: number; readonly bytes: Uint8Array };
  /** Entries of the log; positions have no gaps. */
  readonly log: { readonly position: number; readonly session: string; readonly entry: Uint8Array };
  /** One row: how many entries there are. Whoever appends one holds it until the commit. */
  readonly log_size: { readonly size: number };
  readonly cosignature: { readonly size: number; readonly witness: string; readonly line: string };
  /** Long values that are written once, by name. */
  readonly bulk: { readonly name: string; readonly size: number };
  readonly chunk: { readonly name: string; readonly position: number; readonly bytes: Uint8Array };
  /** Processes that use the store: each lives until then, if it does not say so again. */
  readonly node: { readonly id: string; readonly until_ms: number; readonly checked_ms: number };
  /** Which node runs a session; null: none. Rows of open sessions, and the one for retention. */
  readonly lease: { readonly name: string; readonly node: string | null };
  readonly action: {
    readonly id: Generated<number>;
    readonly at_ms: number;
    readonly actor: string;
    readonly action: string;
    readonly subject: string;
    /** JSON object. */
    readonly detail: string;
  };
}
