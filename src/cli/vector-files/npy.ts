/**
 * NumPy's .npy format, versions 1.0 and 2.0 (numpy.lib.format): magic, version, header length, a Python dict that
 * names dtype, order and shape, then the elements. Reads what numpy.save writes for numbers and bools, in either
 * order and byte order; writes version 1.0, C order, little-endian.
 */
import { checkShape, ELEMENTS, fittingDtype, readElements, writeElements } from './elements.js';
import { type Dtype, elementCount, type NamedVector, shapeText, unreadable } from './vector.js';

const MAGIC = Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59); // \x93NUMPY
const MAX_DIMENSIONS = 64;

const DTYPES: Readonly<Record<string, Dtype>> = {
  f8: 'float64',
  f4: 'float32',
  f2: 'float16',
  i8: 'int64',
  i4: 'int32',
  i2: 'int16',
  i1: 'int8',
  u8: 'uint64',
  u4: 'uint32',
  u2: 'uint16',
  u1: 'uint8',
  b1: 'bool',
};
const CODES = new Map(Object.entries(DTYPES).map(([code, dtype]) => [dtype, code]));

interface Header {
  descr: string;
  fortranOrder: boolean;
  shape: number[];
}

/** @throws VectorFileError for anything but one array of numbers or bools that fills the file exactly. */
export function parseNpy(bytes: Uint8Array, name: string): NamedVector {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { start, end } = headerRange(view);
  const header = parseHeader(latin1(bytes.subarray(start, end)), start);
  const { dtype, littleEndian } = parseDescr(header.descr);

  const count = elementCount(header.shape);
  const expected = count * ELEMENTS[dtype].size;
  const present = bytes.length - end;
  if (present !== expected) {
    const size = `shape ${shapeText(header.shape)} of ${dtype} needs ${expected} bytes of data from byte ${end} on`;
    throw unreadable(`${present < expected ? 'cut short' : 'too long'}: ${size}, the file has ${present}`);
  }
  const values = readElements(view, dtype, { at: end, count, littleEndian });
  return {
    name,
    shape: header.shape,
    dtype,
    values: header.fortranOrder ? toCOrder(values, header.shape) : values,
  };
}

