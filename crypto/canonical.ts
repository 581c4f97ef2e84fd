/**
 * Deterministic CBOR (RFC 8949 §4.2) for everything that is signed, hashed or derived from (PROTOCOL §3).
 *
 * Security: one value has one encoding and one encoding one value. Whatever is accepted encodes again to the
 * very same bytes, so nobody can give two parties the "same" message under two hashes. Input to
 * `decodeCanonical` is attacker-controlled.
 */
import { decode } from 'cborg';
import { backend } from '#crypto-backend';
import { type CborValue, isAscii, withCborBytes } from './cbor-encode.js';

export type { CborValue };

/** Not canonical CBOR, or a value that has no canonical encoding here. The message never shows contents. */
export class CanonicalError extends Error {
  readonly code = 'MALFORMED';
  constructor(reason: string) {
    super(`MALFORMED: ${reason}`);
    this.name = 'CanonicalError';
  }
}

/** Arrays and maps inside one another. Deeper input is refused before anything recurses into it. */
export const MAX_DEPTH = 32;

const DECODE_OPTIONS = {
  strict: true,
  allowIndefinite: false,
  allowUndefined: false,
  allowInfinity: false,
  allowNaN: false,
  allowBigInt: false,
  rejectDuplicateMapKeys: true,
} as const;

/**
 * @param value integers lie within ±(2^53 − 1), as number or bigint; other numbers have a fractional part
 *   and are finite; strings are well formed and do not start with a byte order mark; no undefined, no −0.
 * @throws CanonicalError otherwise, TypeError for a type that CBOR values here do not have.
 */
export const encodeCanonical = (value: CborValue): Uint8Array => withCanonical(value, copied);

const copied = (bytes: Uint8Array): Uint8Array => bytes.slice();

/**
 * `encodeCanonical` for who reads the encoding once and needs no copy.
 * @param read gets the bytes as long as it runs; it encodes nothing itself
 */
export function withCanonical<T>(value: CborValue, read: (encoding: Uint8Array) => T): T {
  requireEncodable(value, 0);
  return withCborBytes(value, read);
}

/**
 * @returns the one value that these bytes encode; numbers, never bigints; plain objects for maps.
 * @throws CanonicalError for anything but the canonical encoding of exactly one value.
 */
export function decodeCanonical(bytes: Uint8Array): CborValue {
  if (!(bytes instanceof Uint8Array)) throw new TypeError('bytes: expected a Uint8Array');
  requireStructure(bytes);
  let value: CborValue;
  let isCanonical: boolean;
  try {
    value = decode(bytes, DECODE_OPTIONS) as CborValue;
    isCanonical = withCanonical(
      value,
      (again) => again.length === bytes.length && backend.timingSafeEqual(again, bytes),
    );
  } catch {
    throw new CanonicalError('not a value that canonical CBOR can carry');
  }
  if (!isCanonical) throw new CanonicalError('not the canonical encoding'); // check: C14
  return value;
}

function requireEncodable(value: unknown, depth: number): void {
  switch (typeof value) {
    case 'boolean':
      return;
    case 'string':
      return requireText(value);
    case 'number':
      return requireNumber(value);
    case 'bigint':
      if (value > BigInt(Number.MAX_SAFE_INTEGER) || value < BigInt(Number.MIN_SAFE_INTEGER)) {
        throw new CanonicalError('an integer beyond 2^53 − 1');
      }
      return;
    case 'object':
      return requireContainer(value, depth);
    default:
      throw new TypeError(`value: ${typeof value} has no canonical encoding`);
  }
}

function requireContainer(value: object | null, depth: number): void {
  if (value === null || value instanceof Uint8Array) return;
  if (depth >= MAX_DEPTH) throw new CanonicalError('nested too deeply');
  if (Array.isArray(value)) {
    for (const item of value) requireEncodable(item, depth + 1);
    return;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    throw new TypeError('value: expected plain objects, arrays and Uint8Arrays only');
  }
  for (const [key, item] of Object.entries(value)) {
    if (key === '__proto__') throw new CanonicalError('a key that JavaScript treats specially');
    requireText(key);
    requireEncodable(item, depth + 1);
  }
}

function requireNumber(value: number): void {
  if (!Number.isFinite(value)) throw new CanonicalError('a number that is not finite');
  if (Object.is(value, -0)) throw new CanonicalError('negative zero');
  if (Number.isInteger(value) && !Number.isSafeInteger(value))
    throw new CanonicalError('an integer beyond 2^53 − 1');
}

/** Lone surrogates would all become U+FFFD: two values, one encoding. A byte order mark is lost in decoding. */
function requireText(value: string): void {
  if (isAscii(value)) return;
  if (/\p{Surrogate}/u.test(value)) throw new CanonicalError('text that is not well-formed Unicode');
  if (value.startsWith('\ufeff')) throw new CanonicalError('text that starts with a byte order mark');
}

/**
 * Walks the heads of all items without recursion: refuses indefinite lengths, tags, excess depth and
 * missing or trailing bytes, so that a few kilobytes of '[[[[…' cannot exhaust the decoder's stack.
 */
function requireStructure(bytes: Uint8Array): void {
  const open: number[] = []; // items still to come, per open array or map
  let position = 0;
  do {
    const first = bytes[position];
    if (first === undefined) throw new CanonicalError('ends too early');
    const major = first >>> 5;
    const bytesOfArgument = argumentBytes(first & 31);
    position += 1 + bytesOfArgument;
    if (position > bytes.length) throw new CanonicalError('ends too early');
    const argument =
      bytesOfArgument === 0 ? first & 31 : readNumber(bytes, position - bytesOfArgument, position);
    if (major === 2 || major === 3) position += argument;
    if (position > bytes.length) throw new CanonicalError('ends too early');
    if (major === 6) throw new CanonicalError('tags are not used');
    if (open.length > 0) (open[open.length - 1] as number) -= 1;
    if (major === 4 || major === 5) {
      if (open.length >= MAX_DEPTH) throw new CanonicalError('nested too deeply');
      open.push(major === 4 ? argument : 2 * argument);
    }
    while (open[open.length - 1] === 0) open.pop();
  } while (open.length > 0);
  if (position !== bytes.length) throw new CanonicalError('bytes after the end');
}

/** How many bytes after a head's first one hold its argument. @param additional the low five bits of that one */
function argumentBytes(additional: number): number {
  if (additional < 24) return 0;
  if (additional > 27) throw new CanonicalError('indefinite or reserved length');
  return 1 << (additional - 24);
}

/** Most significant byte first. Above 2^53 it loses bits, but is then too long for any input. */
function readNumber(bytes: Uint8Array, from: number, to: number): number {
  let number = 0;
  for (let i = from; i < to; i += 1) number = number * 256 + (bytes[i] as number);
  return number;
}
