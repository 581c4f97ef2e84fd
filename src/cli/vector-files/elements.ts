/** Reading and writing single elements: the one table of sizes, conversions and ranges behind .npy and .safetensors. */
import { bfloat16Bits, bfloat16Value, float16Bits, float16Value } from './half.js';
import { type Dtype, type NamedVector, quoted, unreadable, unwritable } from './vector.js';

interface Element {
  /** Bytes per element. */
  size: number;
  read: (view: DataView, at: number, littleEndian: boolean) => number;
  write: (view: DataView, at: number, value: number) => void;
  /** Whether a value can be written so that it stays what it is (integers) or is only rounded (floats). */
  holds: (value: number) => boolean;
}

const TWO_32 = 2 ** 32;

const integerIn = (min: number, max: number) => (value: number) =>
  Number.isInteger(value) && value >= min && value <= max;

const floatUpTo = (toNearest: (value: number) => number) => (value: number) =>
  !Number.isFinite(value) || Number.isFinite(toNearest(value));

/** Two 32-bit halves as a number: exact for every safe integer, and never rounded into one from outside. */
function read64(view: DataView, at: number, littleEndian: boolean, signed: boolean): number {
  const highAt = littleEndian ? at + 4 : at;
  const high = signed ? view.getInt32(highAt, littleEndian) : view.getUint32(highAt, littleEndian);
  const low = view.getUint32(littleEndian ? at : at + 4, littleEndian);
  const value = high * TWO_32 + low;
  if (!Number.isSafeInteger(value)) {
    throw unreadable(`the integer at byte ${at} is beyond ±(2^53 − 1) and cannot be summed exactly`);
  }
  return value;
}

function write64(view: DataView, at: number, value: number): void {
  view.setUint32(at, value % TWO_32, true);
  view.setInt32(at + 4, Math.floor(value / TWO_32), true);
}

function readBool(view: DataView, at: number): number {
  const byte = view.getUint8(at);
  if (byte > 1) throw unreadable(`byte ${at} is ${byte}, but a bool is 0 or 1`);
  return byte;
}

export const ELEMENTS: Readonly<Record<Dtype, Element>> = {
  float64: {
    size: 8,
    read: (view, at, little) => view.getFloat64(at, little),
    write: (view, at, value) => view.setFloat64(at, value, true),
    holds: () => true,
  },
  float32: {
    size: 4,
    read: (view, at, little) => view.getFloat32(at, little),
    write: (view, at, value) => view.setFloat32(at, value, true),
    holds: floatUpTo(Math.fround),
  },
  float16: {
    size: 2,
    read: (view, at, little) => float16Value(view.getUint16(at, little)),
    write: (view, at, value) => view.setUint16(at, float16Bits(value), true),
    holds: floatUpTo((value) => float16Value(float16Bits(value))),
  },
  bfloat16: {
    size: 2,
    read: (view, at, little) => bfloat16Value(view.getUint16(at, little)),
    write: (view, at, value) => view.setUint16(at, bfloat16Bits(value), true),
    holds: floatUpTo((value) => bfloat16Value(bfloat16Bits(value))),
  },
  int64: {
    size: 8,
    read: (view, at, little) => read64(view, at, little, true),
    write: write64,
    holds: Number.isSafeInteger,
  },
  int32: {
    size: 4,
    read: (view, at, little) => view.getInt32(at, little),
    write: (view, at, value) => view.setInt32(at, value, true),
    holds: integerIn(-(2 ** 31), 2 ** 31 - 1),
  },
  int16: {
    size: 2,
    read: (view, at, little) => view.getInt16(at, little),
    write: (view, at, value) => view.setInt16(at, value, true),
    holds: integerIn(-(2 ** 15), 2 ** 15 - 1),
  },
  int8: {
    size: 1,
    read: (view, at) => view.getInt8(at),
    write: (view, at, value) => view.setInt8(at, value),
    holds: integerIn(-128, 127),
  },
  uint64: {
    size: 8,
    read: (view, at, little) => read64(view, at, little, false),
    write: write64,
    holds: integerIn(0, Number.MAX_SAFE_INTEGER),
  },
  uint32: {
    size: 4,
    read: (view, at, little) => view.getUint32(at, little),
    write: (view, at, value) => view.setUint32(at, value, true),
    holds: integerIn(0, TWO_32 - 1),
  },
  uint16: {
    size: 2,
    read: (view, at, little) => view.getUint16(at, little),
    write: (view, at, value) => view.setUint16(at, value, true),
    holds: integerIn(0, 2 ** 16 - 1),
  },
  uint8: {
    size: 1,
    read: (view, at) => view.getUint8(at),
    write: (view, at, value) => view.setUint8(at, value),
    holds: integerIn(0, 255),
  },
  bool: {
    size: 1,
    read: readBool,
    write: (view, at, value) => view.setUint8(at, value),
    holds: integerIn(0, 1),
  },
};

