/**
 * The socket a protocol suite plugs into (PROTOCOL §5). Rounds, signatures, latches, sets and the log are the same for
 * all suites; what is shared in r1, uploaded in r2, revealed in r4 and opened at the end is the suite's. Everything here
 * is plain data and pure functions; work on vectors is a job that an engine runs.
 */
import type { Random } from '../../crypto/random.js';
import type { EngineNeed } from '../../crypto/engine/need.js';
import type { Engine, Job, JobResult } from '../../crypto/engine/types.js';
import type { Parameters, SessionContext } from './context.js';
import type { Task, VectorSpec, WantedVector } from './documents.js';
import type { VectorLayout } from './parameters.js';
import type { DecodedAggregate, PlainInput, VectorInput } from './quantise.js';
import type { Members, MemberSet } from './sets.js';
import type { Steps } from './steps.js';

export type { Engine, EngineNeed, Job, JobResult };

/** A participant's own secrets, fresh every session. */
export interface SessionSecrets {
  /** Seed of the X25519 mask key that r0 advertised, 32 bytes. */
  readonly maskSeed: Uint8Array;
  /** Suite-defined, 32 bytes: masking suites b; ckks/sumkey the seed of s_k. */
  readonly suiteSeed: Uint8Array;
}

export interface Deal {
  /** One list of shares per neighbour, in the order of `neighbours`, each in the order of `shareKinds`. */
  readonly perNeighbour: readonly (readonly Uint8Array[])[];
  /** The dealer's own shares; null where it must not keep one. */
  readonly own: readonly (Uint8Array | null)[];
  /** What the commitment is made from once the share root is known. Secret, not kept after r1. */
  readonly witness: Uint8Array;
}

/** What a dealer signed of one packet. */
export interface Dealing {
  readonly commitment: Uint8Array;
  readonly shareRoot: Uint8Array;
  readonly leaves: readonly Uint8Array[];
}

/** What a participant holds when it masks and when it reveals. */
export interface Held {
  readonly self: number;
  /** Empty once r2 is made. */
  readonly suiteSeed: Uint8Array;
  /** X25519(s_u, s_v) per neighbour position; empty once r2 is made, and in suites without masks between two. */
  readonly agreed: ReadonlyMap<number, Uint8Array>;
  readonly ownShares: readonly (Uint8Array | null)[];
  /** Shares dealt to this participant by each neighbour in U2; null when they did not fit (a complaint). */
  readonly shares: ReadonlyMap<number, readonly Uint8Array[] | null>;
}

export interface Sets {
  readonly u1: MemberSet;
  readonly u2: MemberSet;
  readonly u3: MemberSet;
}

/**
 * r4 on the wire: kind bytes and the shares they call for. Masking: one per neighbour in U2 and oneself; ckks/sumkey: one
 * in all.
 */
export interface Reveal {
  readonly kinds: Uint8Array;
  readonly shares: readonly Uint8Array[];
}

export interface Upload {
  /** SHA-256 per vector. */
  readonly digests: readonly Uint8Array[];
  /** All vectors of the layout, concatenated. */
  readonly bytes: Uint8Array;
}

/** What the coordinator kept of one dealer's r1. */
export interface DealerRecord {
  readonly position: number;
  readonly commitment: Uint8Array;
  /** Leaf hashes per holder position (neighbours and the dealer itself), in the order of `shareKinds`. */
  readonly leaves: Pick<ReadonlyMap<number, readonly Uint8Array[]>, 'get'>;
}

/** What an r4 says of one dealer. */
export interface Revealing {
  /** Null: of all survivors together. */
  readonly dealer: number | null;
  /** One of `shareKinds`; null: nothing, for want of a usable share. */
  readonly kind: string | null;
  /** Whether the sets allow it. */
  readonly allowed: boolean;
}

export interface RevealRecord {
  readonly position: number;
  readonly reveal: Reveal;
}

export interface OpenPlan {
  readonly job: Job;
  /** Helpers whose share did not fit its leaf; their answers were ignored. */
  readonly badHelpers: Members;
}

/** Adds uploads up; the store sees bytes only. */
export interface Accumulator {
  readonly byteLength: number;
  /** acc += upload, in place. `acc` is 4-byte aligned and starts as zeros. */
  fold(acc: Uint8Array, upload: Uint8Array): void;
  merge(acc: Uint8Array, other: Uint8Array): void;
}

/** Bytes of what a participant sends beside its upload, when everybody comes and stays. */
export interface Sizes {
  /** Of one packet in r1, in the order of `shareKinds`. */
  readonly shares: readonly number[];
  /** How many others are sent one. */
  readonly neighbours: number;
  /** In r1. */
  readonly commitment: number;
  /** How many members' signatures of r3 each is shown. */
  readonly signers: number;
  /** In r4: kind bytes, and the shares that are revealed. */
  readonly kinds: number;
  readonly revealed: number;
}

export interface Suite {
  readonly id: string;
  readonly shareKinds: readonly string[];
  /** Whether each two neighbours agree on a secret in r1, to mask with. */
  readonly agrees: boolean;
  /** Whether every survivor answers with a sum over all of U3, so that one unusable share is one too many. */
  readonly needsEveryShare: boolean;
  /** Whether participants have only chosen neighbours, so that `checkSets` has something to look at. */
  readonly sparse: boolean;

