/**
 * SumKey: one-time, key-homomorphic encryption (PROTOCOL §5.1). Chunk j of participant k is
 *   c = a_j·s_k + e + m  mod q,
 * with a_j common and public, s_k fresh in every session, e drawn from CBD(42) for every coefficient, m the encoded
 * coordinates. Sums of ciphertexts open under the sum of the keys. Ciphertexts are coefficients in natural order.
 *
 * Security: secrecy of one input rests on RLWE, given the sum of the keys and of the errors (Hint-RLWE). Two chunks
 * under one `a` and one key would be subtracted from one another: `encryptVectors` takes every vector name once, counts
 * chunks within the vector, and destroys the key before it returns.
 */
import { requireBytes, wipe } from '../bytes.js';
import type { Random } from '../random.js';
import { chunksOf } from './chunks.js';
import { packWords } from './codec.js';
import type { Encoder } from './encoding.js';
import { useKernel } from './kernel.js';
import { sumBytes, type Encoding } from './parameters.js';
import { elementBytes, WORD_BYTES, type Ring } from './ring.js';
import { fillUniform, publicStream, streamSource, type ChunkName } from './sampling.js';

/** Random bytes per coefficient: two sums of 42 bits, and 4 bits unused. */
const NOISE_BYTES = 11;

export interface PlainVector {
  /** Its name in the task. */
  readonly name: string;
  readonly encoding: Encoding;
  /** Of the encoding's kind. */
  readonly encoder: Encoder;
  /** Coordinates within ±maxAbs. Not retained, not wiped. */
  readonly values: Float64Array;
}

export interface EncryptInput {
  /** The session's context hash, 32 bytes. */
  readonly ctx: Uint8Array;
  /** One element. WIPED before this returns or throws, whatever happens: a key encrypts once. */
  readonly key: Uint8Array;
  /** All vectors of the session, with different names. */
  readonly vectors: readonly PlainVector[];
  /** The platform's generator: the errors are as secret as the key. */
  readonly random: Random;
}

/**
 * The ciphertext of every vector, in order, packed: `ciphertextBytes` each.
 * @throws CkksError OVER_CLIP; RangeError for a name that occurs twice or a key that was used
 */
export function encryptVectors(ring: Ring, { ctx, key, vectors, random }: EncryptInput): Uint8Array[] {
  requireBytes(key, 'key', elementBytes(ring));
  try {
    if (key.every((byte) => byte === 0)) throw new RangeError('key: was used already'); // check: C1
    const names = new Set<string>();
    for (const { name } of vectors) {
      if (names.has(name)) throw new RangeError(`vectors: '${name}' occurs twice`); // check: C1
      names.add(name);
    }
    const entered = enteredKey(ring, key);
    try {
      return vectors.map((vector) => encryptVector(ring, { ctx, entered, vector, random }));
    } finally {
      wipe(entered);
    }
  } finally {
    wipe(key); // check: C1
  }
}

interface VectorInput {
  readonly ctx: Uint8Array;
  readonly entered: Uint8Array;
  readonly vector: PlainVector;
  readonly random: Random;
}

function encryptVector(ring: Ring, { ctx, entered, vector, random }: VectorInput): Uint8Array {
  const { name, encoding, encoder, values } = vector;
  const ciphertext = new Uint8Array(sumBytes(ring, encoding.kind, values.length));
  let end = 0;
  for (const { chunk, from, to } of chunksOf(ring, encoding, values.length)) {
    const message = encoder.encode(ring, encoding, values.subarray(from, to));
    const target = ciphertext.subarray(end, end + elementBytes(ring));
    try {
      encryptChunk(ring, { chunk: { ctx, vector: name, chunk }, entered, message, random, target });
    } finally {
      wipe(message);
    }
    end += target.length;
  }
  return packWords(ring, ciphertext);
}

interface ChunkInput {
  readonly chunk: ChunkName;
  /** The key as `enteredKey` gives it. */
  readonly entered: Uint8Array;
  readonly message: Uint8Array;
  readonly random: Random;
  readonly target: Uint8Array;
}

function encryptChunk(ring: Ring, { chunk, entered, message, random, target }: ChunkInput): void {
  const count = target.length / WORD_BYTES;
  const whole = elementBytes(ring);
  const noise = random(NOISE_BYTES * count);
  try {
    requireBytes(noise, 'random', NOISE_BYTES * count);
    useKernel(ring, [whole, whole, whole, noise.length], (kernel, words, factor, scratch, bits) => {
      const source = streamSource(publicStream(ring, chunk));
      fillUniform(kernel, ring, { words, scratch, count: ring.degree }, source);
      kernel.write(factor, entered);
      kernel.multiply(words, words, factor, ring.degree);
      kernel.fromTransformed(words);
      kernel.write(bits, noise);
      kernel.addNoise(words, bits, count);
      kernel.write(scratch, message);
      kernel.add(words, scratch, count);
      kernel.readInto(words, target);
    });
  } finally {
    wipe(noise);
  }
}

/** A transformed element in the form in which the kernel multiplies by it. As secret as the element. */
export function enteredKey(ring: Ring, key: Uint8Array): Uint8Array {
  return useKernel(ring, [key.length], (kernel, words) => {
    kernel.write(words, key);
    kernel.enter(words, ring.degree);
    return kernel.read(words, key.length);
  });
}
