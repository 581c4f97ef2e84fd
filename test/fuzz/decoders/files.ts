/** Vectors and models that somebody else wrote. */
import { readdirSync, readFileSync } from 'node:fs';
import { formatJsonVectors, parseJsonVectors } from '../../../src/cli/vector-files/json.js';
import { formatNpy, parseNpy } from '../../../src/cli/vector-files/npy.js';
import { formatRawF32, parseRawF32 } from '../../../src/cli/vector-files/raw-f32.js';
import { formatSafetensors, parseSafetensors } from '../../../src/cli/vector-files/safetensors.js';
import { type NamedVector, VectorFileError } from '../../../src/cli/vector-files/vector.js';
import { decodeModel, encodeModel, ModelFileError } from '../../../src/learning/model-file.js';
import { type Decoder, requireSame } from '../harness.js';

const NUMPY = new URL('../../interop/numpy/', import.meta.url);
const numpyFiles = (): Uint8Array[] =>
  readdirSync(NUMPY)
    .filter((name) => name.endsWith('.npy'))
    .map((name) => new Uint8Array(readFileSync(new URL(name, NUMPY))));

const some: readonly NamedVector[] = [
  { name: 'a', shape: [2, 2], dtype: 'float32', values: Float32Array.of(1, -2.5, 0, 4) },
  { name: 'b"ü', shape: [3], dtype: 'int16', values: Float64Array.of(1, -2, 300) },
  { name: 'c', shape: [], dtype: 'bool', values: Float64Array.of(1) },
];

/** No more values than the file has bytes, as many as the shape says, and writing gives something that reads the same. */
function checked(
  bytes: Uint8Array,
  parse: (bytes: Uint8Array) => NamedVector[],
  format: (vectors: readonly NamedVector[]) => Uint8Array,
): void {
  const vectors = parse(bytes);
  const count = vectors.reduce((sum, { values }) => sum + values.length, 0);
  if (count > bytes.length) throw new Error(`${count} values out of ${bytes.length} bytes`);
  for (const { shape, values } of vectors) {
    const product = shape.reduce((all, dimension) => all * dimension, 1);
    if (product !== values.length) throw new Error(`${values.length} values in a shape of ${product}`);
  }
  const written = format(vectors);
  requireSame(written, format(parse(written)));
}

const ownError = { type: VectorFileError, code: 'UNREADABLE_VECTOR_FILE' };

export const fileDecoders: readonly Decoder[] = [
  {
    folder: 'npy',
    codes: [],
    ownError,
    seeds: numpyFiles,
    check: (bytes) =>
      checked(
        bytes,
        (file) => [parseNpy(file, 'v')],
        ([vector]) => formatNpy(vector as NamedVector),
      ),
  },
  {
    folder: 'safetensors',
    codes: [],
    ownError,
    seeds: () => [formatSafetensors(some)],
    check: (bytes) => checked(bytes, parseSafetensors, formatSafetensors),
  },
  {
    folder: 'json',
    codes: [],
    ownError,
    check: (bytes) => checked(bytes, (file) => parseJsonVectors(file, 'v'), formatJsonVectors),
  },
  {
    folder: 'f32',
    codes: [],
    ownError,
    check: (bytes) =>
      checked(
        bytes,
        (file) => [parseRawF32(file, 'v')],
        ([vector]) => formatRawF32(vector as NamedVector),
      ),
  },
];

/** Apart from the others, because TensorFlow.js takes seconds to load. */
export const modelDecoder: Decoder = {
  folder: 'model',
  codes: [],
  ownError: { type: ModelFileError, code: 'UNREADABLE_MODEL' },
  async check(bytes) {
    const { model, meta } = await decodeModel(bytes);
    const written = encodeModel(model, meta);
    model.dispose();
    // TensorFlow.js reads past what it does not know of an architecture, so the first time bytes may differ.
    const again = await decodeModel(written);
    requireSame(written, encodeModel(again.model, again.meta));
    again.model.dispose();
  },
};
