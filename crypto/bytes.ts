/**
 * Small helpers on byte strings. Used everywhere; they know nothing of the protocol.
 *
 * Security: `equalBytes` takes the same time for any two arrays of one length. `compareBytes`, `toHex` and
 * `fromHex` do not promise that and are for public values. `wipe` overwrites what it is given, but JavaScript
 * may have made copies that nobody can reach: it narrows a window, it does not erase.
 */
import { backend } from '#crypto-backend';

const encoder = new TextEncoder();

/** Whether typed arrays on this machine have the byte order that the protocol uses. */
export const IS_LITTLE_ENDIAN = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

/** True when `value` is a Uint8Array, and of `length` bytes when a length is given. */
export function isBytes(value: unknown, length?: number): value is Uint8Array {
  return value instanceof Uint8Array && (length === undefined || value.length === length);
}

/** True for a Uint32Array, also one that comes out of a worker's or a frame's copy of the language. */
export function isWords(value: unknown): value is Uint32Array {
  return ArrayBuffer.isView(value) && (value as Uint32Array)[Symbol.toStringTag] === 'Uint32Array';
}

/**
 * Refuses what is not a Uint8Array (TypeError) or not of `length` bytes (RangeError). The message names the
 * argument and the lengths, never the contents.
 */
export function requireBytes(value: unknown, name: string, length?: number): asserts value is Uint8Array {
  if (!(value instanceof Uint8Array)) throw new TypeError(`${name}: expected a Uint8Array`);
  if (length !== undefined && value.length !== length) {
    throw new RangeError(`${name}: expected ${length} bytes, got ${value.length}`);
  }
}

/**
 * Refuses what is not a whole number (TypeError) in [min, max] (RangeError). Only for public numbers: the
 * message contains the value.
 */
export function requireInteger(
  value: unknown,
  name: string,
  min: number,
  max: number,
): asserts value is number {
  if (typeof value !== 'number' || !Number.isInteger(value))
    throw new TypeError(`${name}: expected an integer`);
  if (value < min || value > max) {
    throw new RangeError(`${name}: expected an integer from ${min} to ${max}, got ${value}`);
  }
}

/** The parts one after the other, always in a new array. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) {
    requireBytes(part, 'parts');
    length += part.length;
  }
  const joined = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

/** Equality without a data-dependent exit. Arrays of different length are different; the lengths are public. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  requireBytes(a, 'a');
  requireBytes(b, 'b');
  return a.length === b.length && backend.timingSafeEqual(a, b);
}

/** Lexicographic order of unsigned bytes, a prefix first: negative, 0 or positive. For public data only. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  requireBytes(a, 'a');
  requireBytes(b, 'b');
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i += 1) {
    const difference = (a[i] as number) - (b[i] as number);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Lower-case hexadecimal, two digits a byte. */
export function toHex(bytes: Uint8Array): string {
  requireBytes(bytes, 'bytes');
  let text = '';
  for (let i = 0; i < bytes.length; i += 1) text += HEX[bytes[i] as number] as string;
  return text;
}

/**
 * Reads hexadecimal in either case.
 * @throws RangeError for an odd number of digits or any other character, white space and '0x' included.
 */
export function fromHex(text: string): Uint8Array {
  if (typeof text !== 'string') throw new TypeError('text: expected a string');
  if (text.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(text)) {
    throw new RangeError('text: expected an even number of hexadecimal digits');
  }
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i += 1) bytes[i] = Number.parseInt(text.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}

/** The UTF-8 bytes of a string. */
export function utf8(text: string): Uint8Array {
  if (typeof text !== 'string') throw new TypeError('text: expected a string');
  return encoder.encode(text);
}

/** Four bytes, most significant first. @param value integer in [0, 2^32). */
export function uint32be(value: number): Uint8Array {
  requireInteger(value, 'value', 0, 0xffffffff);
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}

/**
 * Moves many short arrays into one piece of memory, and wipes where they were: to the collector of garbage, memory of its own
 * for each costs far more than its bytes.
 */
export function gather(arrays: readonly Uint8Array[]): Uint8Array[] {
  const memory = concatBytes(...arrays);
  wipe(...arrays); // check: C13
  let end = 0;
  return arrays.map(({ length }) => memory.subarray(end, (end += length)));
}

/** Overwrites with zeros. Best effort; see the head of this file. */
export function wipe(
  ...arrays: readonly (Uint8Array | Uint16Array | Uint32Array | Int32Array | Float64Array)[]
): void {
  for (const array of arrays) array.fill(0);
}
