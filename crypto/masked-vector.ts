/**
 * Vectors of integers modulo 2^b, 1 ≤ b ≤ 32 (PROTOCOL §2, §4): adding, reducing, and the packed form that
 * travels. Packed = one little-endian bit stream: coordinate i occupies bits b·i … b·i + b − 1, bit k of the
 * stream is bit k mod 8 of byte ⌊k/8⌋, and the spare bits of the last byte are zero.
 *
 * Security: one vector has exactly one packed form, so its hash identifies it. Input to `unpackBits` is
 * attacker-controlled. Sums are kept modulo 2^32, of which 2^b is a divisor: reducing once at the end is enough.
 */
import { IS_LITTLE_ENDIAN, isWords, requireBytes, requireInteger } from './bytes.js';

function requireVectors(accumulator: Uint32Array, vector: Uint32Array): void {
  if (!isWords(accumulator)) throw new TypeError('accumulator: expected a Uint32Array'); // check: C8
  if (!isWords(vector)) throw new TypeError('vector: expected a Uint32Array'); // check: C8
  if (accumulator.length !== vector.length) {
    throw new RangeError(`vector: expected ${accumulator.length} coordinates, got ${vector.length}`);
  }
}

/** accumulator += vector, modulo 2^32, in place. */
export function addInto(accumulator: Uint32Array, vector: Uint32Array): void {
  requireVectors(accumulator, vector);
  let i = 0;
  // Four at a time: a third faster.
  for (const whole = vector.length - 3; i < whole; i += 4) {
    accumulator[i] = ((accumulator[i] as number) + (vector[i] as number)) | 0;
    accumulator[i + 1] = ((accumulator[i + 1] as number) + (vector[i + 1] as number)) | 0;
    accumulator[i + 2] = ((accumulator[i + 2] as number) + (vector[i + 2] as number)) | 0;
    accumulator[i + 3] = ((accumulator[i + 3] as number) + (vector[i + 3] as number)) | 0;
  }
  for (; i < vector.length; i += 1) accumulator[i] = ((accumulator[i] as number) + (vector[i] as number)) | 0;
}

/** accumulator += the vector that is packed in `bytes`, modulo 2^32, in place. @throws what `unpackBits` throws */
export function addPackedInto(accumulator: Uint32Array, bytes: Uint8Array, bits: number): void {
  const isWordsInPlace = bits === 32 && IS_LITTLE_ENDIAN && bytes.byteOffset % 4 === 0;
  if (!isWordsInPlace) return addInto(accumulator, unpackBits(bytes, bits, accumulator.length));
  requireBytes(bytes, 'bytes', packedLength(accumulator.length, bits));
  addInto(accumulator, new Uint32Array(bytes.buffer, bytes.byteOffset, accumulator.length));
}

/** accumulator −= vector, modulo 2^32, in place. */
export function subtractInto(accumulator: Uint32Array, vector: Uint32Array): void {
  requireVectors(accumulator, vector);
  for (let i = 0; i < vector.length; i += 1)
    accumulator[i] = ((accumulator[i] as number) - (vector[i] as number)) | 0;
}

/** 2^bits − 1, as an unsigned number. */
function lowBits(bits: number): number {
  requireInteger(bits, 'bits', 1, 32);
  return 0xffffffff >>> (32 - bits);
}

/** Every coordinate modulo 2^bits, in place. @param bits 1…32. */
export function reduceBits(vector: Uint32Array, bits: number): void {
  const mask = lowBits(bits);
  if (bits === 32) return;
  for (let i = 0; i < vector.length; i += 1) vector[i] = (vector[i] as number) & mask;
}

/** ⌈length · bits / 8⌉ bytes. @param length number of coordinates, integer ≥ 0. */
export function packedLength(length: number, bits: number): number {
  requireInteger(length, 'length', 0, 2 ** 34);
  requireInteger(bits, 'bits', 1, 32);
  return Math.ceil((length * bits) / 8);
}

/**
 * @param values coordinates in [0, 2^bits): reduce first.
 * @throws RangeError when a coordinate is too large; which one and how large is not said.
 */
