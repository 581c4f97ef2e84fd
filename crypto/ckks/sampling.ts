/**
 * Uniform ring elements: the public `a` of a chunk and a participant's secret key, both by rejection from AES-128-CTR
 * (PROTOCOL §5.1): words of 64 bits, little-endian, cut to the bits of q; those that are q or more are left out.
 *
 * Security: `a` is the same for all participants and different for every context, vector and chunk; key and nonce of
 * its stream are public, and chosen by a hash. A secret key is as secret as its seed and must serve one session only.
 */
import { backend } from '#crypto-backend';
import { requireBytes, requireInteger, wipe } from '../bytes.js';
import { encodeCanonical } from '../canonical.js';
import { hashTuple, hkdfSha256 } from '../hash.js';
import { LABEL } from '../labels.js';
import { counterBlock, STREAM_KEY_BYTES, STREAM_NONCE_BYTES, type StreamKey } from '../prg.js';
import type { Random } from '../random.js';
import { useKernel, type Workspace } from './kernel.js';
import { elementBytes, WORD_BYTES, type Ring } from './ring.js';

const CTX_BYTES = 32;
const SEED_BYTES = 32;

export interface ChunkName {
  /** The session's context hash, 32 bytes. */
  readonly ctx: Uint8Array;
  /** The vector's name in the task, which no other vector of the session has. */
  readonly vector: string;
  /** 0, 1, … within the vector. */
  readonly chunk: number;
}

/** The stream of which `a` is made: the first 28 bytes of H(label, ctx, N, vector, chunk). */
export function publicStream(ring: Ring, { ctx, vector, chunk }: ChunkName): StreamKey {
  requireBytes(ctx, 'ctx', CTX_BYTES);
  if (vector === '') throw new RangeError('vector: expected a name');
  requireInteger(chunk, 'chunk', 0, 2 ** 32 - 1);
  const hash = hashTuple(
    LABEL.ckksPublicElement,
    ctx, // check: C1
    ring.degree,
    vector, // check: C1
    chunk, // check: C1
  );
  return split(hash);
}

/** The public element of a chunk, transformed. For whoever wants to look at it: `sum-key.ts` draws it in place. */
export function publicElement(ring: Ring, name: ChunkName): Uint8Array {
  return uniformElement(ring, streamSource(publicStream(ring, name)));
}

/**
 * A participant's secret key s_k, transformed: uniform in R_q. N words; secret.
 * @param seed 32 bytes from the platform's generator, for one session only. Not retained.
 */
export function secretKeyFromSeed(ring: Ring, ctx: Uint8Array, seed: Uint8Array): Uint8Array {
  requireBytes(ctx, 'ctx', CTX_BYTES);
  requireBytes(seed, 'seed', SEED_BYTES);
  const info = encodeCanonical([LABEL.ckksSecretKey, ring.degree]);
  const derived = hkdfSha256({ ikm: seed, salt: ctx, info, length: STREAM_KEY_BYTES + STREAM_NONCE_BYTES });
  const stream = split(derived);
  try {
    return uniformElement(ring, streamSource(stream));
  } finally {
    wipe(derived, stream.key);
  }
}

/** `count` words below q from the platform's generator, or another one. Secret. */
export function randomWords(ring: Ring, count: number, random: Random): Uint8Array {
  const byteLength = WORD_BYTES * count;
  return useKernel(ring, [byteLength, byteLength], (kernel, words, scratch) => {
    fillUniform(kernel, ring, { words, scratch, count }, random);
    return kernel.read(words, byteLength);
  });
}

/**
 * The words from `words` on become the first of the source that are below q once cut to its bits.
 * @param scratch an area as large
 */
export function fillUniform(
  kernel: Workspace,
  ring: Ring,
  { words, scratch, count }: { words: number; scratch: number; count: number },
  source: (byteLength: number) => Uint8Array,
): void {
  const mask = (1n << BigInt(ring.modulusBits)) - 1n;
  for (let taken = 0; taken < count;) {
    // Whole blocks of the cipher, so that a stream goes on where it stopped; an area has room for one word more.
    const byteLength = 2 * WORD_BYTES * Math.ceil((count - taken) / 2);
    const drawn = source(byteLength);
    requireBytes(drawn, 'random', byteLength);
    kernel.write(scratch, drawn);
    const place = words + WORD_BYTES * taken;
    taken += kernel.accept(place, scratch, drawn.length / WORD_BYTES, mask, count - taken);
    wipe(drawn);
  }
}

/** The bytes of a stream, one call after the other. Each call takes whole blocks. */
export function streamSource({ key, nonce }: StreamKey): (byteLength: number) => Uint8Array {
  let coordinate = 0;
  return (byteLength) => {
    const bytes = backend.aes128CtrKeystream(key, counterBlock(nonce, coordinate), byteLength);
    coordinate += byteLength / 4;
    return bytes;
  };
}

function uniformElement(ring: Ring, source: (byteLength: number) => Uint8Array): Uint8Array {
  const byteLength = elementBytes(ring);
  return useKernel(ring, [byteLength, byteLength], (kernel, words, scratch) => {
    fillUniform(kernel, ring, { words, scratch, count: ring.degree }, source);
    return kernel.read(words, byteLength);
  });
}

const split = (bytes: Uint8Array): StreamKey => ({
  key: bytes.slice(0, STREAM_KEY_BYTES),
  nonce: bytes.slice(STREAM_KEY_BYTES, STREAM_KEY_BYTES + STREAM_NONCE_BYTES),
});
