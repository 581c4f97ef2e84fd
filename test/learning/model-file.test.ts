/** Models as bytes: the same each time, and hostile ones refused before they cost anything. */
import { decode, encode, rfc8949EncodeOptions } from 'cborg';
import fc from 'fast-check';

import { loadTensorFlow, type TensorFlow } from '../../src/learning/backend.js';
import { decodeModel, encodeModel, ModelFileError } from '../../src/learning/model-file.js';
import { modelVectors } from '../../src/learning/model-vectors.js';
import { smallModel } from './models.js';

let loaded: TensorFlow;
let valid: Uint8Array;
beforeAll(async () => {
  loaded = await loadTensorFlow();
  const model = smallModel(loaded);
  valid = encodeModel(model, { round: 3, attempt: 1, note: 'x' });
  model.dispose();
});

test('a model comes back with its weights, its outputs and its meta', async () => {
  const model = smallModel(loaded);
  const { model: copy, meta } = await decodeModel(valid);
  expect(meta).toEqual({ round: 3, attempt: 1, note: 'x' });
  expect(modelVectors(copy)).toEqual(modelVectors(model));
  const [ours, theirs] = [model, copy].map((one) =>
    loaded.tf.tidy(() => [
      ...(one.predict(loaded.tf.tensor2d([[0.5, -2]])) as ReturnType<typeof loaded.tf.tensor>).dataSync(),
    ]),
  );
  expect(theirs).toEqual(ours);
  model.dispose();
  copy.dispose();
});

test('the same model gives the same bytes, also after decoding; another gives others', async () => {
  const [same, other] = [smallModel(loaded), smallModel(loaded, 2)];
  expect(encodeModel(same, { note: 'x', attempt: 1, round: 3 })).toEqual(valid);
  expect(encodeModel(other, { round: 3, attempt: 1, note: 'x' })).not.toEqual(valid);
  const { model, meta } = await decodeModel(valid);
  expect(encodeModel(model, meta)).toEqual(valid);
  for (const one of [same, other, model]) one.dispose();
});

test('layers of several kinds survive', async () => {
  const { layers } = loaded;
  const model = layers.sequential({
    name: 'several',
    layers: [
      layers.layers.conv2d({
        name: 'conv',
        filters: 2,
        kernelSize: 3,
        inputShape: [6, 6, 1],
        activation: 'relu',
      }),
      layers.layers.batchNormalization({ name: 'norm' }),
      layers.layers.flatten({ name: 'flat' }),
      layers.layers.dense({ name: 'out', units: 3, activation: 'softmax' }),
    ],
  });
  const bytes = encodeModel(model);
  const { model: copy } = await decodeModel(bytes);
  expect(modelVectors(copy)).toEqual(modelVectors(model));
  expect(encodeModel(copy)).toEqual(bytes);
  model.dispose();
  copy.dispose();
});

interface File {
  v: number;
  meta: Record<string, unknown>;
  architecture: string;
  vectors: { name: string; shape: number[]; values: Uint8Array }[];
}

/** The valid file with something changed, still in canonical CBOR. */
const changed = (change: (file: File) => unknown): Uint8Array => {
  const file = decode(valid) as File;
  return encode(change(file) ?? file, rfc8949EncodeOptions);
};
const architectureWith = (from: string, to: string): Uint8Array =>
  changed((file) => ({ ...file, architecture: file.architecture.replace(from, to) }));

const first = (file: File): File['vectors'][number] =>
  file.vectors[0] ?? { name: '', shape: [], values: new Uint8Array() };

