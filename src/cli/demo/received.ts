/** The demo's last picture: a few weights of one hospital's update beside what the coordinator received for them. */
import { unpackWords } from '../../../crypto/ckks/codec.js';
import { ciphertextWords } from '../../../crypto/ckks/parameters.js';
import { wordFrom } from '../../../crypto/ckks/ring.js';
import { unpackBits } from '../../../crypto/masked-vector.js';
import type { Task } from '../../protocol/documents.js';
import type { VectorLayout } from '../../protocol/parameters.js';
import { uploadBytes } from '../../protocol/suite.js';
import { ckksSumkey } from '../../protocol/suites/ckks-sumkey/index.js';
import { encodingKind, ringOf } from '../../protocol/suites/ckks-sumkey/numbers.js';
import { suiteById } from '../../protocol/suites/index.js';
import type { TrueUpdate } from './plain.js';

export interface ReceivedValue {
  readonly name: string;
  /** As the hospital has it, before weighting. */
  readonly value: number;
  /** Weighted and scaled, modulo the suite's modulus, as it would be were it not hidden (rounded to the nearest). */
  readonly plain: bigint;
  /** What arrived. */
  readonly received: bigint;
}

/** Evenly spread over each vector. @param upload packed, as it came */
export function compareReceived(
  task: Task,
  update: Pick<TrueUpdate, 'vectors' | 'weight'>,
  upload: Uint8Array,
  count: number,
): ReceivedValue[] {
  const suite = suiteById(task.suite);
  if (upload.length !== uploadBytes(suite, task))
    throw new RangeError('upload: not as long as the task says');
  let from = 0;
  const all = suite.layout(task).flatMap((vector) => {
    const { name } = vector;
    const { modulus, numbers } = numbersOf(task, vector, upload.subarray(from, (from += vector.byteLength)));
    const spec = task.vectors.find((known) => known.name === name);
    if (spec === undefined) return [];
    return numbers.map((received, i) => {
      const value = update.vectors[name]?.[i] ?? NaN;
      const integer = BigInt(Math.round(value * (spec.weighted ? update.weight : 1) * spec.scale));
      const plain = ((integer % modulus) + modulus) % modulus;
      return { name: `${name}[${i}]`, value, plain, received };
    });
  });
  return Array.from({ length: Math.min(count, all.length) }, (_, k) => {
    const place = Math.floor(((k + 0.5) * all.length) / count);
    return all[Math.min(place, all.length - 1)] as ReceivedValue;
  });
}

/** What arrived for each coordinate, and what it is counted modulo. */
function numbersOf(
  task: Task,
  { bits, length }: VectorLayout,
  part: Uint8Array,
): { readonly modulus: bigint; readonly numbers: readonly bigint[] } {
  if (task.suite !== ckksSumkey.id)
    return { modulus: 1n << BigInt(bits), numbers: Array.from(unpackBits(part, bits, length), BigInt) };
  const ring = ringOf(task);
  const words = unpackWords(ring, part, ciphertextWords(ring, encodingKind(task), length));
  // Coordinate i lies in coefficient i; the words after the last one show whether the key was right.
  return { modulus: ring.modulus, numbers: Array.from({ length }, (_, i) => wordFrom(words, i)) };
}
