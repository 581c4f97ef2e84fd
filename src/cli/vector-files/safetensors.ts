/**
 * The .safetensors format: the header's length (8 bytes, little-endian), a JSON header, then the tensors' bytes.
 * As strict as the format's own reader: the tensors fill the rest of the file exactly, without gaps or overlaps,
 * and no name appears twice. Metadata is read past, not kept.
 */
import { checkShape, ELEMENTS, fittingDtype, readElements, writeElements } from './elements.js';
import { parseJson } from './json-text.js';
import { type Dtype, elementCount, type NamedVector, quoted, unreadable, unwritable } from './vector.js';

/** The limit the reference reader has. */
const MAX_HEADER_BYTES = 100_000_000;
const MAX_DIMENSIONS = 64;
const METADATA = '__metadata__';

const DTYPES: Readonly<Record<string, Dtype>> = {
  F64: 'float64',
  F32: 'float32',
  F16: 'float16',
  BF16: 'bfloat16',
  I64: 'int64',
  I32: 'int32',
  I16: 'int16',
  I8: 'int8',
  U64: 'uint64',
  U32: 'uint32',
  U16: 'uint16',
  U8: 'uint8',
  BOOL: 'bool',
};
const CODES = new Map(Object.entries(DTYPES).map(([code, dtype]) => [dtype, code]));

interface Entry {
  name: string;
  dtype: Dtype;
  shape: number[];
  begin: number;
  end: number;
}

/** The vectors in the order of the header. @throws VectorFileError */
export function parseSafetensors(bytes: Uint8Array): NamedVector[] {
  const { header, dataAt } = readHeader(bytes);
  const entries = Object.entries(header)
    .filter(([name]) => name !== METADATA)
    .map(([name, value]) => parseEntry(name, value));
  checkOffsets(entries, bytes.length - dataAt);

  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return entries.map(({ name, dtype, shape, begin }) => ({
    name,
    shape,
    dtype,
    values: readElements(view, dtype, { at: dataAt + begin, count: elementCount(shape) }),
  }));
}

/** @throws VectorFileError for a name that appears twice or is reserved. */
export function formatSafetensors(vectors: readonly NamedVector[]): Uint8Array {
  const names = vectors.map(({ name }) => name);
  const bad = names.find((name, i) => name === METADATA || names.indexOf(name) !== i);
  if (bad !== undefined) throw unwritable(`the name ${quoted(bad)} appears twice or is reserved`);

  const entries = vectors.map((vector) => {
    checkShape(vector);
    const dtype = fittingDtype(vector, Object.values(DTYPES));
    return { vector, dtype, begin: 0 };
  });
  // Largest elements first keeps every tensor aligned; the header keeps the caller's order.
  let dataBytes = 0;
  for (const entry of [...entries].sort((a, b) => ELEMENTS[b.dtype].size - ELEMENTS[a.dtype].size)) {
    entry.begin = dataBytes;
    dataBytes += entry.vector.values.length * ELEMENTS[entry.dtype].size;
  }
  const header = entries.map(({ vector: { name, shape, values }, dtype, begin }) => {
    const data_offsets = [begin, begin + values.length * ELEMENTS[dtype].size];
    return `${JSON.stringify(name)}:${JSON.stringify({ dtype: CODES.get(dtype), shape, data_offsets })}`;
  });
  const headerBytes = new TextEncoder().encode(`{${header.join(',')}}`);
  const dataAt = 8 + Math.ceil(headerBytes.length / 8) * 8;

  const bytes = new Uint8Array(dataAt + dataBytes).fill(0x20, 8, dataAt);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, dataAt - 8, true);
  bytes.set(headerBytes, 8);
  for (const { vector, dtype, begin } of entries) writeElements(view, dtype, dataAt + begin, vector.values);
  return bytes;
}

function readHeader(bytes: Uint8Array): { header: object; dataAt: number } {
  if (bytes.length < 8)
    throw unreadable(`not a .safetensors file: ${bytes.length} bytes, fewer than its first field`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getUint32(4, true) === 0 ? view.getUint32(0, true) : Infinity;
  if (length > MAX_HEADER_BYTES || 8 + length > bytes.length) {
    throw unreadable(`the header length at byte 0 is larger than the file or than ${MAX_HEADER_BYTES}`);
  }
  if (bytes[8] !== 0x7b)
    throw unreadable("not a .safetensors file: the header at byte 8 does not begin with '{'");
  const header = parseJson(bytes.subarray(8, 8 + length), 8);
  if (typeof header !== 'object' || header === null) throw unreadable('the header is no JSON object');
  return { header, dataAt: 8 + length };
}

function parseEntry(name: string, value: unknown): Entry {
  const tensor = `tensor ${quoted(name)}`;
  const { dtype: code, shape, data_offsets: offsets, ...others } = Object(value) as Record<string, unknown>;
  const unknownKey = Object.keys(others)[0];
  if (unknownKey !== undefined) throw unreadable(`${tensor}: unknown field ${quoted(unknownKey)}`);
  const dtype = typeof code === 'string' && Object.hasOwn(DTYPES, code) ? DTYPES[code] : undefined;
  if (dtype === undefined) throw unreadable(`${tensor}: dtype ${quoted(String(code))} is not supported`);
  if (!isSizes(shape) || shape.length > MAX_DIMENSIONS) {
    throw unreadable(`${tensor}: its shape is no list of up to ${MAX_DIMENSIONS} whole numbers`);
  }
  const [begin, end, ...more] = isSizes(offsets) ? offsets : [];
  if (begin === undefined || end === undefined || more.length > 0) {
    throw unreadable(`${tensor}: data_offsets are not two whole numbers`);
  }
  const expected = elementCount(shape) * ELEMENTS[dtype].size;
  if (end - begin !== expected) {
    throw unreadable(
      `${tensor}: shape [${shape.join(', ')}] of ${dtype} needs ${expected} bytes, it has ${end - begin}`,
    );
  }
  return { name, dtype, shape, begin, end };
}

/** Every byte of data belongs to exactly one tensor. */
function checkOffsets(entries: readonly Entry[], dataBytes: number): void {
  let reached = 0;
  for (const { name, begin, end } of [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== reached) {
      const where = `data byte ${begin}, the one before it ends at ${reached}`;
      throw unreadable(`tensor ${quoted(name)} leaves a gap or overlaps: it begins at ${where}`);
    }
    reached = end;
  }
  if (reached !== dataBytes) {
    const problem = reached > dataBytes ? 'cut short' : 'too long';
    throw unreadable(
      `${problem}: the tensors take ${reached} bytes, the file has ${dataBytes} after its header`,
    );
  }
}

const isSizes = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);
