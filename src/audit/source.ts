/**
 * What an audit reads (PROTOCOL §12.5, §12.6, §12.4), already taken out of its files: the caller has compared them with the
 * manifest and split them into items. Everything in here is controlled by whoever made it, in the worst case a coordinator
 * that has something to hide.
 */
import type { Policy } from '../protocol/policy.js';
import type { Verify } from '../protocol/signed.js';
import type { Engine, Suite } from '../protocol/suite.js';
import type { Witness } from '../protocol/transcript/cosignature.js';
import type { Verdict } from './types.js';

/** What the archive claims to hold; ids are hex. */
export type ArchiveScope =
  | { readonly kind: 'all' }
  | { readonly kind: 'task'; readonly task: string }
  | { readonly kind: 'session'; readonly session: string };

/** @param task of the session; both ids hex, null: not known */
export function isInScope(scope: ArchiveScope, task: string | null, session: string | null): boolean {
  switch (scope.kind) {
    case 'all':
      return true;
    case 'task':
      return task === scope.task;
    case 'session':
      return session === scope.session;
  }
}

export interface Keys {
  /** Ed25519, 32 bytes. */
  readonly organiser: Uint8Array;
  readonly coordinator: Uint8Array;
  readonly witnesses: readonly Witness[];
}

/** Value of a round of the beacon that a task names by its critical extension, 32 bytes; null where it is not known. */
export type BeaconValues = (extension: string, round: number) => Uint8Array | null;

export interface TranscriptSource {
  readonly scope: ArchiveScope;
  /** What the archive says of itself (`trust.yaml`); believed only when there are no anchors. */
  readonly keys: Keys;
  /** Signed note; of the log. */
  readonly checkpoint: string;
  /** Payloads of the entries of the log, from the first. */
  readonly log: AsyncIterable<Uint8Array>;
  /** In any order. Read one after the other, each to its end. */
  readonly sessions: AsyncIterable<SessionSource>;
  /** Of one participant or several. */
  readonly receipts?: AsyncIterable<ReceiptFile>;
  /** Items of a session's escrow; null: there is none. @param session id, hex */
  readonly escrow?: (session: string) => AsyncIterable<Uint8Array> | null;
}

export interface SessionSource {
  /** File in the archive, for findings. */
  readonly place: string;
  /** First item of the file. */
  readonly head: Uint8Array;
  readonly leaves: AsyncIterable<Uint8Array>;
}

export interface ReceiptFile {
  /** For findings. */
  readonly place: string;
  /** Name of the folder: session id, hex. */
  readonly session: string;
  /** Name of the file: `r4.tlog-proof`, `r4.signed`, … */
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface VerifyOptions {
  /** From the auditor's own trust file; null: all is only checked against itself (warning ANCHORS_NOT_CHECKED). */
  readonly anchors: Keys | null;
  /** The floor that every session has to meet. */
  readonly policy: Policy;
  /** Identities, hex, that the organiser revoked. */
  readonly revoked?: ReadonlySet<string>;
  /** Computes sums again from escrow; null: no replay. */
  readonly engine?: Engine | null;
  /** Whether the verdict says who took part in what. */
  readonly participation?: boolean;
  /** After each session. @param bytes of transcripts read so far */
  readonly onProgress?: (sessions: number, bytes: number) => void;
  readonly signal?: AbortSignal;
  /** Default: those of this version. */
  readonly suite?: (id: string) => Suite;
  /** Values of the beacons that rings are made from. Default: none is known. */
  readonly beacon?: BeaconValues;
  readonly verify?: Verify;
}

/** What `verifyTranscripts` is. Never throws for what the source says, only when it cannot be read. */
export type VerifyTranscripts = (source: TranscriptSource, options: VerifyOptions) => Promise<Verdict>;