/** @throws VectorFileError when shape and values do not belong together. */
export function formatNpy(vector: NamedVector): Uint8Array {
  checkShape(vector);
  const dtype = fittingDtype(vector, Object.values(DTYPES));
  const { size } = ELEMENTS[dtype];
  const descr = `${size === 1 ? '|' : '<'}${CODES.get(dtype)}`;
  const dict = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${shapeText(vector.shape)}, }`;
  // Spaces and a newline until the data starts at a multiple of 64, as numpy does it.
  const dataAt = Math.ceil((10 + dict.length + 1) / 64) * 64;
  const bytes = new Uint8Array(dataAt + vector.values.length * size).fill(0x20, 10, dataAt - 1);
  const view = new DataView(bytes.buffer);
  bytes.set(MAGIC);
  bytes.set([1, 0], 6);
  view.setUint16(8, dataAt - 10, true);
  for (let i = 0; i < dict.length; i++) bytes[10 + i] = dict.charCodeAt(i);
  bytes[dataAt - 1] = 0x0a;
  writeElements(view, dtype, dataAt, vector.values);
  return bytes;
}

function headerRange(view: DataView): { start: number; end: number } {
  if (view.byteLength < 10 || MAGIC.some((byte, i) => view.getUint8(i) !== byte)) {
    throw unreadable('not a .npy file: it does not begin with \\x93NUMPY');
  }
  const version = `${view.getUint8(6)}.${view.getUint8(7)}`;
  if (version !== '1.0' && version !== '2.0') {
    throw unreadable(`.npy version ${version} (byte 6) is not supported, only 1.0 and 2.0`);
  }
  const start = version === '1.0' ? 10 : 12;
  const length =
    start > view.byteLength ? Infinity : start === 10 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (start + length > view.byteLength) {
    throw unreadable(`cut short: the file ends inside the header that begins at byte ${start}`);
  }
  return { start, end: start + length };
}

/** The dict as numpy's own reader demands it: these three keys, each once, and nothing else. */
function parseHeader(text: string, start: number): Header {
  const found = new Map<string, string>();
  let at = 0;
  const take = (pattern: RegExp, what: string): RegExpExecArray => {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match === null) throw unreadable(`header, byte ${start + at}: expected ${what}`);
    at = pattern.lastIndex;
    return match;
  };

  take(/\s*\{\s*/y, "'{'");
  while (text[at] !== '}') {
    const keyAt = at;
    const key = take(/'(descr|fortran_order|shape)'\s*:\s*/y, "'descr', 'fortran_order' or 'shape'")[1] ?? '';
    if (found.has(key)) throw unreadable(`header, byte ${start + keyAt}: '${key}' appears twice`);
    found.set(key, takeValue(key, take));
    if (text[at] !== '}') take(/\s*(,\s*|(?=\}))/y, "',' or '}'");
  }
  take(/\}\s*$/y, 'nothing but spaces after the dict');

  const [descr, order, shape] = [found.get('descr'), found.get('fortran_order'), found.get('shape')];
  if (descr === undefined || order === undefined || shape === undefined) {
    throw unreadable(`header, byte ${start}: it must have 'descr', 'fortran_order' and 'shape'`);
  }
  return { descr, fortranOrder: order === 'True', shape: parseShape(shape) };
}

function takeValue(key: string, take: (pattern: RegExp, what: string) => RegExpExecArray): string {
  if (key === 'fortran_order') return take(/(True|False)\s*/y, 'True or False')[1] ?? '';
  if (key === 'shape') {
    return take(/\(\s*((?:\d{1,16}\s*,\s*)*(?:\d{1,16}\s*)?)\)\s*/y, 'a tuple of whole numbers')[1] ?? '';
  }
  return take(/'([^'\\]{1,40})'\s*/y, 'one simple dtype (records are not supported)')[1] ?? '';
}

function parseShape(tuple: string): number[] {
  const shape = tuple
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map(Number);
  if (shape.length > MAX_DIMENSIONS)
    throw unreadable(`${shape.length} dimensions, more than ${MAX_DIMENSIONS}`);
  if (!shape.every(Number.isSafeInteger)) throw unreadable(`shape ${shapeText(shape)} is out of range`);
  return shape;
}

function parseDescr(descr: string): { dtype: Dtype; littleEndian: boolean } {
  const [, order, code = ''] = /^([<>|=])(.*)$/.exec(descr) ?? [];
  const dtype = Object.hasOwn(DTYPES, code) ? DTYPES[code] : undefined;
  if (code.startsWith('O')) throw unreadable('it holds Python objects, not numbers (dtype object)');
  if (dtype === undefined || order === '=' || (order === '|') !== (ELEMENTS[dtype].size === 1)) {
    throw unreadable(`dtype ${JSON.stringify(descr)} is not supported, only floats, integers and bools`);
  }
  return { dtype, littleEndian: order !== '>' };
}

/** First index fastest → last index fastest. */
function toCOrder(
  values: Float64Array | Float32Array,
  shape: readonly number[],
): Float64Array | Float32Array {
  const strides: number[] = [];
  shape.reduce((stride, dimension, axis) => {
    strides[axis] = stride;
    return stride * dimension;
  }, 1);
  const result = values.slice();
  const index = shape.map(() => 0);
  for (let i = 0, from = 0; i < result.length; i++) {
    result[i] = values[from] ?? 0;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const [dimension, stride, position] = [shape[axis] ?? 0, strides[axis] ?? 0, (index[axis] ?? 0) + 1];
      if (position < dimension) {
        index[axis] = position;
        from += stride;
        break;
      }
      index[axis] = 0;
      from -= stride * (dimension - 1);
    }
  }
  return result;
}

function latin1(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}
