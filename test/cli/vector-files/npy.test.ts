/** .npy: files NumPy wrote, hostile files, round trips. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';

import { formatNpy, parseNpy } from '../../../src/cli/vector-files/npy.js';
import { VectorFileError } from '../../../src/cli/vector-files/vector.js';
import { anyVector, expectOnlyVectorFileErrors, mutated } from './arbitrary.js';

const NUMPY = new URL('../../interop/numpy/', import.meta.url);
const CORPUS = new URL('../../corpus/npy/', import.meta.url);

type Case = { error: string } | { dtype: string; shape: number[]; values: (number | string)[] };
const cases = Object.entries(
  JSON.parse(readFileSync(new URL('index.json', NUMPY), 'utf8')) as Record<string, Case>,
);
const numpyFile = (name: string): Uint8Array => readFileSync(new URL(`${name}.npy`, NUMPY));
const PYTHON_NUMBERS: Record<string, number> = { nan: NaN, inf: Infinity, '-inf': -Infinity };

describe('files written by NumPy', () => {
  test.each(cases.filter(([, expected]) => !('error' in expected)))('%s is read', (name, expected) => {
    if ('error' in expected) throw new Error('filtered out above');
    const vector = parseNpy(numpyFile(name), 'v');
    expect(vector).toMatchObject({ name: 'v', dtype: expected.dtype, shape: expected.shape });
    const values = expected.values.map((value) =>
      typeof value === 'string' ? PYTHON_NUMBERS[value] : value,
    );
    expect([...vector.values]).toEqual(values);
  });

  test.each(cases.filter(([, expected]) => 'error' in expected))('%s is refused', (name, expected) => {
    if (!('error' in expected)) throw new Error('filtered out above');
    expect(() => parseNpy(numpyFile(name), 'v')).toThrow(VectorFileError);
    expect(() => parseNpy(numpyFile(name), 'v')).toThrow(expected.error);
  });

  // C order, native byte order, version 1.0: what NumPy writes today, byte for byte.
  const same = cases.filter(
    ([name, expected]) => !('error' in expected) && !/fortran|endian|version/.test(name),
  );
  test.each(same)('%s is written as NumPy writes it', (name) => {
    const bytes = numpyFile(name);
    expect(Buffer.from(formatNpy(parseNpy(bytes, 'v'))).equals(bytes)).toBe(true);
  });
});

test.each(readdirSync(CORPUS))('corpus: %s is refused', (file) => {
  const bytes = readFileSync(new URL(file, CORPUS));
  expect(() => parseNpy(bytes, 'v')).toThrow(VectorFileError);
});

test('any vector comes back as it went in', () => {
  fc.assert(
    fc.property(anyVector({ bfloat16: false }), (vector) => {
      expect(parseNpy(formatNpy(vector), vector.name)).toEqual(vector);
    }),
  );
});

test('mutated files are refused or read, never more than what they hold', () => {
  const seeds = cases.map(([name]) => numpyFile(name));
  fc.assert(
    fc.property(mutated(seeds), (bytes) => expectOnlyVectorFileErrors(bytes, () => [parseNpy(bytes, 'v')])),
    { numRuns: 3000 },
  );
});

test('a message says what is wrong and where', () => {
  const bytes = numpyFile('f4-3d');
  expect(() => parseNpy(bytes.subarray(0, -4), 'v')).toThrow(
    'cut short: shape (2, 3, 4) of float32 needs 96 bytes of data from byte 128 on, the file has 92',
  );
  expect(() => parseNpy(readFileSync(new URL('key-unknown.npy', CORPUS)), 'v')).toThrow(
    /^header, byte \d+: expected/,
  );
});

test('bfloat16, which NumPy lacks, is written as float32', () => {
  const vector = { name: 'v', shape: [1], dtype: 'bfloat16', values: Float32Array.of(1.5) };
  expect(parseNpy(formatNpy(vector), 'v')).toEqual({ ...vector, dtype: 'float32' });
});
