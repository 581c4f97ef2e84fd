/** The demo's last picture: a few weights of one hospital's update beside what the coordinator received for them. */
import { unpackBits } from '../../../crypto/masked-vector.js';
import type { Task } from '../../protocol/documents.js';
import { layoutOf, packedBytes } from '../../protocol/parameters.js';
import type { TrueUpdate } from './plain.js';

export interface ReceivedValue {
  readonly name: string;
  /** As the hospital has it, before weighting. */
  readonly value: number;
  /** Weighted and scaled modulo 2^bits, as it would be without a mask (rounded to the nearest). */
  readonly unmasked: number;
  /** What arrived. */
  readonly received: number;
  readonly bits: number;
}

/** Evenly spread over each vector. @param upload packed, as it came */
export function compareReceived(
  task: Task,
  update: Pick<TrueUpdate, 'vectors' | 'weight'>,
  upload: Uint8Array,
  count: number,
): ReceivedValue[] {
  const layout = layoutOf(task);
  if (upload.length !== packedBytes(layout)) throw new RangeError('upload: not as long as the task says');
  let from = 0;
  const all = layout.flatMap(({ name, length, bits, byteLength }) => {
    const received = unpackBits(upload.subarray(from, (from += byteLength)), bits, length);
    const spec = task.vectors.find((vector) => vector.name === name);
    if (spec === undefined) return [];
    return Array.from(received, (masked, i) => {
      const value = update.vectors[name]?.[i] ?? NaN;
      const integer = Math.round(value * (spec.weighted ? update.weight : 1) * spec.scale);
      const modulus = 2 ** bits;
      const unmasked = ((integer % modulus) + modulus) % modulus;
      return { name: `${name}[${i}]`, value, unmasked, received: masked, bits };
    });
  });
  return Array.from({ length: Math.min(count, all.length) }, (_, k) => {
    const place = Math.floor(((k + 0.5) * all.length) / count);
    return all[Math.min(place, all.length - 1)] as ReceivedValue;
  });
}
