/** What a new task comes to, for its organiser to look at: numbers, precision, and what a session costs. */
import { chunkCount, errorBound } from '../../crypto/ckks/parameters.js';
import { type TaskNumbers, taskNumbers } from '../operator/task-spec.js';
import type { Task, VectorSpec } from '../protocol/documents.js';
import { encodedVectors, encodingKind, ringOf } from '../protocol/suites/ckks-sumkey/numbers.js';
import { maskingRing } from '../protocol/suites/masking-ring/index.js';
import { COMMITTEE_ABOVE } from '../protocol/suites/masking-ring/numbers.js';
import { suiteById } from '../protocol/suites/index.js';
import { type Traffic, trafficOf } from '../protocol/traffic.js';
import { byteSize } from './output.js';

export interface DescribedVector {
  readonly name: string;
  /** Coordinates. */
  readonly length: number;
  /** Of the modulus. */
  readonly bits: number;
  /** Steps per unit. */
  readonly scale: number;
  /** Largest absolute error of a coordinate of the sum. Masking suites: of the rounding to steps, whose sum is exact. */
  readonly errorBound: number;
  /** ckks/sumkey: ciphertexts of `ring.degree` words; null in masking suites. */
  readonly chunks: number | null;
}

export interface DescribedRing {
  /** N: words of a chunk. */
  readonly degree: number;
  /** q, in decimal. */
  readonly modulus: string;
  readonly modulusBits: number;
  /** Where the coordinates lie. */
  readonly encoding: 'coefficients' | 'slots';
}

export interface DescribedTask extends TaskNumbers {
  readonly suite: string;
  /** ckks/sumkey only. */
  readonly ring: DescribedRing | null;
  readonly vectors: readonly DescribedVector[];
  /** When everybody comes and stays. */
  readonly perParticipant: Traffic;
  /** Of the masked or encrypted input itself. */
  readonly uploadBytesPerCoordinate: number;
}

export function describeTask(task: Task): DescribedTask {
  const numbers = taskNumbers(task);
  const traffic = trafficOf(suiteById(task.suite), task, numbers.electorate);
  const coordinates = task.vectors.reduce((total, { length }) => total + length, 0);
  return {
    ...numbers,
    suite: task.suite,
    ...(task.suite === 'ckks/sumkey'
      ? encrypted(task)
      : { ring: null, vectors: task.vectors.map((vector) => rounded(vector, task.maxParticipants)) }),
    perParticipant: traffic,
    uploadBytesPerCoordinate: traffic.inputBytes / coordinates,
  };
}

/** Each input is off by less than a step. */
const rounded = ({ name, length, bits, scale }: VectorSpec, participants: number): DescribedVector => ({
  name,
  length,
  bits,
  scale,
  errorBound: participants / scale,
  chunks: null,
});

function encrypted(task: Task): Pick<DescribedTask, 'ring' | 'vectors'> {
  const ring = ringOf(task);
  const { degree, modulus, modulusBits } = ring;
  const kind = encodingKind(task);
  const encoded = encodedVectors(task);
  return {
    ring: { degree, modulus: String(modulus), modulusBits, encoding: kind },
    // The hidden weight, which the task does not list, comes last.
    vectors: task.vectors.map(({ name, length, bits, scale }, index) => ({
      name,
      length,
      bits,
      scale,
      errorBound: errorBound(ring, (encoded[index] as (typeof encoded)[0]).encoding, task.maxParticipants),
      chunks: chunkCount(ring, kind, length),
    })),
  };
}

export function taskText(described: DescribedTask): string {
  const { electorate, maxColluders } = described;
  return [
    `N = ${electorate} participants, of whom ${maxColluders} may collude with the coordinator (n_C);`,
    spareText(described),
    costText(described),
  ].join('\n');
}

/** Who must stay: a quorum, or more if the task's `minSurvivors` says so. */
export function spareText({
  suite,
  electorate,
  quorum,
  spare,
}: Pick<DescribedTask, 'suite' | 'electorate' | 'quorum' | 'spare'>): string {
  const needed = electorate - spare;
  const hasCommittee = suite === maskingRing.id && electorate > COMMITTEE_ABOVE;
  const signers = hasCommittee ? 'a committee signs' : `q = ${quorum} sign`;
  const who = needed === quorum ? `q = ${quorum}` : `${needed} (minSurvivors; ${signers} the sets)`;
  return `${who} must stay to the end, so ${spare === 0 ? 'nobody' : spare} may drop out.`;
}

/** Its vectors, and the bytes of one participant. */
export function costText(
  described: Pick<
    DescribedTask,
    'suite' | 'ring' | 'vectors' | 'perParticipant' | 'uploadBytesPerCoordinate'
  >,
): string {
  const { ring, vectors, perParticipant } = described;
  const { uploadBytes, inputBytes, shareBytes, downloadBytes } = perParticipant;
  const perCoordinate = described.uploadBytesPerCoordinate.toFixed(1);
  return [
    ...(ring === null
      ? []
      : [
          `suite ${described.suite}: ring of degree ${ring.degree}, modulus of ${ring.modulusBits} bits, coordinates in ${ring.encoding}`,
        ]),
    ...vectors.map((vector) => vectorText(vector, ring)),
    `each participant sends ${byteSize(uploadBytes)}: ${byteSize(inputBytes)} its input (${perCoordinate} bytes per coordinate), ${byteSize(shareBytes)} shares for the others; it receives ${byteSize(downloadBytes)}`,
  ].join('\n');
}

function vectorText(
  { name, length, bits, scale, errorBound: bound, chunks }: DescribedVector,
  ring: DescribedRing | null,
): string {
  const coordinates = `vector ${name}: ${counted(length, 'coordinate')}`;
  const error = bound.toExponential(1);
  return ring === null || chunks === null
    ? `${coordinates} of ${bits} bits, ${scale} steps per unit: rounding moves a coordinate of the sum by less than ${error}`
    : `${coordinates} in ${counted(chunks, 'chunk')} of ${ring.degree} words, scale 2^${Math.log2(scale)}: every coordinate of a sum is within ${error}`;
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;