  /** Scale and bits where the author of a task left them open. @throws BlindsumError WOULD_WRAP, BAD_CONFIG (fault caller) */
  completeVector(
    vector: WantedVector,
    participants: number,
    maxWeight: number | null,
  ): Pick<VectorSpec, 'scale' | 'bits'>;
  /** @throws BlindsumError BAD_TASK, WOULD_WRAP, TOO_FEW_PARTICIPANTS, UNSUPPORTED (fault peer): a task nobody should run */
  checkTask(task: Task): void;
  /** What the engines of participants and coordinator have to be able to do. */
  engineNeed(task: Task): EngineNeed;
  /** The vectors of an upload in order: those of the task, then the hidden weight when the task is weighted. */
  layout(task: Task): readonly VectorLayout[];
  /** @param participants all of an electorate */
  sizes(task: Task, participants: number): Sizes;
  /** @throws BlindsumError MISSING_VECTOR, WRONG_LENGTH, NOT_FINITE, OVER_CLIP, BAD_WEIGHT (fault caller) */
  prepare(task: Task, input: PlainInput, random: Random): VectorInput;

  /** The integers of the U1 statement. @throws BlindsumError when the task cannot be run by so many */
  derive(task: Task, electorateSize: number, rosterSize: number): Parameters;
  /** A participant's check of the coordinator's integers. @throws BlindsumError BELOW_POLICY */
  checkParameters(task: Task, electorateSize: number, rosterSize: number, parameters: Parameters): void;
  /** Positions that share and mask with `position`, increasing, without itself. */
  neighbours(session: SessionContext, position: number): Members;
  /** Positions whose signatures of r3 count towards the quorum, increasing. All survivors sign all the same. */
  signers(session: SessionContext): Members;
  /** So many may complain about one dealer that none of them is proven right; it answers no more. */
  mostComplaints(session: SessionContext): number;

  /** r1 */
  deal(session: SessionContext, self: number, secrets: SessionSecrets, random: Random): Deal;
  /** What the dealer signs of its deal beside the share root, in r1. */
  commitment(
    session: SessionContext,
    self: number,
    secrets: SessionSecrets,
    deal: Deal,
    shareRoot: Uint8Array,
  ): Uint8Array;
  /** Largest sealed packet for one recipient. */
  maxPacketBytes(session: SessionContext): number;
  /** Whether the commitment of an r1 has the right form; the coordinator refuses any other, so nobody gets to see one. */
  acceptsCommitment(session: SessionContext, commitment: Uint8Array): boolean;
  /** Whether shares that fit their leaves also have the right form for this dealer's commitment. */
  acceptsShares(
    session: SessionContext,
    dealer: number,
    holder: number,
    dealing: Dealing,
    shares: readonly Uint8Array[],
  ): boolean;

  /** r2: the upload of `input`, hidden from all but exactly the neighbours in U2 together. */
  planUpload(session: SessionContext, u2: MemberSet, held: Held, input: VectorInput): Job;
  finishUpload(session: SessionContext, result: JobResult): Upload;
  /** Whether the bytes of one vector have a form that can be added up. @throws BlindsumError MALFORMED (fault peer) */
  checkUpload(task: Task, vector: VectorLayout, part: Uint8Array): void;
  accumulator(task: Task): Accumulator;

  /** r2 and r3: further conditions on the sets (rings: the window check). @throws BlindsumError */
  checkSets(session: SessionContext, sets: { u1: MemberSet; u2: MemberSet; u3?: MemberSet }): void;

  /** r4 */
  reveal(session: SessionContext, sets: Sets, held: Held): Reveal;
  /** The coordinator's check of the only form these sets allow. @throws BlindsumError MALFORMED */
  checkReveal(session: SessionContext, sets: Sets, helper: number, wire: Reveal): void;
  /** What an r4 with these kind bytes reveals, allowed or not. @throws BlindsumError MALFORMED: they mean nothing */
  revealed(session: SessionContext, sets: Sets, helper: number, kinds: Uint8Array): readonly Revealing[];
  /**
   * Whether a coordinator that sees so many shares of one dealer, of each kind in the order of `shareKinds`, may be able to
   * read its input. Sums over all survivors are not counted.
   */
  exposes(session: SessionContext, shares: readonly number[]): boolean;

  /**
   * In steps, as many secrets may have to be reconstructed.
   * @param mayWait whether more may still be revealed: a suite may ask for more than it needs, with TOO_FEW_SHARES
   * @throws BlindsumError TOO_FEW_SHARES; KEY_MISMATCH; BAD_DEALER with the participant to blame
   */
  planOpen(
    session: SessionContext,
    sets: Sets,
    sum: Uint8Array,
    dealers: readonly DealerRecord[],
    reveals: readonly RevealRecord[],
    mayWait: boolean,
  ): Steps<OpenPlan>;
  /** The aggregate as it is published, one part per vector of the layout. */
  finishOpen(session: SessionContext, sets: Sets, result: JobResult): readonly Uint8Array[];
  /** Bytes of each part of the aggregate. */
  aggregateLengths(task: Task): readonly number[];
  /** @throws BlindsumError AGGREGATE_MISMATCH, NO_WEIGHT (fault peer) */
  decodeAggregate(task: Task, parts: readonly Uint8Array[], survivors: number): DecodedAggregate;
}

/** Bytes of a whole upload of this task. */
export const uploadBytes = (suite: Pick<Suite, 'layout'>, task: Task): number =>
  suite.layout(task).reduce((total, { byteLength }) => total + byteLength, 0);
