/** Deterministic CBOR (PROTOCOL §3.1): encoding, and a decoder that takes exactly what encodes to the same bytes again. */

export type Value =
  null | boolean | number | string | Buffer | readonly Value[] | { readonly [key: string]: Value };

/** Whatever is not as the specification has it. */
export class Malformed extends Error {}
export function need(condition: boolean, why = 'not of the specified form'): asserts condition {
  if (!condition) throw new Malformed(why);
}

const DEEPEST = 32;
const FALSE = 20;
const TRUE = 21;
const NULL = 22;
const [HALF, SINGLE, DOUBLE] = [25, 26, 27];

function head(major: number, argument: number): Buffer {
  const first = major << 5;
  if (argument < 24) return Buffer.of(first | argument);
  if (argument < 2 ** 8) return Buffer.of(first | 24, argument);
  const wide = Buffer.alloc(9);
  wide.writeBigUInt64BE(BigInt(argument), 1);
  const width = argument < 2 ** 16 ? 2 : argument < 2 ** 32 ? 4 : 8;
  wide[8 - width] = first | { 2: 25, 4: 26, 8: 27 }[width];
  return wide.subarray(8 - width);
}

export function encode(value: Value): Buffer {
  if (value === null) return Buffer.of(0xe0 | NULL);
  if (typeof value === 'boolean') return Buffer.of(0xe0 | (value ? TRUE : FALSE));
  if (typeof value === 'number') return encodeNumber(value);
  if (typeof value === 'string') {
    const bytes = Buffer.from(value);
    return Buffer.concat([head(3, bytes.length), bytes]);
  }
  if (Buffer.isBuffer(value)) return Buffer.concat([head(2, value.length), value]);
  if (Array.isArray(value)) return Buffer.concat([head(4, value.length), ...value.map(encode)]);
  // Shorter keys have the smaller head, so that comparing encodings is the order of the specification.
  const entries = Object.entries(value).map(([key, item]) => [encode(key), encode(item)] as const);
  entries.sort(([a], [b]) => a.compare(b));
  return Buffer.concat([head(5, entries.length), ...entries.flat()]);
}

function encodeNumber(value: number): Buffer {
  if (Number.isInteger(value)) {
    need(Number.isSafeInteger(value) && !Object.is(value, -0));
    return value >= 0 ? head(0, value) : head(1, -1 - value);
  }
  need(Number.isFinite(value));
  const half = toHalf(value);
  if (half !== null) return Buffer.of(0xe0 | HALF, half >> 8, half & 0xff);
  const bytes = Buffer.alloc(9);
  if (Math.fround(value) === value) {
    bytes[0] = 0xe0 | SINGLE;
    bytes.writeFloatBE(value, 1);
    return bytes.subarray(0, 5);
  }
  bytes[0] = 0xe0 | DOUBLE;
  bytes.writeDoubleBE(value, 1);
  return bytes;
}

const fromHalf = (bits: number): number => {
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
  const size = exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25);
  return bits & 0x8000 ? -size : size;
};

/** Null: half precision does not have the number. */
function toHalf(value: number): number | null {
  const size = Math.abs(value);
  const exponent = Math.max(Math.floor(Math.log2(size)), -14);
  const units = size / 2 ** (exponent - 10);
  const bits = (value < 0 ? 0x8000 : 0) | (units < 1024 ? units : ((exponent + 15) << 10) | (units - 1024));
  return exponent <= 15 && fromHalf(bits) === value ? bits : null;
}

class Reader {
  at = 0;
  constructor(readonly bytes: Buffer) {}

  take(length: number): Buffer {
    need(this.at + length <= this.bytes.length, 'it ends too early');
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  item(depth = 0): Value {
    const first = this.take(1).readUInt8();
    const [major, additional] = [first >> 5, first & 31];
    if (major === 7) return this.#simple(additional);
    need(additional < 28);
    const width = additional < 24 ? 0 : 2 ** (additional - 24);
    const argument = width === 0 ? additional : Number(`0x${this.take(width).toString('hex')}`);
    need(argument <= Number.MAX_SAFE_INTEGER);
    if (major === 0) return argument;
    if (major === 1) return -1 - argument;
    if (major === 2) return this.take(argument);
    if (major === 3) return textOf(this.take(argument));
    need((major === 4 || major === 5) && depth < DEEPEST && argument <= this.bytes.length);
    const indices = [...Array(argument).keys()];
    if (major === 4) return indices.map(() => this.item(depth + 1));
    const entries = indices.map(() => [this.item(depth + 1), this.item(depth + 1)] as const);
    for (const [key] of entries) need(typeof key === 'string' && key !== '__proto__');
    need(new Set(entries.map(([key]) => key)).size === entries.length);
    return Object.fromEntries(entries) as Value;
  }

  #simple(additional: number): Value {
    if (additional === NULL) return null;
    if (additional === TRUE || additional === FALSE) return additional === TRUE;
    if (additional === HALF) return fromHalf(this.take(2).readUInt16BE());
    if (additional === SINGLE) return this.take(4).readFloatBE();
    need(additional === DOUBLE);
    return this.take(8).readDoubleBE();
  }
}

/** @throws Malformed */
export function decode(bytes: Buffer): Value {
  const value = new Reader(bytes).item();
  need(encode(value).equals(bytes), 'not the one encoding of this value');
  return value;
}

export function textOf(bytes: Buffer): string {
  const text = bytes.toString();
  need(Buffer.from(text).equals(bytes) && !text.startsWith('\ufeff'), 'not text');
  return text;
}

/** The byte strings of a CBOR sequence (RFC 8742). @throws Malformed */
export function sequence(bytes: Buffer): Buffer[] {
  const reader = new Reader(bytes);
  const items: Buffer[] = [];
  while (reader.at < bytes.length) {
    const from = reader.at;
    const item = reader.item();
    need(Buffer.isBuffer(item) && encode(item).equals(bytes.subarray(from, reader.at)));
    items.push(item);
  }
  return items;
}
