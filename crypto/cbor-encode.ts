/**
 * The bytes of deterministic CBOR (RFC 8949 §4.2.1) for values that `encodeCanonical` has checked. Written here, because
 * cborg gives numbers that half precision holds as subnormals in single precision: other implementations would not.
 */
import { compareBytes, utf8 } from './bytes.js';

export type CborValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly CborValue[]
  | { readonly [key: string]: CborValue };

const UNSIGNED = 0;
const NEGATIVE = 1;
const BYTES = 2;
const TEXT = 3;
const ARRAY = 4;
const MAP = 5;

const FALSE = 0xf4;
const TRUE = 0xf5;
const NULL = 0xf6;
const HALF = 0xf9;
const SINGLE = 0xfa;
const DOUBLE = 0xfb;

export function cborBytes(value: CborValue): Uint8Array {
  const output = new Output();
  write(output, value);
  return output.bytes();
}

class Output {
  #bytes = new Uint8Array(256);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  bytes(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  push(part: Uint8Array): void {
    const at = this.#grow(part.length);
    this.#bytes.set(part, at);
  }

  /** Up to three parts of a head: an initial byte, then a number of 1, 2, 4 or 8 bytes. */
  byte(value: number): void {
    const at = this.#grow(1);
    this.#view.setUint8(at, value);
  }
  uint16(value: number): void {
    const at = this.#grow(2);
    this.#view.setUint16(at, value);
  }
  uint32(value: number): void {
    const at = this.#grow(4);
    this.#view.setUint32(at, value);
  }
  float32(value: number): void {
    const at = this.#grow(4);
    this.#view.setFloat32(at, value);
  }
  float64(value: number): void {
    const at = this.#grow(8);
    this.#view.setFloat64(at, value);
  }

  #grow(by: number): number {
    const at = this.#length;
    this.#length += by;
    if (this.#length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#length, 2 * this.#bytes.length));
      larger.set(this.#bytes);
      this.#bytes = larger;
      this.#view = new DataView(larger.buffer);
    }
    return at;
  }
}

function write(output: Output, value: CborValue): void {
  if (value === null) output.byte(NULL);
  else if (typeof value === 'boolean') output.byte(value ? TRUE : FALSE);
  else if (typeof value === 'bigint') writeNumber(output, Number(value));
  else if (typeof value === 'number') writeNumber(output, value);
  else if (typeof value === 'string') writeString(output, TEXT, utf8(value));
  else if (value instanceof Uint8Array) writeString(output, BYTES, value);
  else if (Array.isArray(value)) {
    head(output, ARRAY, value.length);
    for (const item of value as readonly CborValue[]) write(output, item);
  } else writeMap(output, value as Readonly<Record<string, CborValue>>);
}

/** @param argument integer in [0, 2^53) */
function head(output: Output, major: number, argument: number): void {
  const initial = major << 5;
  if (argument < 24) output.byte(initial | argument);
  else if (argument < 2 ** 8) {
    output.byte(initial | 24);
    output.byte(argument);
  } else if (argument < 2 ** 16) {
    output.byte(initial | 25);
    output.uint16(argument);
  } else if (argument < 2 ** 32) {
    output.byte(initial | 26);
    output.uint32(argument);
  } else {
    output.byte(initial | 27);
    output.uint32(Math.floor(argument / 2 ** 32));
    output.uint32(argument % 2 ** 32);
  }
}

function writeString(output: Output, major: number, bytes: Uint8Array): void {
  head(output, major, bytes.length);
  output.push(bytes);
}

/** Keys in the order of their encodings. */
function writeMap(output: Output, map: Readonly<Record<string, CborValue>>): void {
  const entries = Object.entries(map).map(([key, value]) => [cborBytes(key), value] as const);
  entries.sort(([a], [b]) => compareBytes(a, b));
  head(output, MAP, entries.length);
  for (const [key, value] of entries) {
    output.push(key);
    write(output, value);
  }
}

function writeNumber(output: Output, value: number): void {
  if (Number.isInteger(value)) {
    if (value >= 0) head(output, UNSIGNED, value);
    else head(output, NEGATIVE, -1 - value);
    return;
  }
  const half = toHalf(value);
  if (half !== null) {
    output.byte(HALF);
    output.uint16(half);
  } else if (Math.fround(value) === value) {
    output.byte(SINGLE);
    output.float32(value);
  } else {
    output.byte(DOUBLE);
    output.float64(value);
  }
}

const SMALLEST_NORMAL_HALF = 2 ** -14;
const SMALLEST_HALF = 2 ** -24;
/** Whole numbers never get here, and larger halves are all whole. */
const LIMIT = 1024;

/** The sixteen bits of a number with a fractional part, or null when half precision does not hold it exactly. */
function toHalf(value: number): number | null {
  const size = Math.abs(value);
  const sign = value < 0 ? 0x8000 : 0;
  if (size < SMALLEST_NORMAL_HALF) {
    const significand = size / SMALLEST_HALF;
    return Number.isInteger(significand) ? sign | significand : null;
  }
  if (size >= LIMIT) return null;
  let exponent = 9;
  while (2 ** exponent > size) exponent -= 1;
  const significand = (size / 2 ** exponent - 1) * 1024;
  return Number.isInteger(significand) ? sign | ((exponent + 15) << 10) | significand : null;
}
