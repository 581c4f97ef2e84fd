/**
 * What an input becomes before it is hidden, and what a sum becomes when it is read (PROTOCOL §2). Suites that sum floats
 * take it clipped and weighted; those that sum integers in fixed point: clipped, weighted, scaled, rounded stochastically
 * to signed integers, reduced mod 2^bits. Rounding is unbiased, so its error averages out over participants; its
 * randomness comes from a CSPRNG (attack C10).
 */
import type { Random } from '../../crypto/random.js';
import type { Task, VectorSpec } from './documents.js';
import { refuse } from './errors.js';

export type NumericArray = ArrayLike<number>;
/** `clip` cuts to ±clip; `reject` refuses a coordinate beyond it. */
export type Clipping = 'clip' | 'reject';

export interface PlainInput {
  readonly vectors: Readonly<Record<string, NumericArray>>;
  /** Integer 0…W; given exactly when the task is weighted. */
  readonly weight: number | null;
  readonly clipping: Clipping;
}

/** An input as a suite sums it, one array per vector of the layout. */
export type VectorInput = readonly (Uint32Array | Float64Array)[];

/** One Uint32Array per vector of the layout, each coordinate in [0, 2^bits). */
export type QuantisedInput = readonly Uint32Array[];

/** @throws BlindsumError MISSING_VECTOR, WRONG_LENGTH, NOT_FINITE, OVER_CLIP, BAD_WEIGHT (fault caller) */
export function quantiseInput(task: Task, input: PlainInput, random: Random): QuantisedInput {
  const weight = checkInput(task, input);
  const quantised = task.vectors.map((spec) =>
    quantiseVector(spec, input.vectors[spec.name] as NumericArray, weight, input.clipping, random),
  );
  if (task.maxWeight !== null) quantised.push(Uint32Array.of(weight));
  return quantised;
}

/**
 * Clipped and weighted, but neither scaled nor rounded: for suites that sum floats. One array per vector, then the weight.
 * @throws BlindsumError as `quantiseInput`
 */
export function plainVectors(task: Task, input: PlainInput): Float64Array[] {
  const weight = checkInput(task, input);
  const vectors = task.vectors.map((spec) => {
    const values = input.vectors[spec.name] as NumericArray;
    const factor = spec.weighted ? weight : 1;
    const plain = new Float64Array(spec.length);
    for (let index = 0; index < spec.length; index += 1)
      plain[index] = clipped(spec, values[index] as number, index, input.clipping) * factor;
    return plain;
  });
  if (task.maxWeight !== null) vectors.push(Float64Array.of(weight));
  return vectors;
}

/** All that the task asks of an input but the coordinates. @returns the weight, 1 when the task has none */
function checkInput(task: Task, input: PlainInput): number {
  const weight = checkWeight(task, input.weight);
  for (const name of Object.keys(input.vectors)) {
    if (!task.vectors.some((vector) => vector.name === name)) {
      refuse('MISSING_VECTOR', 'caller', `the task has no vector named ${name}`);
    } // check: B2
  }
  for (const { name, length } of task.vectors) {
    if (!Object.hasOwn(input.vectors, name)) refuse('MISSING_VECTOR', 'caller', `vector ${name} is missing`);
    const given = (input.vectors[name] as NumericArray).length;
    if (given !== length) {
      refuse('WRONG_LENGTH', 'caller', `vector ${name} has ${given} coordinates, the task says ${length}`);
    } // check: A14, B2
  }
  return weight;
}

function checkWeight(task: Task, weight: number | null): number {
  if (task.maxWeight === null) {
    if (weight !== null) refuse('BAD_WEIGHT', 'caller', 'this task is not weighted: give no weight'); // check: B2
    return 1;
  }
  if (weight === null || !Number.isInteger(weight) || weight < 0 || weight > task.maxWeight) {
    refuse('BAD_WEIGHT', 'caller', `this task needs a weight: an integer from 0 to ${task.maxWeight}`);
  } // check: B2
  return weight;
}