const hostile: [string, () => Uint8Array, string][] = [
  ['no bytes', () => new Uint8Array(), 'no CBOR'],
  ['cut short', () => valid.subarray(0, -1), 'no CBOR'],
  ['one byte more', () => Uint8Array.of(...valid, 0), 'no CBOR'],
  ['no map', () => encode([1]), 'must have exactly v, meta'],
  ['a field more', () => changed((file) => ({ ...file, more: 1 })), 'must have exactly v, meta'],
  ['another version', () => changed((file) => ({ ...file, v: 2 })), 'only version 1'],
  ['large meta', () => changed((file) => ({ ...file, meta: { a: 'x'.repeat(4097) } })), 'meta'],
  ['nested meta', () => changed((file) => ({ ...file, meta: { a: [1] } })), 'meta'],
  ['meta NaN', () => changed((file) => ({ ...file, meta: { a: NaN } })), 'meta'],
  ['a vector missing', () => changed((file) => void file.vectors.pop()), 'asks for more weights'],
  [
    'a vector more',
    () => changed((file) => void file.vectors.push({ ...first(file), name: 'x' })),
    '4 weights, got 5',
  ],
  [
    'a vector twice',
    () => changed((file) => void file.vectors.splice(1, 1, first(file))),
    '4 weights, got 4 vectors (3',
  ],
  [
    'values short',
    () => changed((file) => void (first(file).values = new Uint8Array(28))),
    'do not fill its shape',
  ],
  [
    'huge shape',
    () => changed((file) => void (first(file).shape = [2 ** 40, 2 ** 40])),
    'do not fill its shape',
  ],
  [
    'negative shape',
    () => changed((file) => void (first(file).shape = [-2, -4])),
    'no list of whole numbers',
  ],
  ['NaN weight', () => changed((file) => void first(file).values.set([0, 0, 0xc0, 0x7f])), 'not finite'],
  ['huge layer', () => architectureWith('"units":4', '"units":2000000000'), 'asks for more weights'],
  ['unknown layer', () => architectureWith('"Dense"', '"Danger"'), 'Unknown layer'],
  ['unsorted JSON', () => architectureWith('{"class_name"', '{ "class_name"'), 'not in canonical form'],
  ['no JSON', () => changed((file) => ({ ...file, architecture: '{' })), 'not JSON'],
  [
    'deep JSON',
    () => changed((file) => ({ ...file, architecture: '['.repeat(2 ** 19) + ']'.repeat(2 ** 19) })),
    'not JSON',
  ],
  [
    'huge JSON',
    () => changed((file) => ({ ...file, architecture: ' '.repeat(2 ** 20 + 1) })),
    'no text of up to',
  ],
  [
    'a layer alone',
    () => changed((file) => ({ ...file, architecture: '{"class_name":"Flatten","config":{}}' })),
    'not a model',
  ],
  [
    'not canonical',
    () => encode(Object.fromEntries(Object.entries(decode(valid) as File).reverse()), { mapSorter: () => 0 }),
    'the bytes are not in canonical form',
  ],
];

test.each(hostile)('%s is refused', async (_, bytes, problem) => {
  const before = loaded.tf.memory().numTensors;
  const failure = decodeModel(bytes());
  await expect(failure).rejects.toThrow(ModelFileError);
  await expect(failure).rejects.toThrow(problem);
  expect(loaded.tf.memory().numTensors).toBe(before);
});

test('a limit of bytes holds', async () => {
  await expect(decodeModel(valid, { maxBytes: valid.length - 1 })).rejects.toThrow('more than');
});

test('what cannot be decoded is not encoded', async () => {
  const { model } = await decodeModel(valid);
  expect(() => encodeModel(model, { a: Infinity })).toThrow(TypeError);
  expect(() => encodeModel(model, Object.fromEntries(Array.from({ length: 33 }, (__, i) => [i, i])))).toThrow(
    TypeError,
  );
  model.weights[0]?.write(loaded.tf.fill([2, 4], NaN));
  expect(() => encodeModel(model)).toThrow('weight hidden/kernel is not finite');
  model.dispose();
});

test('mutated bytes are refused or read', async () => {
  const edit = fc.tuple(fc.nat(valid.length - 1), fc.integer({ min: 0, max: 255 }));
  await fc.assert(
    fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 3 }), async (edits) => {
      const bytes = Uint8Array.from(valid);
      for (const [at, byte] of edits) bytes[at] = byte;
      try {
        (await decodeModel(bytes)).model.dispose();
      } catch (error) {
        expect(error).toBeInstanceOf(ModelFileError);
      }
    }),
    { numRuns: 300 },
  );
});
