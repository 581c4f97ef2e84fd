/** What a new task comes to, for its organiser to look at: numbers, precision, and what an upload costs. */
import { errorBound } from '../../crypto/ckks/parameters.js';
import { type TaskNumbers, taskNumbers } from '../operator/task-spec.js';
import type { Task } from '../protocol/documents.js';
import { uploadBytes } from '../protocol/suite.js';
import { encodedVectors, encodingKind, ringOf } from '../protocol/suites/ckks-sumkey/numbers.js';
import { suiteById } from '../protocol/suites/index.js';
import { megabytes } from './output.js';

export interface DescribedVector {
  readonly name: string;
  /** Coordinates. */
  readonly length: number;
  /** Of the modulus. */
  readonly bits: number;
  /** Steps per unit. */
  readonly scale: number;
  /** ckks/sumkey: largest absolute error of a coordinate of the sum; null where the sum of the steps is exact. */
  readonly errorBound: number | null;
}

export interface DescribedTask extends TaskNumbers {
  readonly suite: string;
  /** ckks/sumkey: N of its ring, and where the coordinates lie. */
  readonly ring: { readonly degree: number; readonly encoding: 'coefficients' | 'slots' } | null;
  readonly vectors: readonly DescribedVector[];
  /** Of one participant, all vectors and a hidden weight. */
  readonly uploadBytes: number;
  readonly uploadBytesPerCoordinate: number;
}

export function describeTask(task: Task): DescribedTask {
  const isEncrypted = task.suite === 'ckks/sumkey';
  const encoded = isEncrypted ? encodedVectors(task) : [];
  const bytes = uploadBytes(suiteById(task.suite), task);
  const coordinates = task.vectors.reduce((total, { length }) => total + length, 0);
  return {
    ...taskNumbers(task),
    suite: task.suite,
    ring: isEncrypted ? { degree: ringOf(task).degree, encoding: encodingKind(task) } : null,
    vectors: task.vectors.map(({ name, length, bits, scale }, index) => {
      const encoding = encoded[index]?.encoding;
      const bound = encoding === undefined ? null : errorBound(ringOf(task), encoding, task.maxParticipants);
      return { name, length, bits, scale, errorBound: bound };
    }),
    uploadBytes: bytes,
    uploadBytesPerCoordinate: bytes / coordinates,
  };
}

export function taskText(described: DescribedTask): string {
  const { electorate, maxColluders, quorum, spare, ring, vectors } = described;
  return [
    `N = ${electorate} participants, of whom ${maxColluders} may collude with the coordinator (n_C);`,
    `q = ${quorum} must stay to the end, so ${spare} may drop out.`,
    ...(ring === null
      ? []
      : [`suite ${described.suite}: ring of degree ${ring.degree}, coordinates in ${ring.encoding}`]),
    ...vectors.map(vectorText),
    `upload of one participant: ${megabytes(described.uploadBytes)}, ${described.uploadBytesPerCoordinate.toFixed(1)} bytes per coordinate`,
  ].join('\n');
}

const vectorText = ({ name, length, bits, scale, errorBound: bound }: DescribedVector): string =>
  bound === null
    ? `vector ${name}: ${length} × ${bits} bits, ${scale} steps per unit`
    : `vector ${name}: ${length} × ${bits} bits of modulus, scale 2^${Math.log2(scale)}, every coordinate of a sum within ${bound.toExponential(1)}`;