function quantiseVector(
  spec: VectorSpec,
  values: NumericArray,
  weight: number,
  clipping: Clipping,
  random: Random,
): Uint32Array {
  const factor = spec.scale * (spec.weighted ? weight : 1);
  const mask = 2 ** spec.bits - 1;
  const out = new Uint32Array(spec.length);
  const pieceLength = 16384;
  for (let from = 0; from < spec.length; from += pieceLength) {
    const count = Math.min(pieceLength, spec.length - from);
    const bytes = random(count * 4);
    const noise = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let index = from; index < from + count; index += 1) {
      const scaled = clipped(spec, values[index] as number, index, clipping) * factor;
      const floor = Math.floor(scaled);
      const up = noise.getUint32((index - from) * 4, true) < (scaled - floor) * 2 ** 32 ? 1 : 0;
      // Magnitude < 2^31 by checkTask, so the two's complement of the 32-bit integer is exact.
      out[index] = (floor + up) & mask;
    }
  }
  return out;
}

function clipped(spec: VectorSpec, value: number, index: number, clipping: Clipping): number {
  if (!Number.isFinite(value)) {
    refuse('NOT_FINITE', 'caller', `vector ${spec.name}: coordinate ${index} is NaN or infinite`);
  } // check: B2, C8
  const clip = typeof spec.clip === 'number' ? spec.clip : (spec.clip[index] as number);
  if (Math.abs(value) <= clip) return value;
  if (clipping === 'reject') {
    refuse(
      'OVER_CLIP',
      'caller',
      `vector ${spec.name}: coordinate ${index} exceeds the clip of ${clip}: correct it, or have such coordinates cut (clipping, --clip)`,
    );
  } // check: B2
  return Math.sign(value) * clip;
}

export interface DecodedVector {
  /** Σ x, or Σ w·x for a weighted vector. */
  readonly sum: Float64Array;
  /** Σ x / survivors, or Σ w·x / Σ w. */
  readonly mean: Float64Array;
}

export interface DecodedAggregate {
  readonly vectors: Readonly<Record<string, DecodedVector>>;
  /** Σ w; null when the task is not weighted. */
  readonly weight: number | null;
  readonly survivors: number;
}

/**
 * Aggregate integers back to numbers.
 * @throws BlindsumError NO_WEIGHT when the survivors' weights sum to zero
 */
export function decodeAggregate(
  task: Task,
  sums: readonly Uint32Array[],
  survivors: number,
): DecodedAggregate {
  // The hidden weight is the last of the layout.
  const weight = task.maxWeight === null ? null : (sums.at(-1)?.[0] as number);
  const decoded = task.vectors.map((spec, index) => decodeVector(spec, sums[index] as Uint32Array));
  return meansOf(task, decoded, weight, survivors);
}

/**
 * @param sums of the vectors of the task, in order
 * @param weight Σ w; null when the task is not weighted
 * @throws BlindsumError NO_WEIGHT (fault peer)
 */
export function meansOf(
  task: Task,
  sums: readonly Float64Array[],
  weight: number | null,
  survivors: number,
): DecodedAggregate {
  if (weight === 0) refuse('NO_WEIGHT', 'peer', 'the weights of all survivors sum to zero');
  const vectors = task.vectors.map(({ name, weighted }, index) => {
    const sum = sums[index] as Float64Array;
    const divisor = weighted ? (weight as number) : survivors;
    return [name, { sum, mean: sum.map((value) => value / divisor) }] as const;
  });
  return { vectors: Object.fromEntries(vectors), weight, survivors };
}

/** Centre-lifts [0, 2^bits) to [−2^(bits−1), 2^(bits−1)) and divides by the scale. */
function decodeVector(spec: VectorSpec, sums: Uint32Array): Float64Array {
  const modulus = 2 ** spec.bits;
  const decoded = new Float64Array(sums.length);
  // Not Float64Array.from: it walks an iterator, fifty times slower, with a million coordinates.
  for (let index = 0; index < sums.length; index += 1) {
    const value = sums[index] as number;
    decoded[index] = (value >= modulus / 2 ? value - modulus : value) / spec.scale;
  }
  return decoded;
}
