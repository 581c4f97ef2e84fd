/**
 * Where random bytes come from. A source is passed in as an argument, last, so that tests can replay a session.
 *
 * Security: `systemRandom` is the platform's generator and the only source for real secrets.
 * `deterministicRandom` is as secret as its seed and repeats for the same seed: for tests, simulations, and for rounding the
 * same input to the same integers (PROTOCOL §7); never for keys.
 */
import { backend } from '#crypto-backend';
import { requireBytes, requireInteger, wipe } from './bytes.js';
import { hkdfSha256 } from './hash.js';
import { encodeCanonical } from './canonical.js';
import { LABEL } from './labels.js';

/** Returns `length` fresh random bytes in an array of their own. */
export type Random = (length: number) => Uint8Array;

const MAX_BYTES = 2 ** 31;
const BLOCK_BYTES = 16;
/** A 32-bit block counter ends here. */
const STREAM_BYTES = 2 ** 32 * BLOCK_BYTES;

/** The platform's cryptographic generator. @param length integer in [0, 2^31]. */
export const systemRandom: Random = (length) => {
  requireInteger(length, 'length', 0, MAX_BYTES);
  return backend.randomBytes(length);
};

/**
 * One reproducible AES-128-CTR stream per seed; every call continues where the last one ended. FOR TESTS AND
 * SIMULATIONS ONLY: whoever starts it twice from one seed uses the same secrets twice.
 * @param seed any number of bytes, at least one.
 * @throws RangeError, from the returned function, after 2^36 bytes.
 */
export function deterministicRandom(seed: Uint8Array): Random {
  requireBytes(seed, 'seed');
  if (seed.length === 0) throw new RangeError('seed: expected at least one byte');
  const derived = hkdfSha256({
    ikm: seed,
    salt: new Uint8Array(0),
    info: encodeCanonical([LABEL.deterministicRandom]),
    length: 28,
  });
  const key = derived.slice(0, 16);
  const block = new Uint8Array(BLOCK_BYTES);
  block.set(derived.subarray(16), 0);
  wipe(derived);
  const counter = new DataView(block.buffer);
  let position = 0;

  return (length) => {
    requireInteger(length, 'length', 0, MAX_BYTES);
    if (position + length > STREAM_BYTES) throw new RangeError('length: the stream is used up');
    if (length === 0) return new Uint8Array(0);
    const skip = position % BLOCK_BYTES;
    counter.setUint32(12, (position - skip) / BLOCK_BYTES, false);
    const stream = backend.aes128CtrKeystream(key, block, skip + length);
    position += length;
    return skip === 0 ? stream : stream.slice(skip);
  };
}
