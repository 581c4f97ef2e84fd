/**
 * Does what the oracle says can be done: from the bytes of uploads and the streams that the adversary knows, the combined
 * inputs, as numbers. It is the proof that a finding is a leak, and that the formal variables are the real masks.
 */
import { addInto, reduceBits, subtractInto, unpackBits } from '../../../crypto/masked-vector.js';
import { fillKeystream } from '../../../crypto/prg.js';
import type { VectorSpec } from '../../../src/protocol/documents.js';
import type { Combination, Judgement } from './oracle.js';
import type { Observed } from './play.js';

/** Σ factor · upload without the known masks, mod 2^bits. */
export function readOut(
  { world }: Observed,
  { knowledge }: Judgement,
  combination: Combination,
): Uint32Array {
  const { bits, length } = world.task.vectors[0] as VectorSpec;
  const sum = new Uint32Array(length);
  const mask = new Uint32Array(length);
  for (const { upload, factor } of combination) {
    const own = unpackBits(upload.packed, bits, length);
    for (const { id, sign } of upload.streams) {
      const known = knowledge.streams.get(id);
      if (known === undefined) continue;
      fillKeystream({ ...known, from: 0, out: mask });
      if (sign === 1) subtractInto(own, mask);
      else addInto(own, mask);
    }
    addMultiple(sum, own, factor);
  }
  reduceBits(sum, bits);
  return sum;
}

/** The same of the inputs themselves, which only the test knows. */
export function truth({ world }: Observed, combination: Combination): Uint32Array {
  const { bits, length } = world.task.vectors[0] as VectorSpec;
  const sum = new Uint32Array(length);
  for (const { upload, factor } of combination) addMultiple(sum, upload.input, factor);
  reduceBits(sum, bits);
  return sum;
}

function addMultiple(sum: Uint32Array, values: Uint32Array, factor: number): void {
  values.forEach((value, at) => (sum[at] = (sum[at] as number) + Math.imul(value, factor)));
}
