/**
 * Work on vectors as plain data that can be structured-cloned into a worker: masks (mask-engine/), or encryption and
 * opening under SumKey (ckks/). Jobs hold keys or inputs: secret, never logged; their keys are wiped when they have run.
 */
import type { Encoding } from '../ckks/parameters.js';
import type { Ring } from '../ckks/ring.js';
import type { MaskJob, MaskResult, MaskRunOptions } from '../mask-engine/types.js';
import type { EngineNeed, Lack } from './need.js';

interface NamedVector {
  readonly name: string;
  /** Coordinates. */
  readonly length: number;
  readonly encoding: Encoding;
}

/** A participant's vectors under the key of this session. */
export interface EncryptJob {
  readonly kind: 'encrypt';
  readonly ring: Ring;
  /** 32 bytes. */
  readonly ctx: Uint8Array;
  /** Of the secret key, 32 bytes. Secret; wiped when the job has run: it encrypts once. */
  readonly seed: Uint8Array;
  /** With different names. Their values are secret; not wiped here. */
  readonly vectors: readonly (NamedVector & { readonly values: Float64Array })[];
}

/** The sum of the survivors' vectors under the sum of their keys. */
export interface OpenJob {
  readonly kind: 'open';
  readonly ring: Ring;
  readonly ctx: Uint8Array;
  /** The sum of the keys, one element. Secret. */
  readonly key: Uint8Array;
  readonly survivors: number;
  readonly vectors: readonly (NamedVector & { readonly sum: Uint8Array })[];
}

export type CkksJob = EncryptJob | OpenJob;
export type CkksResult =
  | {
      readonly kind: 'ciphertexts';
      readonly vectors: readonly { readonly name: string; readonly bytes: Uint8Array }[];
    }
  | {
      readonly kind: 'sums';
      readonly vectors: readonly { readonly name: string; readonly values: Float64Array }[];
    }
  /** What opened is out of range. */
  | { readonly kind: 'key-mismatch' };

export type Job = MaskJob | CkksJob;
export type JobResult = MaskResult | CkksResult;

/** Runs jobs; the only place where vectors are long-running work. */
export interface Engine {
  /**
   * @throws TypeError, RangeError for a malformed job (a plain Error where a worker found it); CkksError
   *   MISSING_PACKAGE, OVER_CLIP, MALFORMED; Error when the engine is closed or its worker has ended. Aborting rejects
   *   with `signal.reason`: masks at the next pause, other jobs before they begin or when they have ended.
   */
  run(job: Job, options?: MaskRunOptions): Promise<JobResult>;
  /** Frees what the engine holds. Running jobs end first; jobs started later are refused. */
  close(): Promise<void>;
  /** Null when the engine can run such jobs; for SEAL's encoder it loads the package, which takes a moment. */
  lacks(need: EngineNeed): Promise<Lack | null>;
}
