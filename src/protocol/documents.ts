/**
 * What the organiser signs (PROTOCOL §2): the task, enrolment certificates, revocations and grants. The organiser's key
 * never lies on the coordinator, so a coordinator can neither invent participants nor lower a number of the task.
 */
import { z } from 'zod';
import { hashTuple } from '../../crypto/hash.js';
import { LABEL } from '../../crypto/labels.js';
import { bytes, bytes32, codec, list, text, uint, uint32 } from './codec.js';
import { type Signed, signedHash } from './signed.js';

export const MAX_VECTOR_LENGTH = 2 ** 30;
export const MAX_VECTORS = 4096;
export const MAX_PARTICIPANTS = 1_000_000;
export const WEIGHT_VECTOR = 'blindsum:weight';

const positive = z.number().finite().gt(0);

/** One named vector: x is clipped to ±clip, then (if weighted) multiplied by the weight, scaled, rounded, summed mod 2^bits. */
export const vectorSpecSchema = z.strictObject({
  name: text(128),
  /** Coordinates. */
  length: z.number().int().min(1).max(MAX_VECTOR_LENGTH),
  /** Masking suites: the modulus is 2^bits, 1…32. ckks/sumkey: bits of the modulus, 54 or 60. */
  bits: z.number().int().min(1).max(60),
  /** Integer steps per unit. */
  scale: positive,
  /** Largest absolute value, for all coordinates or one per coordinate. */
  clip: z.union([positive, list(positive, MAX_VECTOR_LENGTH, 1)]),
  weighted: z.boolean(),
});
export type VectorSpec = z.infer<typeof vectorSpecSchema>;

/** A vector of a task as its author writes it. */
export interface WantedVector extends Pick<VectorSpec, 'name' | 'clip' | 'weighted'> {
  readonly scale?: number | undefined;
  readonly bits?: number | undefined;
  /** ckks/sumkey: largest absolute error of a coordinate of the sum. */
  readonly precision?: number | undefined;
  /** ckks/sumkey: where the coordinates lie. */
  readonly encoding?: 'coefficients' | 'slots' | undefined;
}

/**
 * The scope is what must not be summed over two different sets of participants (PROTOCOL §7): records of a `static`
 * data set under its label, or, for an `evolving` task, one input.
 */
export const scopeSchema = z.union([
  z.strictObject({ kind: z.literal('static'), dataset: text(128) }),
  z.strictObject({ kind: z.literal('evolving') }),
]);
export type Scope = z.infer<typeof scopeSchema>;

export const taskCodec = codec(LABEL.task, {
  name: text(200),
  suite: text(64),
  /** Hash and size of the pinned electorate; null when every enrolled participant may be invited. */
  pinned: z.union([z.null(), z.strictObject({ hash: bytes32, size: uint32 })]),
  /** Largest electorate N: the modulus holds the sum of this many. */
  maxParticipants: z.number().int().min(3).max(MAX_PARTICIPANTS),
  /** n_C: colluders assumed among the electorate; an absolute number. */
  maxColluders: z.number().int().min(0).max(MAX_PARTICIPANTS),
  minSurvivors: z.number().int().min(2).max(MAX_PARTICIPANTS),
  vectors: list(vectorSpecSchema, MAX_VECTORS, 1),
  /** W: weights are integers 0…W; null when the task has no weighted vector. */
  maxWeight: z.union([z.null(), z.number().int().min(1).max(0xffffffff)]),
  scope: scopeSchema,
  /** Reserved for differential privacy. */
  privacy: z.null(),
  /** Extensions that a client must know or refuse. */
  critical: list(text(64), 16),
  nonce: bytes(16),
});
export type Task = ReturnType<typeof taskCodec.decode>;

export const certificateCodec = codec(LABEL.certificate, {
  identity: bytes32,
  name: text(200),
  /** Milliseconds since 1970. */
  notBeforeMs: uint,
  expiresMs: uint,
});
export type Certificate = ReturnType<typeof certificateCodec.decode>;

export const revocationCodec = codec(LABEL.revocation, { identity: bytes32, revokedMs: uint });
export type Revocation = ReturnType<typeof revocationCodec.decode>;

/** Lets a scope that voted for `from` vote once for `to`; the difference of the two sums may reveal single inputs. */
export const grantCodec = codec(LABEL.grant, {
  scope: bytes32,
  from: list(bytes32, MAX_PARTICIPANTS),
  to: list(bytes32, MAX_PARTICIPANTS),
});
export type Grant = ReturnType<typeof grantCodec.decode>;

/** Task id: SHA-256 over the signed task's label and payload, 32 bytes. */
export const taskHash = (task: Signed): Uint8Array => hashTuple(LABEL.task, task.payload);
export const certificateHash = (certificate: Signed): Uint8Array => signedHash(certificate);
/** How an opening names a grant. */
export const grantHash = (grant: Signed): Uint8Array => signedHash(grant);
/** Identities in increasing order. */
export const electorateHash = (identities: readonly Uint8Array[]): Uint8Array =>
  hashTuple(LABEL.electorate, [...identities]);
