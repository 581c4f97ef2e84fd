/**
 * SEAL's CKKSEncoder as an encoder into slots. `loadSlotEncoder` is asynchronous; what it gives is not.
 *
 * Security: SEAL's loader is unsafe on bytes that an attacker wrote. It sees only plaintexts whose every byte is set
 * here: a header that SEAL itself made at the start, the scale, and words that the kernel left below q. SEAL is never
 * given a key or a ciphertext, and draws no random number.
 */
import { equalBytes, fromHex, wipe } from '../bytes.js';
import { coefficientEncoder, overClip, requireChunk, type Encoder } from './encoding.js';
import { useKernel } from './kernel.js';
import { openSeal, type SealEncoder } from './node-seal.js';
import type { Encoding } from './parameters.js';
import { elementBytes, type Ring } from './ring.js';

export interface SlotEncoder extends Encoder {
  readonly kind: 'slots';
  /** Frees what SEAL holds. The encoder cannot be used after that. */
  close(): void;
}

/**
 * SEAL's encoder for a ring. Whoever loads it closes it.
 * @throws CkksError MISSING_PACKAGE when node-seal is not installed or does not run on this Node; the message says
 *   what to install
 */
export async function loadSlotEncoder(ring: Ring): Promise<SlotEncoder> {
  const seal = await openSeal(ring);
  try {
    const template = layoutOf(ring, seal.encode(new Float64Array(1), 1));
    const encoder = slotEncoder(ring, seal, template);
    requireSameRing(ring, encoder);
    return encoder;
  } catch (error) {
    seal.close();
    throw error;
  }
}

/** SEAL's binary layout of a plaintext, little-endian: header (16 bytes), parms_id (32), coefficient count, scale,
 * array header (16), count of words, words. */
const PREFIX = fromHex('5ea1100401000000');
const SCALE_AT = 56;
const WORDS_AT = 88;

/** A saved plaintext of which only scale and words are still to be set. */
function layoutOf(ring: Ring, saved: Uint8Array): Uint8Array {
  const view = new DataView(saved.buffer, saved.byteOffset);
  const size = WORDS_AT + elementBytes(ring);
  const isKnown =
    saved.length === size &&
    equalBytes(saved.subarray(0, PREFIX.length), PREFIX) &&
    view.getBigUint64(8, true) === BigInt(size) &&
    view.getBigUint64(48, true) === BigInt(ring.degree) &&
    view.getBigUint64(80, true) === BigInt(ring.degree);
  if (!isKnown) throw new Error('node-seal writes plaintexts in a form that is not that of SEAL 4.1');
  return saved.slice();
}

function slotEncoder(ring: Ring, seal: SealEncoder, template: Uint8Array): SlotEncoder {
  const requireRing = (other: Ring): void => {
    if (other.modulus !== ring.modulus) throw new RangeError('ring: not the one the encoder was made for');
  };
  return {
    kind: 'slots',

    encode(other, { maxAbs, scaleBits }: Encoding, values) {
      requireRing(other);
      requireChunk(ring, 'slots', values.length);
      if (!values.every((value) => Math.abs(value) <= maxAbs)) throw overClip(maxAbs);
      const saved = seal.encode(values, 2 ** scaleBits);
      try {
        return useKernel(ring, [elementBytes(ring)], (kernel, words) => {
          kernel.write(words, saved.subarray(WORDS_AT));
          kernel.fromTransformed(words);
          return kernel.read(words, elementBytes(ring));
        });
      } finally {
        wipe(saved);
      }
    },

    decode(other, { scaleBits }: Encoding, message, length) {
      requireRing(other);
      requireChunk(ring, 'slots', length);
      const plaintext = template.slice();
      new DataView(plaintext.buffer).setFloat64(SCALE_AT, 2 ** scaleBits, true);
      useKernel(ring, [elementBytes(ring)], (kernel, words) => {
        kernel.write(words, message);
        kernel.toTransformed(words);
        kernel.readInto(words, plaintext.subarray(WORDS_AT));
      });
      return seal.decode(plaintext).slice(0, length);
    },

    close: () => seal.close(),
  };
}

/** The coefficients of a one in the second slot, to within their rounding: so root, order and modulus are the kernel's. */
function requireSameRing(ring: Ring, encoder: SlotEncoder): void {
  const values = Float64Array.of(0, 1);
  const message = encoder.encode(ring, { kind: 'slots', scaleBits: 40, maxAbs: 1 }, values);
  const encoding: Encoding = { kind: 'coefficients', scaleBits: 0, maxAbs: 2 ** 40 };
  const isSame = coefficientEncoder.decode(ring, encoding, message, ring.degree).every((found, k) => {
    const expected = (2 ** 41 / ring.degree) * Math.cos((3 * Math.PI * k) / ring.degree);
    return Math.abs(found - expected) <= 1;
  });
  if (!isSame) throw new Error('node-seal computes in another ring');
}
