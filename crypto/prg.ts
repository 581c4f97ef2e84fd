/**
 * The mask generator: AES-128-CTR read as little-endian 32-bit words, one per coordinate (PROTOCOL §4 "Masks").
 * Block i of a stream is AES(key, nonce ‖ i), i as 32 bits big-endian from 0; it covers coordinates 4i…4i+3.
 *
 * Security: with a key that is used for nothing else the words look random to whoever does not have it, as
 * long as AES-128 does. Blocks of one stream never repeat, which gives a whole stream of 2^32 blocks away with
 * probability below 2^−64; beyond that the counter would wrap, hence the limit of 2^34 coordinates.
 */
import { backend } from '#crypto-backend';
import { IS_LITTLE_ENDIAN, isWords, requireBytes, requireInteger, wipe } from './bytes.js';

export const STREAM_KEY_BYTES = 16;
export const STREAM_NONCE_BYTES = 12;

/** Coordinates in one stream: 2^32 blocks of four. */
export const STREAM_COORDINATES = 2 ** 34;

export interface StreamKey {
  /** 16 bytes. Secret. */
  readonly key: Uint8Array;
  /** 12 bytes. */
  readonly nonce: Uint8Array;
}

const WORDS_PER_BLOCK = 4;
/** A multiple of the block; 64 KiB of keystream. */
const PIECE_WORDS = 16384;

/** The first block that a range starting at `coordinate` needs, for AES-CTR. 16 bytes. */
export function counterBlock(nonce: Uint8Array, coordinate: number): Uint8Array {
  const block = new Uint8Array(16);
  block.set(nonce, 0); // check: C5
  new DataView(block.buffer).setUint32(12, Math.floor(coordinate / WORDS_PER_BLOCK), false); // check: C5
  return block;
}

/** Keystream bytes as numbers, whatever the machine's byte order. @param bytes a whole number of words. */
export function wordsOf(bytes: Uint8Array): Uint32Array {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  const words = new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.length / 4);
  if (IS_LITTLE_ENDIAN) return words;
  const view = new DataView(aligned.buffer, aligned.byteOffset, aligned.length);
  return words.map((_, i) => view.getUint32(4 * i, true));
}

/**
 * Overwrites `out` with the stream's words for coordinates from…from + out.length − 1.
 * @param from integer ≥ 0, not necessarily a multiple of 4.
 * @throws RangeError when the range goes beyond 2^34 coordinates.
 */
export function fillKeystream(input: StreamKey & { readonly from: number; readonly out: Uint32Array }): void {
  const { key, nonce, from, out } = input;
  requireBytes(key, 'key', STREAM_KEY_BYTES);
  requireBytes(nonce, 'nonce', STREAM_NONCE_BYTES); // check: C5
  requireInteger(from, 'from', 0, STREAM_COORDINATES);
  if (!isWords(out)) throw new TypeError('out: expected a Uint32Array'); // check: C8
  // The counter would begin again at 0, and with it the stream.
  if (from + out.length > STREAM_COORDINATES) throw new RangeError('out: ends beyond 2^34 coordinates'); // check: C1

  for (let done = 0; done < out.length;) {
    const coordinate = from + done;
    const skip = coordinate % WORDS_PER_BLOCK;
    const count = Math.min(PIECE_WORDS - skip, out.length - done);
    const bytes = backend.aes128CtrKeystream(key, counterBlock(nonce, coordinate), 4 * (skip + count));
    out.set(wordsOf(bytes).subarray(skip), done);
    wipe(bytes); // check: C13
    done += count;
  }
}
