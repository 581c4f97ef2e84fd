/** Raw little-endian float32 values and nothing else: no header, so no name and no shape but its length. */
import { checkShape, ELEMENTS, readElements, writeElements } from './elements.js';
import { type NamedVector, quoted, unreadable, unwritable } from './vector.js';

/** @throws VectorFileError when the length is not a multiple of four bytes. */
export function parseRawF32(bytes: Uint8Array, name: string): NamedVector {
  if (bytes.length % 4 !== 0)
    throw unreadable(`${bytes.length} bytes are not a whole number of 4-byte floats`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = bytes.length / 4;
  return { name, shape: [count], dtype: 'float32', values: readElements(view, 'float32', { at: 0, count }) };
}

/** Rounds to float32. @throws VectorFileError when a finite value is too large for that. */
export function formatRawF32(vector: NamedVector): Uint8Array {
  checkShape(vector);
  if (!vector.values.every((value: number) => ELEMENTS.float32.holds(value))) {
    throw unwritable(`vector ${quoted(vector.name)} has a value too large for float32`);
  }
  const bytes = new Uint8Array(vector.values.length * 4);
  writeElements(new DataView(bytes.buffer), 'float32', 0, vector.values);
  return bytes;
}
