/**
 * The opening of a sum (PROTOCOL §5.1): C_j − a_j·S is the sum of the messages and the errors, S being the sum of the
 * survivors' keys, which is all that was ever reconstructed.
 *
 * Security: under any other key than the right one every coefficient is as good as random; each is compared with what
 * so many honest participants can add up to. So a wrong sum shows, unless somebody who knows all
 * of `a` could choose the error (see parameters.ts); but nothing says whose fault it is.
 */
import { requireBytes, requireInteger, wipe } from '../bytes.js';
import { chunksOf } from './chunks.js';
import type { Encoder } from './encoding.js';
import { CkksError } from './errors.js';
import { useKernel } from './kernel.js';
import { coefficientBound, noiseBound, sumBytes, type Encoding } from './parameters.js';
import { elementBytes, WORD_BYTES, type Ring } from './ring.js';
import { fillUniform, publicStream, streamSource, type ChunkName } from './sampling.js';
import { enteredKey } from './sum-key.js';

export interface SumToOpen {
  readonly ctx: Uint8Array;
  readonly name: string;
  readonly encoding: Encoding;
  readonly encoder: Encoder;
  /** Coordinates. */
  readonly length: number;
  /** The sum of the survivors' ciphertexts of this vector. */
  readonly sum: Uint8Array;
  /** The sum of the survivors' keys, one element. Not wiped: it opens every vector of the session. */
  readonly key: Uint8Array;
  /** |U|: how many ciphertexts, and keys, were added. */
  readonly survivors: number;
}

/**
 * The coordinates of the sum.
 * @throws CkksError KEY_MISMATCH when a coefficient lies outside what so many honest inputs and errors can add up to:
 *   somebody's answer, key or ciphertext was wrong, and nothing says whose. The session counts as opened.
 */
export function openVector(ring: Ring, input: SumToOpen): Float64Array {
  const { ctx, name, encoding, encoder, length, sum, key, survivors } = input;
  requireBytes(key, 'key', elementBytes(ring));
  requireBytes(sum, 'sum', sumBytes(ring, encoding.kind, length));
  requireInteger(survivors, 'survivors', 1, 2 ** 20);
  const entered = enteredKey(ring, key);
  const values = new Float64Array(length);
  let start = 0;
  try {
    for (const { chunk, from, to } of chunksOf(ring, encoding, length)) {
      const ciphertext = sum.subarray(start, start + elementBytes(ring));
      const message = openChunk(ring, { chunk: { ctx, vector: name, chunk }, entered, ciphertext });
      start += ciphertext.length;
      requireInRange(ring, encoding, message, { coordinates: to - from, survivors });
      values.set(encoder.decode(ring, encoding, message, to - from), from);
    }
    return values;
  } finally {
    wipe(entered);
  }
}

/** C − a·S, as many words as the ciphertext has. */
function openChunk(
  ring: Ring,
  { chunk, entered, ciphertext }: { chunk: ChunkName; entered: Uint8Array; ciphertext: Uint8Array },
): Uint8Array {
  const whole = elementBytes(ring);
  return useKernel(ring, [whole, whole, whole], (kernel, words, factor, scratch) => {
    const source = streamSource(publicStream(ring, chunk));
    fillUniform(kernel, ring, { words, scratch, count: ring.degree }, source);
    kernel.write(factor, entered);
    kernel.multiply(words, words, factor, ring.degree);
    kernel.fromTransformed(words);
    kernel.write(scratch, ciphertext);
    kernel.subtract(scratch, words, ciphertext.length / WORD_BYTES);
    return kernel.read(scratch, ciphertext.length);
  });
}

function requireInRange(
  ring: Ring,
  encoding: Encoding,
  message: Uint8Array,
  { coordinates, survivors }: { coordinates: number; survivors: number },
): void {
  const count = message.length / WORD_BYTES;
  const carrying = encoding.kind === 'slots' ? count : coordinates;
  const [largest, largestNoise] = useKernel(ring, [message.length], (kernel, words) => {
    kernel.write(words, message);
    const noise = words + WORD_BYTES * carrying;
    return [kernel.magnitude(words, carrying), kernel.magnitude(noise, count - carrying)];
  });
  if (
    largest > coefficientBound(encoding, survivors) || // check: B1
    largestNoise > noiseBound(survivors) // check: B1
  ) {
    throw new CkksError(
      'KEY_MISMATCH',
      'the sum does not open: an answer, a key or a ciphertext is wrong, and nothing tells whose',
    );
  }
}
