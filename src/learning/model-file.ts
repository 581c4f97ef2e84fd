/**
 * A model as bytes: what an operator hands to a session as its input, and what a client makes a model of. Canonical
 * (RFC 8949 §4.2): the same model and meta give the same bytes, so that their hash names them.
 *
 *   { "v": 1, "meta": { * text => number / text }, "architecture": text (JSON, keys sorted),
 *     "vectors": [ * { "name": text, "shape": [* uint], "values": bytes (float32, little-endian) } ] }
 *
 * A client decodes what somebody else wrote: sizes are checked before anything of that size is allocated. An
 * architecture names layers of TensorFlow.js and their numbers; it carries no code.
 */
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { decode, encode, rfc8949EncodeOptions } from 'cborg';

import { importTensorFlow, type TensorFlow } from './backend.js';
import { type ModelVector, modelVectors, setModelVectors } from './model-vectors.js';

/** A few facts that travel with a model: step and attempt, how its inputs are standardised. */
export type ModelMeta = Readonly<Record<string, number | string>>;

export const MAX_MODEL_BYTES = 256 * 1024 * 1024;
const MAX_ARCHITECTURE_CHARACTERS = 1024 * 1024;
const MAX_VECTORS = 4096;
const MAX_DIMENSIONS = 8;
const MAX_META_ENTRIES = 32;
const MAX_META_CHARACTERS = 4096;
const MAX_NAME_CHARACTERS = 256;

/** Bytes that are no model, or none that this library accepts. */
export class ModelFileError extends Error {
  override readonly name = 'ModelFileError';
  readonly code = 'UNREADABLE_MODEL';
}

const refuse = (problem: string, cause?: unknown): never => {
  throw new ModelFileError(`not a model file: ${problem}`, { cause });
};

/** @throws TypeError when the meta is too large, or a weight is not a finite float32 */
export function encodeModel(model: LayersModel, meta: ModelMeta = {}): Uint8Array {
  const metaProblem = problemWithMeta(meta);
  if (metaProblem !== undefined) throw new TypeError(`meta: ${metaProblem}`);
  const { class_name, config } = model.toJSON(null, false) as unknown as Record<string, unknown>;
  const vectors = modelVectors(model).map(({ name, shape, values }) => {
    if (!values.every((value) => Number.isFinite(value))) throw new TypeError(`weight ${name} is not finite`);
    return { name, shape, values: floatsToBytes(values) };
  });
  return canonical({ v: 1, meta: { ...meta }, architecture: sortedJson({ class_name, config }), vectors });
}

/**
 * The model, not compiled, and its meta. The caller disposes of the model.
 * @throws ModelFileError for anything {@link encodeModel} would not have written
 */
export async function decodeModel(
  bytes: Uint8Array,
  { maxBytes = MAX_MODEL_BYTES }: { maxBytes?: number } = {},
): Promise<{ model: LayersModel; meta: ModelMeta }> {
  if (bytes.length > maxBytes) refuse(`${bytes.length} bytes, more than ${maxBytes}`);
  const { meta, architecture, vectors } = parse(bytes);
  const { layers } = await importTensorFlow();
  const model = await build(layers, architecture, vectors);
  try {
    await setModelVectors(model, vectors);
    return { model, meta };
  } catch (cause) {
    model.dispose();
    return refuse((cause as Error).message, cause);
  }
}

const canonical = (value: unknown): Uint8Array => encode(value, rfc8949EncodeOptions);

interface Parsed {
  meta: ModelMeta;
  architecture: Record<string, unknown>;
  vectors: ModelVector[];
}

function parse(bytes: Uint8Array): Parsed {
  let value: unknown;
  try {
    value = decode(bytes, {
      strict: true,
      allowIndefinite: false,
      allowUndefined: false,
      rejectDuplicateMapKeys: true,
    });
  } catch (cause) {
    return refuse('the bytes are no CBOR', cause);
  }
  const { v, meta, architecture, vectors } = fieldsOf(
    value,
    ['v', 'meta', 'architecture', 'vectors'],
    'the file',
  );
  if (v !== 1) refuse('only version 1 is known');
  const metaProblem = problemWithMeta(meta);
  if (metaProblem !== undefined) refuse(`meta: ${metaProblem}`);
  if (!Array.isArray(vectors) || vectors.length > MAX_VECTORS)
    refuse(`vectors are no list of up to ${MAX_VECTORS}`);
  const parsed = (vectors as unknown[]).map(parseVector);
  const config = parseArchitecture(architecture);
  if (!sameBytes(canonical(value), bytes)) refuse('the bytes are not in canonical form');
  return { meta: meta as ModelMeta, architecture: config, vectors: parsed };
}

