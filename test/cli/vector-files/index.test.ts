/** The shell: formats by extension, names, errors that name the file, dtypes of results. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
  type NamedVector,
  readVectors,
  VectorFileError,
  writeVectors,
} from '../../../src/cli/vector-files/index.js';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vector-files-'));
});
afterAll(() => rm(folder, { recursive: true }));

const vector = (over: Partial<NamedVector> = {}): NamedVector => ({
  name: 'w',
  shape: [2, 2],
  dtype: 'float32',
  values: Float32Array.of(1, 2, 3, 4.5),
  ...over,
});

test.each(['sum.npy', 'sum.safetensors', 'SUM.NPY'])('%s keeps shape and dtype', async (file) => {
  const path = join(folder, file);
  await writeVectors(path, [vector()]);
  expect(await readVectors({ path, name: 'w' })).toEqual([vector()]);
});

test('a vector without a name in its file is called like the file', async () => {
  const path = join(folder, 'update.f32');
  await writeVectors(path, [vector()]);
  expect(await readVectors({ path })).toEqual([vector({ name: 'update', shape: [4], unnamed: true })]);
  expect(await readFile(path)).toHaveLength(16);
});

test('a JSON array comes back as an array, an object as an object', async () => {
  const path = join(folder, 'x.json');
  for (const text of ['[1,2,3]\n', '{"x":[1,2,3]}\n']) {
    await writeFile(path, text);
    await writeVectors(path, await readVectors({ path }));
    expect(await readFile(path, 'utf8')).toBe(text);
  }
});

test('a name picks one of several', async () => {
  const path = join(folder, 'several.safetensors');
  await writeVectors(path, [vector(), vector({ name: 'b' })]);
  expect(await readVectors({ path, name: 'b' })).toEqual([vector({ name: 'b' })]);
  await expect(readVectors({ path, name: 'c' })).rejects.toThrow(
    `${path}: it has no vector "c", only "w", "b"`,
  );
});

describe('the dtype of a result', () => {
  const written = async (over: Partial<NamedVector>): Promise<string | undefined> => {
    const path = join(folder, 'result.npy');
    await writeVectors(path, [vector({ shape: [2], ...over })]);
    return (await readVectors({ path }))[0]?.dtype;
  };

  test.each([
    ['uint8', [200, 255], 'uint8'],
    ['uint8', [200, 256], 'int64'],
    ['bool', [0, 1], 'bool'],
    ['bool', [0, 2], 'int64'],
    ['int32', [-5, 0.5], 'float64'],
    ['int64', [2 ** 53, 0], 'float64'],
    ['float16', [0.1, 65504], 'float16'],
    ['float16', [0.1, 70000], 'float32'],
    ['float32', [0.1, 1e39], 'float64'],
    ['float32', [NaN, Infinity], 'float32'],
    ['float64', [0.1, 3], 'float64'],
  ])('%s with %j is written as %s', async (dtype, values, expected) => {
    expect(await written({ dtype, values: Float64Array.from(values) })).toBe(expected);
  });

  test('an unknown one is refused', async () => {
    await expect(written({ dtype: 'constructor', values: new Float64Array(2) })).rejects.toThrow(
      'unknown dtype',
    );
  });
});

describe('errors are one line that names the file', () => {
  test.each([
    ['missing.npy', 'no such file or folder'],
    ['x.csv', 'cannot tell its format: the name must end in .npy, .safetensors, .json, .f32'],
    ['constructor', 'cannot tell its format'],
    ['broken.npy', 'not a .npy file'],
    ['broken.f32', '3 bytes are not a whole number of 4-byte floats'],
  ])('reading %s', async (file, problem) => {
    const path = join(folder, file);
    if (file.startsWith('broken')) await writeFile(path, 'abc');
    const failure = readVectors({ path });
    await expect(failure).rejects.toThrow(VectorFileError);
    await expect(failure).rejects.toMatchObject({
      code: 'UNREADABLE_VECTOR_FILE',
      message: expect.stringMatching(`^${path}: ${problem}.*$`),
    });
  });

  test.each([
    ['two.npy', [vector(), vector({ name: 'b' })], 'an .npy file holds exactly one vector, not 2'],
    ['none.f32', [], 'an .f32 file holds exactly one vector, not 0'],
    ['shape.npy', [vector({ shape: [3] })], 'vector "w" has 4 values but shape (3)'],
    [
      'large.f32',
      [vector({ shape: [1], values: Float64Array.of(1e39) })],
      'vector "w" has a value too large',
    ],
    ['no/such/folder.npy', [vector()], 'no such file or folder'],
  ])('writing %s', async (file, vectors, problem) => {
    const path = join(folder, file);
    const failure = writeVectors(path, vectors);
    await expect(failure).rejects.toMatchObject({ code: 'UNWRITABLE_VECTOR_FILE', name: 'VectorFileError' });
    await expect(failure).rejects.toThrow(`${path}: ${problem}`);
    expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
});
