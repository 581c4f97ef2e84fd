/**
 * The numbers of a `ckks/sumkey` task (PROTOCOL §5.1). A vector's `bits` name the ring (60: N = 4096, 54: N = 2048), its
 * `scale` is a power of two, its `clip` the largest value. `ckks:slots` says where coordinates lie. Nothing
 * else is to be chosen.
 */
import {
  chooseParameters,
  ciphertextBytes,
  type Encoding,
  type EncodingKind,
  errorBound,
  fits,
  MAX_PARTICIPANTS,
  MAX_SCALE_BITS,
} from '../../../../crypto/ckks/parameters.js';
import { type Ring, RINGS } from '../../../../crypto/ckks/ring.js';
import { type Task, type VectorSpec, type WantedVector, WEIGHT_VECTOR } from '../../documents.js';
import { refuse } from '../../errors.js';
import { checkTaskForm, type VectorLayout } from '../../parameters.js';

/** Critical extension of a task whose coordinates lie in the slots of SEAL's encoder, not in coefficients. */
export const SLOTS_EXTENSION = 'ckks:slots';

/** Σw is published rounded to an integer: any error below this is none. */
const WEIGHT_PRECISION = 0.25;

/** The ring of a task that was checked. */
export const ringOf = (task: Task): Ring => ringOfBits(task.vectors[0]?.bits) as Ring;

const ringOfBits = (bits: number | undefined): Ring | undefined =>
  RINGS.find(({ modulusBits }) => modulusBits === bits);

export const encodingKind = (task: Pick<Task, 'critical'>): EncodingKind =>
  task.critical.includes(SLOTS_EXTENSION) ? 'slots' : 'coefficients';

/** Largest |x| of one participant, after weighting. */
export function maxAbsOf({ clip, weighted }: WantedVector, maxWeight: number | null): number {
  const largest = typeof clip === 'number' ? clip : clip.reduce((a, b) => Math.max(a, b));
  return largest * (weighted ? (maxWeight ?? 1) : 1);
}

export interface EncodedVector {
  readonly name: string;
  /** Coordinates. */
  readonly length: number;
  readonly encoding: Encoding;
}

/** Every vector of an upload with its encoding: those of the task, then the hidden weight. */
export function encodedVectors(task: Task): EncodedVector[] {
  const kind = encodingKind(task);
  const vectors = task.vectors.map((vector) => ({
    name: vector.name,
    length: vector.length,
    encoding: { kind, scaleBits: Math.log2(vector.scale), maxAbs: maxAbsOf(vector, task.maxWeight) },
  }));
  if (task.maxWeight === null) return vectors;
  return [...vectors, { name: WEIGHT_VECTOR, length: 1, encoding: weightEncoding(task, task.maxWeight) }];
}

function weightEncoding(task: Task, maxWeight: number): Encoding {
  const choice = chooseParameters({
    participants: task.maxParticipants,
    maxAbs: maxWeight,
    precision: WEIGHT_PRECISION,
    degree: ringOf(task).degree,
  });
  if (!choice.chosen) {
    const most = choice.maxAbs === null ? '' : `; possible is a maxWeight of ${choice.maxAbs}`;
    refuse(
      'WOULD_WRAP',
      'peer',
      `the weights of ${task.maxParticipants} participants, up to ${maxWeight} each, do not add up to a whole number${most}`,
    );
  } // check: B2, C7
  return choice.encoding;
}

/** `bits` are those of a word; the upload of a vector is its words, packed. */
export function layoutOf(task: Task): VectorLayout[] {
  const ring = ringOf(task);
  return encodedVectors(task).map((vector) => ({
    name: vector.name,
    length: vector.length,
    bits: ring.modulusBits,
    byteLength: ciphertextBytes(ring, vector.encoding.kind, vector.length),
  }));
}

/**
 * Refuses a task that nobody should run, whoever signed it.
 * @throws BlindsumError BAD_TASK, WOULD_WRAP, TOO_FEW_PARTICIPANTS, UNSUPPORTED (fault peer)
 */
