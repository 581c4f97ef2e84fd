/**
 * SumKey: one-time, key-homomorphic encryption (PROTOCOL §5). Chunk j of participant k is
 *   c = a_j·s_k + e + m  mod q,
 * with a_j common and public, s_k fresh in every session, e drawn from CBD(42) for every coefficient, m the encoded
 * coordinates. Sums of ciphertexts open under the sum of the keys. Ciphertexts are coefficients in natural order.
 *
 * Security: secrecy of one input rests on RLWE, given the sum of the keys and of the errors (Hint-RLWE). Two chunks
 * under one `a` and one key would be subtracted from one another: `encryptVectors` takes every vector name once, counts
 * chunks within the vector, and destroys the key before it returns.
 */
import { requireBytes, requireInteger, wipe } from '../bytes.js';
import type { Random } from '../random.js';
import { requireChunk, type Encoder } from './encoding.js';
import { CkksError } from './errors.js';
import { useKernel } from './kernel.js';
import {
  capacity,
  chunkCount,
  chunkWords,
  ciphertextBytes,
  coefficientBound,
  guardBound,
  type Encoding,
} from './parameters.js';
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
 * The ciphertext of every vector, in order: words of 8 bytes, `ciphertextBytes` in all.
 * @throws CkksError OVER_CLIP; RangeError for a name that occurs twice or a key that was used
 */
export function encryptVectors(ring: Ring, { ctx, key, vectors, random }: EncryptInput): Uint8Array[] {
  requireBytes(key, 'key', elementBytes(ring));
  try {
    if (key.every((byte) => byte === 0)) throw new RangeError('key: was used already');
    const names = new Set<string>();
    for (const { name } of vectors) {
      if (names.has(name)) throw new RangeError(`vectors: '${name}' occurs twice`);
      names.add(name);
    }
    const entered = enteredKey(ring, key);
    try {
      return vectors.map((vector) => encryptVector(ring, { ctx, entered, vector, random }));
    } finally {
      wipe(entered);
    }
  } finally {
    wipe(key);
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
  const ciphertext = new Uint8Array(ciphertextBytes(ring, encoding.kind, values.length));
  let end = 0;
  for (const { chunk, from, to, words } of chunksOf(ring, encoding, values.length)) {
    const message = encoder.encode(ring, encoding, values.subarray(from, to));
    const target = ciphertext.subarray(end, end + WORD_BYTES * words);
    encryptChunk(ring, { chunk: { ctx, vector: name, chunk }, entered, message, random, target });
    wipe(message);
    end += target.length;
  }
  return ciphertext;
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
  wipe(noise);
}

/** A transformed element in the form in which the kernel multiplies by it. As secret as the element. */
function enteredKey(ring: Ring, key: Uint8Array): Uint8Array {
  return useKernel(ring, [key.length], (kernel, words) => {
    kernel.write(words, key);
    kernel.enter(words, ring.degree);
    return kernel.read(words, key.length);
  });
}

/** Words that are added between two copies in and out of the kernel: what fits into a cache. */
const TILE_BYTES = 65536;

/**
 * sum += ciphertext, word by word modulo q, in place. With one call per survivor that is all the coordinator does
 * before it opens.
 * @param sum starts as zeros
 * @throws CkksError MALFORMED for a word that is q or more; `sum` is then as it was
 */
export function addCiphertext(ring: Ring, sum: Uint8Array, ciphertext: Uint8Array): void {
  requireBytes(sum, 'sum');
  requireBytes(ciphertext, 'ciphertext', sum.length);
  if (sum.length % WORD_BYTES !== 0) throw new RangeError('sum: expected whole words');
  useKernel(ring, [TILE_BYTES, TILE_BYTES], (kernel, total, words) => {
    for (let from = 0; from < sum.length; from += TILE_BYTES) {
      const tile = sum.subarray(from, from + TILE_BYTES);
      kernel.write(total, tile);
      kernel.write(words, ciphertext.subarray(from, from + TILE_BYTES));
      if (kernel.add(total, words, tile.length / WORD_BYTES) !== 0) {
        takeBack(sum.subarray(0, from), ciphertext.subarray(0, from));
        throw new CkksError('MALFORMED', 'a ciphertext has a word that is not below the modulus');
      }
      kernel.readInto(total, tile);
    }

    function takeBack(added: Uint8Array, undo: Uint8Array): void {
      for (let from = 0; from < added.length; from += TILE_BYTES) {
        const tile = added.subarray(from, from + TILE_BYTES);
        kernel.write(total, tile);
        kernel.write(words, undo.subarray(from, from + TILE_BYTES));
        kernel.subtract(total, words, tile.length / WORD_BYTES);
        kernel.readInto(total, tile);
      }
    }
  });
}

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
  requireBytes(sum, 'sum', ciphertextBytes(ring, encoding.kind, length));
  requireInteger(survivors, 'survivors', 1, 2 ** 20);
  const entered = enteredKey(ring, key);
  const values = new Float64Array(length);
  let start = 0;
  try {
    for (const { chunk, from, to, words } of chunksOf(ring, encoding, length)) {
      const ciphertext = sum.subarray(start, start + WORD_BYTES * words);
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
  const [largest, largestGuard] = useKernel(ring, [message.length], (kernel, words) => {
    kernel.write(words, message);
    const guards = words + WORD_BYTES * carrying;
    return [kernel.magnitude(words, carrying), kernel.magnitude(guards, count - carrying)];
  });
  if (largest > coefficientBound(encoding, survivors) || largestGuard > guardBound(survivors)) {
    throw new CkksError(
      'KEY_MISMATCH',
      'the sum does not open: an answer, a key or a ciphertext is wrong, and nothing tells whose',
    );
  }
}

interface Chunk {
  readonly chunk: number;
  /** Coordinates from…to − 1. */
  readonly from: number;
  readonly to: number;
  readonly words: number;
}

function chunksOf(ring: Ring, { kind }: Encoding, length: number): Chunk[] {
  const size = capacity(ring, kind);
  return Array.from({ length: chunkCount(ring, kind, length) }, (_, chunk) => {
    const [from, to] = [size * chunk, Math.min(length, size * (chunk + 1))];
    requireChunk(ring, kind, to - from);
    return { chunk, from, to, words: chunkWords(ring, kind, to - from) };
  });
}
