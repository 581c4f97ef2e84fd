/**
 * The streams of a vector as one block of bytes, which a worker can be given without leaving copies behind: transferred
 * there, it is gone here. 29 bytes each: key, nonce, sign.
 *
 * Security: secret. Whoever holds the block overwrites it.
 */
import { STREAM_KEY_BYTES, STREAM_NONCE_BYTES } from '../prg.js';
import type { MaskStream } from './types.js';

const SIGN_AT = STREAM_KEY_BYTES + STREAM_NONCE_BYTES;
const STREAM_BYTES = SIGN_AT + 1;

export function streamBytes(streams: readonly MaskStream[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(streams.length * STREAM_BYTES);
  streams.forEach(({ key, nonce, sign }, index) => {
    const at = index * STREAM_BYTES;
    bytes.set(key, at);
    bytes.set(nonce, at + STREAM_KEY_BYTES);
    bytes[at + SIGN_AT] = sign === 1 ? 1 : 0;
  });
  return bytes;
}

/** The same streams, as views of the block. */
export function* streamsIn(bytes: Uint8Array): Generator<MaskStream, void> {
  for (let at = 0; at < bytes.length; at += STREAM_BYTES) {
    yield {
      key: bytes.subarray(at, at + STREAM_KEY_BYTES),
      nonce: bytes.subarray(at + STREAM_KEY_BYTES, at + SIGN_AT),
      sign: bytes[at + SIGN_AT] === 1 ? 1 : -1,
    };
  }
}
