/** The forms in which a vector or a key could lie in a recording. */
import { packBits } from '../../crypto/masked-vector.js';

export interface Form {
  readonly form: string;
  readonly bytes: Uint8Array;
}

/**
 * A quantised vector as 32-bit integers of either byte order, and as the bit stream that packing makes of it: 8 times,
 * because a vector, or the rest of one, may begin at any bit of a byte. (The first and last coordinates of a shifted
 * stream share a byte with whatever lies beside it; all windows between them are exact.)
 */
export function vectorForms(values: Uint32Array, bits: number): Form[] {
  const little = new Uint8Array(values.length * 4);
  const big = new Uint8Array(values.length * 4);
  values.forEach((value, index) => {
    new DataView(little.buffer).setUint32(4 * index, value, true);
    new DataView(big.buffer).setUint32(4 * index, value, false);
  });
  const packed = packBits(values, bits);
  return [
    { form: 'u32 little-endian', bytes: little },
    { form: 'u32 big-endian', bytes: big },
    ...Array.from({ length: 8 }, (_, shift) => ({
      form: `packed at bit ${shift}`,
      bytes: shift === 0 ? packed : inner(shifted(packed, shift)),
    })),
  ];
}

/** The plain values before they were quantised. */
export function numberForms(values: ArrayLike<number>): Form[] {
  const list = Array.from(values);
  return [
    { form: 'f32', bytes: new Uint8Array(Float32Array.from(list).buffer) },
    { form: 'f64', bytes: new Uint8Array(Float64Array.from(list).buffer) },
  ];
}

/** The same bit stream, `shift` bits (1…7) later, least significant bit first. */
function shifted(bytes: Uint8Array, shift: number): Uint8Array {
  const out = new Uint8Array(bytes.length + 1);
  bytes.forEach((byte, index) => {
    out[index] = (out[index] as number) | ((byte << shift) & 0xff);
    out[index + 1] = byte >>> (8 - shift);
  });
  return out;
}

const inner = (bytes: Uint8Array): Uint8Array => bytes.subarray(1, bytes.length - 1);

/** A secret as logs could show it: raw, hex of either case, base64 and base64url at each of the three alignments. */
export function textForms(secret: Uint8Array): Form[] {
  const buffer = Buffer.from(secret);
  const hex = buffer.toString('hex');
  const base64 = [0, 1, 2].flatMap((skip) => {
    // Whole groups of three bytes only: the same characters come out wherever the secret lies in what was encoded.
    const part = buffer.subarray(skip, skip + 3 * Math.floor((buffer.length - skip) / 3));
    return [part.toString('base64'), part.toString('base64url')];
  });
  const list = [...secret];
  return [
    { form: 'raw', bytes: secret },
    ...[hex, hex.toUpperCase(), ...base64, list.join(','), list.join(', ')].map((text) => ({
      form: 'text',
      bytes: new Uint8Array(Buffer.from(text, 'latin1')),
    })),
  ];
}