/** An empty array of the kind a dtype's values are kept in. `count` must already be checked against the file's size. */
export const valuesFor = (dtype: Dtype, count: number): Float64Array | Float32Array =>
  dtype === 'float32' || dtype === 'float16' || dtype === 'bfloat16'
    ? new Float32Array(count)
    : new Float64Array(count);

/** `count` elements from byte `at` on. The caller has checked that they are all there. */
export function readElements(
  view: DataView,
  dtype: Dtype,
  { at, count, littleEndian = true }: { at: number; count: number; littleEndian?: boolean },
): Float64Array | Float32Array {
  const { size, read } = ELEMENTS[dtype];
  const values = valuesFor(dtype, count);
  for (let i = 0; i < count; i++) values[i] = read(view, at + i * size, littleEndian);
  return values;
}

/** Writes the values little-endian from byte `at` on; returns the byte after them. */
export function writeElements(view: DataView, dtype: Dtype, at: number, values: ArrayLike<number>): number {
  const { size, write } = ELEMENTS[dtype];
  for (let i = 0; i < values.length; i++) write(view, at + i * size, values[i] ?? 0);
  return at + values.length * size;
}

const FALLBACKS: Readonly<Partial<Record<Dtype, readonly Dtype[]>>> = {
  float64: ['float64'],
  float32: ['float32', 'float64'],
  float16: ['float16', 'float32', 'float64'],
  bfloat16: ['bfloat16', 'float32', 'float64'],
};

/**
 * The dtype to write a vector with: its own when that holds every value. A sum may have outgrown it: integers and
 * bools then become int64, or float64 when some value is no safe integer (a mean, say); floats too large for their
 * type become the next larger one. Floats are rounded to their type, never widened to keep digits.
 */
export function fittingDtype({ name, dtype, values }: NamedVector, supported: readonly Dtype[]): Dtype {
  if (!Object.hasOwn(ELEMENTS, dtype)) throw unwritable(`vector ${quoted(name)} has unknown dtype ${dtype}`);
  const wanted = dtype as Dtype;
  for (const candidate of FALLBACKS[wanted] ?? [wanted, 'int64', 'float64']) {
    const { holds } = ELEMENTS[candidate];
    if (supported.includes(candidate) && values.every((value: number) => holds(value))) return candidate;
  }
  return 'float64';
}

/** @throws VectorFileError when a vector's shape does not describe its values: a mistake of ours, kept out of files. */
export function checkShape({ name, shape, values }: NamedVector): void {
  const count = shape.reduce((product, dimension) => product * dimension, 1);
  const whole = shape.every((dimension) => Number.isSafeInteger(dimension) && dimension >= 0);
  if (!whole || count !== values.length) {
    throw unwritable(`vector ${quoted(name)} has ${values.length} values but shape (${shape.join(', ')})`);
  }
}
