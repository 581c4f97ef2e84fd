/**
 * From what an operator writes to what the organiser signs (PROTOCOL §2): fills in colluders, survivors, scale and bits,
 * and refuses a task that could wrap, with the bits it needs. Portable; identities are already read from their files.
 */
import { z } from 'zod';
import { compareBytes } from '../../crypto/bytes.js';
import { type Random, systemRandom } from '../../crypto/random.js';
import {
  electorateHash,
  MAX_VECTOR_LENGTH,
  scopeSchema,
  type Task,
  taskCodec,
  type VectorSpec,
} from '../protocol/documents.js';
import { beaconExtension } from '../protocol/beacon.js';
import { BlindsumError, refuse } from '../protocol/errors.js';
import { neededSurvivors, proposedColluders, quorum } from '../protocol/parameters.js';
import type { Suite } from '../protocol/suite.js';
import { chooseSuite } from './choose-suite.js';
import { SLOTS_EXTENSION } from '../protocol/suites/ckks-sumkey/numbers.js';
import { suiteById } from '../protocol/suites/index.js';
import { describeIssue } from '../protocol/schema-issue.js';
import { signBody, type Signed, type Signer } from '../protocol/signed.js';

/** Larger numbers have no canonical encoding, and no exact neighbours either. */
const positive = z.number().finite().gt(0).max(Number.MAX_SAFE_INTEGER);
const vectorSchema = z.strictObject({
  name: z.string().min(1).max(128),
  /** Coordinates. */
  length: z.number().int().min(1).max(MAX_VECTOR_LENGTH),
  /** Largest absolute value: one number, or one per coordinate. */
  clip: z.union([positive, z.array(positive).min(1)]),
  /** Steps per unit; default: the finest power of two that fits. */
  scale: positive.optional(),
  /** Masking suites: modulus 2^bits; default 32, or what `scale` needs. ckks/sumkey: bits of its modulus, 60 or 54. */
  bits: z.number().int().min(1).max(60).optional(),
  /** ckks/sumkey: largest absolute error of a coordinate of the sum. */
  precision: positive.optional(),
  /** Multiplied by the participant's weight; default: whether the task has a maxWeight. */
  weighted: z.boolean().optional(),
});

export const taskSpecSchema = z.strictObject({
  name: z.string().min(1).max(200),
  /** `auto`: a masking suite, by how many take part. */
  suite: z.string().default('masking/complete'),
  /** Public keys (files or hex) of exactly those who may take part, or `enrolled` for everybody with a certificate. */
  participants: z.union([z.literal('enrolled'), z.array(z.string()).min(1)]),
  /** Largest electorate; needed with `enrolled`. */
  maxParticipants: z.number().int().min(3).max(1_000_000).optional(),
  /** n_C; default max(1, ⌈N/3⌉ − 1). */
  maxColluders: z.number().int().min(0).optional(),
  /** Default: the quorum. */
  minSurvivors: z.number().int().min(2).optional(),
  /** Largest integer weight; makes the task weighted. */
  maxWeight: z.number().int().min(1).max(0xffffffff).optional(),
  /** ckks/sumkey: `slots` encodes with SEAL (16 bytes per coordinate, needs the package node-seal). */
  encoding: z.enum(['coefficients', 'slots']).optional(),
  /** masking/ring: hash of the public beacon's chain, 64 hexadecimal digits; rings from it have fewer neighbours. */
  beacon: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'expected the hash of the chain, 64 lower-case hexadecimal digits')
    .optional(),
  scope: scopeSchema.default({ kind: 'static', dataset: 'default' }),
  vectors: z.array(vectorSchema).min(1).max(4096),
});
export type TaskSpec = z.infer<typeof taskSpecSchema>;
/** A spec as written, defaults left out. */
export type TaskSpecInput = z.input<typeof taskSpecSchema>;

/** @throws BlindsumError BAD_CONFIG naming the key */
export function parseTaskSpec(value: unknown): TaskSpec {
  const parsed = taskSpecSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  refuse('BAD_CONFIG', 'caller', `task spec: ${describeIssue(parsed.error, value)}`);
}

export interface SignedTask {
  readonly task: Task;
  readonly signed: Signed;
  /** Increasing; null for `enrolled`. */
  readonly pinned: readonly Uint8Array[] | null;
}