export function packBits(values: Uint32Array, bits: number): Uint8Array {
  if (!isWords(values)) throw new TypeError('values: expected a Uint32Array'); // check: C8
  requireReduced(values, lowBits(bits)); // check: C7
  if (bits === 8) return new Uint8Array(values);
  if (bits === 16 && IS_LITTLE_ENDIAN) return new Uint8Array(new Uint16Array(values).buffer);
  if (bits === 32 && IS_LITTLE_ENDIAN) return new Uint8Array(new Uint32Array(values).buffer);
  const packed = new Uint8Array(packedLength(values.length, bits));
  if (bits === 16 || bits === 24 || bits === 32) packWhole(values, bits / 8, packed);
  else packStream(values, bits, packed);
  return packed;
}

function requireReduced(values: Uint32Array, mask: number): void {
  let excess = 0;
  for (let i = 0; i < values.length; i += 1) excess |= (values[i] as number) & ~mask;
  if (excess !== 0) throw new RangeError('values: a coordinate does not fit into the given bits');
}

function packWhole(values: Uint32Array, width: number, packed: Uint8Array): void {
  for (let i = 0, at = 0; i < values.length; i += 1, at += width) {
    const value = values[i] as number;
    packed[at] = value;
    packed[at + 1] = value >>> 8;
    if (width > 2) packed[at + 2] = value >>> 16;
    if (width > 3) packed[at + 3] = value >>> 24;
  }
}

/** Collects the bit stream in 32-bit words and writes each as it fills up. */
function packStream(values: Uint32Array, bits: number, packed: Uint8Array): void {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  let word = 0;
  let filled = 0; // bits of `word` in use, 0…31
  let at = 0;
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i] as number;
    word |= value << filled;
    filled += bits;
    if (filled >= 32) {
      view.setUint32(at, word, true);
      at += 4;
      filled -= 32;
      word = filled === 0 ? 0 : value >>> (bits - filled);
    }
  }
  for (; at < packed.length; at += 1, word >>>= 8) packed[at] = word;
}

/**
 * The coordinates in their packed form, each in [0, 2^bits).
 * @param length how many there must be.
 * @throws RangeError for any other number of bytes, or spare bits that are not zero.
 */
export function unpackBits(bytes: Uint8Array, bits: number, length: number): Uint32Array {
  const mask = lowBits(bits);
  requireBytes(bytes, 'bytes', packedLength(length, bits));
  const spare = bytes.length * 8 - length * bits;
  if (spare > 0 && (bytes[bytes.length - 1] as number) >>> (8 - spare) !== 0) {
    throw new RangeError('bytes: the spare bits at the end are not zero');
  } // check: C14
  if (bits === 8) return new Uint32Array(bytes);
  if (bits === 16 && IS_LITTLE_ENDIAN) return new Uint32Array(new Uint16Array(ownedBuffer(bytes)));
  if (bits === 32 && IS_LITTLE_ENDIAN) return new Uint32Array(ownedBuffer(bytes));
  const values = new Uint32Array(length);
  if (bits === 16 || bits === 24 || bits === 32) unpackWhole(bytes, bits / 8, values);
  else unpackStream(bytes, bits, mask, values);
  return values;
}

/** A copy: the given bytes may start anywhere in their buffer. */
function ownedBuffer(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}

function unpackWhole(bytes: Uint8Array, width: number, values: Uint32Array): void {
  for (let i = 0, at = 0; i < values.length; i += 1, at += width) {
    let value = (bytes[at] as number) | ((bytes[at + 1] as number) << 8);
    if (width > 2) value |= (bytes[at + 2] as number) << 16;
    if (width > 3) value |= (bytes[at + 3] as number) << 24;
    values[i] = value;
  }
}

function unpackStream(bytes: Uint8Array, bits: number, mask: number, values: Uint32Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let word = 0;
  let left = 0; // bits of `word` not yet used, 0…31
  let at = 0;
  for (let i = 0; i < values.length; i += 1) {
    let value = left === 0 ? 0 : word >>> (32 - left);
    if (left < bits) {
      word = at + 4 <= bytes.length ? view.getUint32(at, true) : lastWord(bytes, at);
      at += 4;
      value |= word << left;
      left += 32;
    }
    left -= bits;
    values[i] = value & mask;
  }
}

function lastWord(bytes: Uint8Array, at: number): number {
  let word = 0;
  for (let i = bytes.length - 1; i >= at; i -= 1) word = (word << 8) | (bytes[i] as number);
  return word;
}