function parseVector(value: unknown): ModelVector {
  const { name, shape, values } = fieldsOf(value, ['name', 'shape', 'values'], 'a vector');
  if (typeof name !== 'string' || name.length > MAX_NAME_CHARACTERS)
    return refuse('a vector has no proper name');
  const proper = (item: unknown): boolean => Number.isSafeInteger(item) && (item as number) >= 0;
  if (!Array.isArray(shape) || shape.length > MAX_DIMENSIONS || !shape.every(proper)) {
    return refuse('the shape of a vector is no list of whole numbers');
  }
  const dimensions = shape as number[];
  const count = dimensions.reduce((product, dimension) => product * dimension, 1);
  if (!(values instanceof Uint8Array) || values.length !== count * 4) {
    return refuse('the values of a vector do not fill its shape');
  }
  const floats = bytesToFloats(values);
  if (!floats.every((item) => Number.isFinite(item))) refuse('a weight is not finite');
  return { name, shape: dimensions, values: floats };
}

function parseArchitecture(text: unknown): Record<string, unknown> {
  if (typeof text !== 'string' || text.length > MAX_ARCHITECTURE_CHARACTERS) {
    return refuse(`the architecture is no text of up to ${MAX_ARCHITECTURE_CHARACTERS} characters`);
  }
  let value: unknown;
  let sorted: string;
  try {
    value = JSON.parse(text);
    sorted = sortedJson(value); // runs out of stack when somebody nests it deeply enough
  } catch (cause) {
    return refuse('the architecture is not JSON', cause);
  }
  if (sorted !== text) refuse('the architecture is not in canonical form');
  return fieldsOf(value, ['class_name', 'config'], 'the architecture');
}

interface Weight {
  dispose: () => void;
}
type AddWeight = (
  this: unknown,
  name: string,
  shape: (number | null)[],
  dtype: unknown,
  ...rest: unknown[]
) => Weight;

/**
 * Builds the layers. Every weight a layer asks for is counted against those in the file before it is allocated, so
 * that a short file cannot ask for a huge layer; and it starts as zeros, being replaced right after.
 */
async function build(
  layers: TensorFlow['layers'],
  architecture: object,
  vectors: ModelVector[],
): Promise<LayersModel> {
  let left = vectors.reduce((sum, { values }) => sum + values.length, 0);
  const made: Weight[] = [];
  const prototype = layers.layers.Layer.prototype as unknown as { addWeight: AddWeight };
  const { addWeight } = prototype;
  prototype.addWeight = function (name, shape, dtype, _initializer, ...rest) {
    left -= shape.reduce<number>((product, dimension) => product * (dimension ?? 1), 1);
    if (!(left >= 0)) throw new Error('the architecture asks for more weights than the file has');
    const weight = addWeight.call(this, name, shape, dtype, layers.initializers.zeros(), ...rest);
    made.push(weight);
    return weight;
  };
  let building: Promise<LayersModel>;
  try {
    // Without weights to load, this does all its work before it returns the promise.
    building = layers.models.modelFromJSON(architecture as Parameters<typeof layers.models.modelFromJSON>[0]);
  } finally {
    prototype.addWeight = addWeight;
  }
  try {
    const model = await building;
    if (!('trainOnBatch' in model)) throw new Error('the architecture is a layer, not a model');
    return model;
  } catch (cause) {
    for (const weight of made) weight.dispose();
    return refuse((cause as Error).message, cause);
  }
}

function fieldsOf(value: unknown, names: readonly string[], what: string): Record<string, unknown> {
  const plain = typeof value === 'object' && value !== null && !Array.isArray(value);
  const keys = plain ? Object.keys(value) : [];
  if (keys.length !== names.length || !names.every((name) => keys.includes(name))) {
    return refuse(`${what} must have exactly ${names.join(', ')}`);
  }
  return value as Record<string, unknown>;
}

function problemWithMeta(meta: unknown): string | undefined {
  if (typeof meta !== 'object' || meta === null || Array.isArray(meta)) return 'it is no record';
  const entries = Object.entries(meta);
  if (entries.length > MAX_META_ENTRIES) return `more than ${MAX_META_ENTRIES} entries`;
  const fits = (item: unknown): boolean =>
    typeof item === 'string' ? item.length <= MAX_META_CHARACTERS : Number.isFinite(item);
  return entries.every(([key, item]) => key.length <= MAX_NAME_CHARACTERS && fits(item))
    ? undefined
    : `it may hold finite numbers and texts of up to ${MAX_META_CHARACTERS} characters`;
}

function sortedJson(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function floatsToBytes(floats: Float32Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(floats.length * 4));
  floats.forEach((value, i) => {
    view.setFloat32(i * 4, value, true);
  });
  return new Uint8Array(view.buffer);
}

function bytesToFloats(bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float32Array.from({ length: bytes.length / 4 }, (_, i) => view.getFloat32(i * 4, true));
}
