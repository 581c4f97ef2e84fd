/**
 * Does what the oracle says can be done: from the bytes of uploads and the streams that the adversary knows, the combined
 * inputs, as numbers. It is the proof that a finding is a leak, and that the formal variables are the real masks.
 */
import { fromHex } from '../../../crypto/bytes.js';
import { unpackWords } from '../../../crypto/ckks/codec.js';
import { coefficientEncoder } from '../../../crypto/ckks/encoding.js';
import { openVector } from '../../../crypto/ckks/opening.js';
import { ciphertextWords, type Encoding, errorBound } from '../../../crypto/ckks/parameters.js';
import type { Ring } from '../../../crypto/ckks/ring.js';
import { addInto, reduceBits, subtractInto, unpackBits } from '../../../crypto/masked-vector.js';
import { fillKeystream } from '../../../crypto/prg.js';
import type { VectorSpec } from '../../../src/protocol/documents.js';
import {
  type EncodedVector,
  encodedVectors,
  ringOf,
} from '../../../src/protocol/suites/ckks-sumkey/numbers.js';
import { bytesOfWords, mod, wordsOf } from '../../crypto/ckks/oracle.js';
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

function addMultiple(sum: Uint32Array, values: ArrayLike<number>, factor: number): void {
  sum.forEach((value, at) => (sum[at] = value + Math.imul(values[at] as number, factor)));
}

/**
 * In `ckks/sumkey`: how far the combined inputs, as numbers, are from what the combined uploads open to under the
 * combined keys, in units of what their errors may add up to.
 * @throws CkksError KEY_MISMATCH when the keys are not those of the uploads
 */
export function distance({ world }: Observed, { keys }: Judgement, combination: Combination): number {
  const ring = ringOf(world.task);
  const [{ name, length, encoding }] = encodedVectors(world.task) as [EncodedVector];
  const survivors = combination.reduce((sum, { factor }) => sum + Math.abs(factor), 0);
  const opened = openVector(ring, {
    ctx: fromHex(combination[0]?.upload.ctx as string),
    name,
    encoding,
    encoder: coefficientEncoder,
    length,
    sum: sumOfCiphertexts(ring, encoding, length, combination),
    key: keys.get(combination) as Uint8Array,
    survivors,
  });
  const errors = opened.map((value, at) =>
    Math.abs(
      combination.reduce((rest, { upload, factor }) => rest - factor * (upload.input[at] as number), value),
    ),
  );
  return errors.reduce((a, b) => Math.max(a, b)) / errorBound(ring, encoding, survivors);
}

/** Σ factor · upload, whole words. */
function sumOfCiphertexts(
  ring: Ring,
  { kind }: Encoding,
  length: number,
  combination: Combination,
): Uint8Array {
  const sum = new Array<bigint>(ciphertextWords(ring, kind, length)).fill(0n);
  for (const { upload, factor } of combination) {
    wordsOf(unpackWords(ring, upload.packed, sum.length)).forEach(
      (word, at) => (sum[at] = mod((sum[at] as bigint) + BigInt(factor) * word, ring.modulus)),
    );
  }
  return bytesOfWords(sum);
}