/** @param identities public keys of a pinned electorate, any order; null for `enrolled` */
export function signTask(
  spec: TaskSpec,
  identities: readonly Uint8Array[] | null,
  organiser: Signer,
  random: Random = systemRandom,
  suites: (id: string) => Suite = suiteById,
): SignedTask {
  const { task, pinned } = completeTask(spec, identities, random, suites);
  return { task, signed: signBody(taskCodec, task, organiser), pinned };
}

/**
 * The task with all its numbers, not signed yet.
 * @throws BlindsumError BAD_CONFIG, BAD_TASK, WOULD_WRAP, TOO_FEW_PARTICIPANTS, UNSUPPORTED (fault caller): what cannot be met
 */
export function completeTask(
  spec: TaskSpec,
  identities: readonly Uint8Array[] | null,
  random: Random = systemRandom,
  suites: (id: string) => Suite = suiteById,
): Omit<SignedTask, 'signed'> {
  const pinned = identities === null ? null : [...identities].sort(compareBytes);
  if (
    pinned?.some(
      (identity, index) => index > 0 && compareBytes(identity, pinned[index - 1] as Uint8Array) === 0,
    )
  ) {
    refuse('BAD_CONFIG', 'caller', 'task spec: participants: the same identity is listed twice');
  }
  const size = pinned?.length ?? spec.maxParticipants;
  if (size === undefined)
    refuse('BAD_CONFIG', 'caller', 'task spec: maxParticipants is needed when participants is "enrolled"');
  if (size < 3)
    refuse('TOO_FEW_PARTICIPANTS', 'caller', `task spec: participants: at least 3 are needed, not ${size}`);
  const chosen = chooseSuite(spec, spec.maxParticipants ?? size);
  const suiteId = chosen?.suite ?? spec.suite;
  const beacon = chosen?.usesBeacon === false ? undefined : spec.beacon;
  const suite = asCaller(() => suites(suiteId));
  const maxParticipants = spec.maxParticipants ?? size;
  const maxColluders = spec.maxColluders ?? proposedColluders(size);
  const maxWeight = spec.maxWeight ?? null;
  const task: Task = {
    name: spec.name,
    suite: suiteId,
    pinned: pinned === null ? null : { hash: electorateHash(pinned), size: pinned.length },
    maxParticipants,
    maxColluders,
    minSurvivors: spec.minSurvivors ?? chosen?.minSurvivors ?? quorum(size, maxColluders),
    vectors: spec.vectors.map((vector) =>
      completed(vector, spec.encoding, suite, maxParticipants, maxWeight),
    ),
    maxWeight,
    scope: spec.scope,
    privacy: null,
    critical: [
      ...(spec.encoding === 'slots' ? [SLOTS_EXTENSION] : []),
      ...(beacon === undefined ? [] : [beaconExtension(beacon)]),
    ],
    nonce: random(16),
  };
  asCaller(() => {
    suite.checkTask(task);
  });
  if (neededSurvivors(task, size) > size) {
    refuse(
      'BAD_CONFIG',
      'caller',
      `task spec: ${neededSurvivors(task, size)} survivors are needed of only ${size} participants`,
    );
  }
  return { task, pinned };
}

function completed(
  { weighted: said, length, ...wanted }: z.infer<typeof vectorSchema>,
  encoding: TaskSpec['encoding'],
  suite: Suite,
  participants: number,
  maxWeight: number | null,
): VectorSpec {
  const weighted = said ?? maxWeight !== null;
  const { name, clip } = wanted;
  const { scale, bits } = suite.completeVector({ ...wanted, weighted, encoding }, participants, maxWeight);
  return { name, length, clip, scale, weighted, bits };
}

/** The same refusals, but here the caller wrote the task. */
function asCaller<T>(check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (error instanceof BlindsumError) throw new BlindsumError(error.code, 'caller', error.message);
    throw error;
  }
}

export interface TaskNumbers {
  /** N */
  readonly electorate: number;
  /** n_C */
  readonly maxColluders: number;
  /** q */
  readonly quorum: number;
  /** N − max(q, minSurvivors): how many may drop out. */
  readonly spare: number;
}

export function taskNumbers(task: Task, electorate = task.pinned?.size ?? task.maxParticipants): TaskNumbers {
  return {
    electorate,
    maxColluders: task.maxColluders,
    quorum: quorum(electorate, task.maxColluders),
    spare: electorate - neededSurvivors(task, electorate),
  };
}
