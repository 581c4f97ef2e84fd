/**
 * Between floats and the coefficients of a message polynomial. Two encoders have this form: `coefficientEncoder` here,
 * and SEAL's CKKSEncoder from seal.ts ('slots').
 *
 * Security: the coefficients are the participant's input; whoever gets them from `encode` wipes them.
 */
import { CkksError } from './errors.js';
import { useKernel } from './kernel.js';
import { capacity, type Encoding, type EncodingKind } from './parameters.js';
import { elementBytes, type Ring } from './ring.js';

export interface Encoder {
  readonly kind: EncodingKind;
  /**
   * The words of one chunk, as many as are sent. Secret.
   * @param values 1…capacity coordinates. Not retained.
   * @throws CkksError OVER_CLIP for a coordinate that is not within ±maxAbs (also NaN)
   */
  encode(ring: Ring, encoding: Encoding, values: Float64Array): Uint8Array;
  /**
   * The coordinates of an opened chunk.
   * @param words as many as were sent, each within the bound of the sum
   * @param length coordinates
   */
  decode(ring: Ring, encoding: Encoding, words: Uint8Array, length: number): Float64Array;
}

/** Coordinate i times the scale, rounded to a whole number, is coefficient i. The scale being a power of two, that
 * rounding and the one to a double at the end are all that is lost. */
export const coefficientEncoder: Encoder = {
  kind: 'coefficients',

  encode(ring, encoding, values) {
    requireChunk(ring, 'coefficients', values.length);
    const byteLength = elementBytes(ring);
    return useKernel(ring, [byteLength, values.byteLength], (kernel, words, numbers) => {
      kernel.write(numbers, bytesOf(values));
      const { maxAbs, scaleBits } = encoding;
      if (kernel.addScaled(words, numbers, values.length, 2 ** scaleBits, maxAbs) !== 0)
        throw overClip(maxAbs); // check: B2
      return kernel.read(words, byteLength);
    });
  },

  decode(ring, encoding, words, length) {
    requireChunk(ring, 'coefficients', length);
    const values = new Float64Array(length);
    useKernel(ring, [words.length, values.byteLength], (kernel, at, numbers) => {
      kernel.write(at, words);
      kernel.toNumbers(numbers, at, length, 2 ** -encoding.scaleBits);
      kernel.readInto(numbers, bytesOf(values));
    });
    return values;
  },
};

/** A float's bytes, which the kernel wants little-endian; so is every machine that runs this. */
const bytesOf = (values: Float64Array): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

export function requireChunk(ring: Ring, kind: EncodingKind, length: number): void {
  if (length < 1 || length > capacity(ring, kind)) {
    throw new RangeError(`values: expected 1 to ${capacity(ring, kind)} coordinates`);
  }
}

export const overClip = (maxAbs: number): CkksError =>
  new CkksError('OVER_CLIP', `a coordinate is not within ±${maxAbs}`);
