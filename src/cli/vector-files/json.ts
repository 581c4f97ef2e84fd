/**
 * Vectors as JSON: `[1, 2, 3]` is one vector, `{"weights": [[1, 2], [3, 4]], "count": 12}` several named ones, nested
 * arrays are dimensions. Numbers are float64. An empty vector is written as `[]`, whatever its other dimensions.
 */
import { checkShape } from './elements.js';
import { parseJson } from './json-text.js';
import { type NamedVector, quoted, unreadable, unwritable } from './vector.js';

const MAX_DIMENSIONS = 64;

/** @param name of the vector when the file is an array. @throws VectorFileError */
export function parseJsonVectors(bytes: Uint8Array, name: string): NamedVector[] {
  const value = parseJson(bytes);
  if (Array.isArray(value)) return [{ ...toVector(name, value, 'the array'), unnamed: true }];
  if (typeof value !== 'object' || value === null) {
    throw unreadable('the JSON is neither an array of numbers nor an object of named arrays');
  }
  return Object.entries(value).map(([key, item]) => toVector(key, item, quoted(key)));
}

/** An array for a single vector without a name of its own, otherwise an object. @throws VectorFileError */
export function formatJsonVectors(vectors: readonly NamedVector[]): Uint8Array {
  const names = new Set(vectors.map(({ name }) => name));
  if (names.size < vectors.length) throw unwritable('two vectors have the same name');
  const parts = vectors.map((vector) => {
    checkShape(vector);
    if (!vector.values.every((value: number) => Number.isFinite(value))) {
      throw unwritable(`vector ${quoted(vector.name)} has a value that JSON cannot hold (NaN or infinity)`);
    }
    return { vector, text: nestedText(vector) };
  });
  const [first] = parts;
  const text =
    first?.vector.unnamed === true && parts.length === 1
      ? first.text
      : `{${parts.map(({ vector, text: array }) => `${JSON.stringify(vector.name)}:${array}`).join(',\n ')}}`;
  return new TextEncoder().encode(`${text}\n`);
}

function toVector(name: string, value: unknown, what: string): NamedVector {
  const shape: number[] = [];
  for (let level = value; Array.isArray(level); level = level[0] as unknown) shape.push(level.length);
  if (shape.length > MAX_DIMENSIONS)
    throw unreadable(`${what} is nested deeper than ${MAX_DIMENSIONS} levels`);

  const values: number[] = [];
  const collect = (item: unknown, axis: number): void => {
    if (axis < shape.length) {
      if (!Array.isArray(item) || item.length !== shape[axis]) {
        throw unreadable(`${what} is ragged: rows of one level must all be arrays of the same length`);
      }
      for (const inner of item as unknown[]) collect(inner, axis + 1);
    } else if (typeof item === 'number' && Number.isFinite(item)) {
      values.push(item);
    } else {
      const kind = Array.isArray(item) ? 'an array' : item === null ? 'null' : `a ${typeof item}`;
      throw unreadable(
        `${what}: number ${values.length} is ${typeof item === 'number' ? 'too large' : `${kind}, not a number`}`,
      );
    }
  };
  collect(value, 0);
  return { name, shape, dtype: 'float64', values: Float64Array.from(values) };
}

function nestedText({ shape, values }: NamedVector): string {
  if (values.length === 0) return '[]';
  let at = 0;
  const render = (axis: number): string => {
    const dimension = shape[axis];
    // −0 would be written as 0, which is the same number to everyone who adds.
    if (dimension === undefined) return JSON.stringify(values[at++]);
    return `[${Array.from({ length: dimension }, () => render(axis + 1)).join(',')}]`;
  };
  return render(0);
}