export function checkTask(task: Task): void {
  checkTaskForm(task, [SLOTS_EXTENSION]);
  if (task.maxParticipants > MAX_PARTICIPANTS) {
    refuse(
      'BAD_TASK',
      'peer',
      `suite ${task.suite} is for at most ${MAX_PARTICIPANTS} participants, not ${task.maxParticipants}`,
    );
  }
  // With none, t shares less one would give all of the key but a word.
  if (task.maxColluders < 1)
    refuse('BAD_TASK', 'peer', `suite ${task.suite} needs maxColluders of at least 1`); // check: A6
  const [first] = task.vectors;
  for (const vector of task.vectors) {
    const ring = ringOfBits(vector.bits);
    if (ring === undefined || vector.bits !== first?.bits) {
      const known = RINGS.map(({ modulusBits }) => modulusBits).join(' or ');
      refuse('BAD_TASK', 'peer', `vector ${vector.name}: bits must be ${known}, the same for all vectors`);
    } // check: B2
    checkScale(vector, ring, task);
  }
  if (task.maxWeight !== null) weightEncoding(task, task.maxWeight);
}

function checkScale(vector: VectorSpec, ring: Ring, task: Task): void {
  const bits = Math.log2(vector.scale);
  // A logarithm is rounded: that of 2^52 − 1 is 52.
  const isPower = Number.isInteger(bits) && 2 ** bits === vector.scale;
  if (!isPower || bits < 0 || bits > MAX_SCALE_BITS) {
    refuse(
      'BAD_TASK',
      'peer',
      `vector ${vector.name}: scale must be a power of two from 1 to 2^${MAX_SCALE_BITS}`,
    );
  } // check: B2
  const maxAbs = maxAbsOf(vector, task.maxWeight);
  if (!fits(ring, vector.scale, maxAbs, task.maxParticipants)) {
    refuse(
      'WOULD_WRAP',
      'peer',
      `vector ${vector.name}: the sum of ${task.maxParticipants} values up to ±${maxAbs} at scale 2^${bits} does not stay below a quarter of the modulus: lower scale, clip or the maximum weight`,
    );
  } // check: B2, C7
  const encoding = { kind: encodingKind(task), scaleBits: bits, maxAbs };
  if (errorBound(ring, encoding, task.maxParticipants) > maxAbs) {
    refuse(
      'BAD_TASK',
      'peer',
      `vector ${vector.name}: at scale 2^${bits} the errors of a sum may exceed any input`,
    );
  } // check: B2
}

/**
 * The finest scale that fits, if with it the error of a sum is below the precision that is asked for, below half a step of a
 * scale that is asked for (integers then come out as they are, once rounded), and below one participant's largest value.
 * @throws BlindsumError WOULD_WRAP with what could be met; BAD_CONFIG (fault caller)
 */
export function completeVector(
  vector: WantedVector,
  participants: number,
  maxWeight: number | null,
): Pick<VectorSpec, 'scale' | 'bits'> {
  const bits = vector.bits ?? (RINGS[0] as Ring).modulusBits;
  const ring = ringOfBits(bits);
  const known = RINGS.map(({ modulusBits }) => modulusBits).join(' or ');
  if (ring === undefined)
    refuse('BAD_CONFIG', 'caller', `vector ${vector.name}: bits must be ${known} with suite ckks/sumkey`);
  if (participants > MAX_PARTICIPANTS) {
    refuse('BAD_CONFIG', 'caller', `suite ckks/sumkey is for at most ${MAX_PARTICIPANTS} participants`);
  }
  const maxAbs = maxAbsOf(vector, maxWeight);
  const { scale, encoding: kind = 'coefficients' } = vector;
  // Whoever asks for steps per unit wants to tell them apart; the steps of the encoding itself are much finer.
  const precision = Math.min(vector.precision ?? maxAbs, scale === undefined ? maxAbs : 0.5 / scale);
  const request = { participants, maxAbs, precision, kind };
  const choice = chooseParameters({ ...request, degree: ring.degree });
  if (!choice.chosen) {
    const limit = limitOf(vector, maxWeight);
    const [largest] = RINGS as [Ring];
    const possible = [
      ...(choice.precision === null ? [] : [`a precision of ${choice.precision} with this ${limit}`]),
      ...(choice.maxAbs === null ? [] : [`a ${limit} of ${choice.maxAbs} with this precision`]),
      ...(chooseParameters({ ...request, degree: largest.degree }).chosen
        ? [`bits: ${largest.modulusBits}`]
        : []),
    ];
    refuse(
      'WOULD_WRAP',
      'caller',
      `vector ${vector.name}: values up to ±${maxAbs} (${limit}) of ${participants} participants cannot be summed to within ${precision}` +
        (possible.length === 0 ? '' : `; possible is ${possible.join(', or ')}`),
    );
  }
  return { scale: 2 ** choice.encoding.scaleBits, bits };
}

/** What of the task gives `maxAbsOf`. */
const limitOf = ({ weighted }: WantedVector, maxWeight: number | null): string =>
  weighted && maxWeight !== null ? 'clip × maxWeight' : 'clip';
