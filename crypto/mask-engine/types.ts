/**
 * The one heavy computation of the masking suites, as a job: for each vector (base + Σ ±PRG(stream)) mod 2^b
 * (PROTOCOL §4). Participants mask with it, the coordinator unmasks with it, the auditor repeats both.
 *
 * A job and its result are plain data that can be structured-cloned into a worker. They hold mask keys:
 * whoever has a job can unmask, so jobs are secret and never logged. Every engine gives the same bytes.
 */
import type { EngineNeed, Lack } from '../engine/need.js';
export interface MaskStream {
  /** 16 bytes. Secret. */
  readonly key: Uint8Array;
  /** 12 bytes. */
  readonly nonce: Uint8Array;
  /** Whether the stream is added or subtracted. */
  readonly sign: 1 | -1;
}

export interface MaskJobVector {
  readonly name: string;
  /** The modulus is 2^bits, 1…32. */
  readonly bits: number;
  /** Coordinates. */
  readonly length: number;
  /** Where the sum starts, `length` coordinates, or null for zeros. Never modified. */
  readonly base: Uint32Array | null;
  readonly streams: readonly MaskStream[];
}

export interface MaskJob {
  readonly kind: 'mask';
  /** 'packed' for an upload, 'integers' for further arithmetic. */
  readonly output: 'packed' | 'integers';
  /** With different names. */
  readonly vectors: readonly MaskJobVector[];
}

/** The vectors in the order of the job. */
export type MaskResult =
  | {
      readonly kind: 'packed';
      readonly vectors: readonly { readonly name: string; readonly bytes: Uint8Array }[];
    }
  | {
      readonly kind: 'integers';
      readonly vectors: readonly { readonly name: string; readonly values: Uint32Array }[];
    };

export interface MaskRunOptions {
  /** Aborting rejects with `signal.reason` at the next pause. */
  readonly signal?: AbortSignal;
  /**
   * Called now and then, never decreasing, in the end with both numbers equal. Engines work on ranges of
   * coordinates for all streams at once, so `doneStreams` is the share of the work, in streams, rounded down.
   */
  readonly onProgress?: (doneStreams: number, totalStreams: number) => void;
}

export interface MaskEngine {
  /** Rejects with TypeError or RangeError for a malformed job. */
  run(job: MaskJob, options?: MaskRunOptions): Promise<MaskResult>;
  /** Frees what the engine holds. Running jobs end first; jobs started later are refused. */
  close(): Promise<void>;
  /** Null when the engine can run such jobs. */
  lacks(need: EngineNeed): Promise<Lack | null>;
}
