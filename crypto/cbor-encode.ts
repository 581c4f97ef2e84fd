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

/** @param read gets the bytes as long as it runs; it encodes nothing itself */
export function withCborBytes<T>(value: CborValue, read: (bytes: Uint8Array) => T): T {
  try {
    write(value);
    return read(output.written());
  } finally {
    output.clear();
  }
}

const FIRST_BYTES = 4096;
/** A buffer that had to become larger than this is not kept. */
const KEPT_BYTES = 2 ** 20;

/** Most values are short, and many are made: they share one buffer. What lay in it may be a secret and is overwritten. */
class Output {
  #bytes = new Uint8Array(FIRST_BYTES);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  written(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  clear(): void {
    this.#bytes.fill(0, 0, this.#length);
    this.#length = 0;
    if (this.#bytes.length > KEPT_BYTES) this.#use(new Uint8Array(FIRST_BYTES));
  }

  push(part: Uint8Array): void {
    const at = this.#grow(part.length);
    this.#bytes.set(part, at);
  }

  /** Up to three parts of a head: an initial byte, then a number of 1, 2, 4 or 8 bytes. */
  byte(value: number): void {
    const at = this.#grow(1);
    this.#bytes[at] = value;
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
      const before = this.#bytes;
      this.#use(new Uint8Array(Math.max(this.#length, 2 * before.length)));
      this.#bytes.set(before);
      before.fill(0);
    }
    return at;
  }

  #use(bytes: Uint8Array<ArrayBuffer>): void {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer);
  }
}

const output = new Output();

function write(value: CborValue): void {
  if (value === null) output.byte(NULL);
  else if (typeof value === 'boolean') output.byte(value ? TRUE : FALSE);
  else if (typeof value === 'bigint') writeNumber(Number(value));
  else if (typeof value === 'number') writeNumber(value);
  else if (typeof value === 'string') writeText(value);
  else if (value instanceof Uint8Array) writeString(BYTES, value);
  else if (Array.isArray(value)) {
    head(ARRAY, value.length);
    for (const item of value as readonly CborValue[]) write(item);
  } else writeMap(value as Readonly<Record<string, CborValue>>);
}

/** @param argument integer in [0, 2^53) */
function head(major: number, argument: number): void {
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

function writeString(major: number, bytes: Uint8Array): void {
  head(major, bytes.length);
  output.push(bytes);
}

/** ASCII, as all labels are, needs no encoder. */
function writeText(text: string): void {
  if (!isAscii(text)) {
    writeString(TEXT, utf8(text));
    return;
  }
  head(TEXT, text.length);
  for (let i = 0; i < text.length; i += 1) output.byte(text.charCodeAt(i));
}

export function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}

/** Keys in the order of their encodings: that is by length first, which their heads begin with. */
function writeMap(map: Readonly<Record<string, CborValue>>): void {
  const entries = Object.entries(map).map(([key, value]) => [utf8(key), value] as const);
  entries.sort(([a], [b]) => a.length - b.length || compareBytes(a, b));
  head(MAP, entries.length);
  for (const [key, value] of entries) {
    writeString(TEXT, key);
    write(value);
  }
}

function writeNumber(value: number): void {
  if (Number.isInteger(value)) {
    if (value >= 0) head(UNSIGNED, value);
    else head(NEGATIVE, -1 - value);
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
