/** .safetensors: a file taken apart by hand, hostile files, round trips. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';

import { formatSafetensors, parseSafetensors } from '../../../src/cli/vector-files/safetensors.js';
import { type NamedVector, VectorFileError } from '../../../src/cli/vector-files/vector.js';
import { anyVector, expectOnlyVectorFileErrors, mutated } from './arbitrary.js';

const CORPUS = new URL('../../corpus/safetensors/', import.meta.url);

const handMade = (header: string, data: number[]): Uint8Array => {
  const text = new TextEncoder().encode(header);
  return Uint8Array.of(text.length, 0, 0, 0, 0, 0, 0, 0, ...text, ...data);
};

const some: NamedVector[] = [
  { name: 'flags', shape: [3], dtype: 'bool', values: Float64Array.of(1, 0, 1) },
  { name: 'weights/ä', shape: [2, 2], dtype: 'float32', values: Float32Array.of(1, -2, 0.5, 3) },
  { name: '__proto__', shape: [], dtype: 'int64', values: Float64Array.of(-(2 ** 40)) },
];

test('reads what the format says, metadata aside', () => {
  const header =
    '{"__metadata__":{"format":"pt"},"b":{"dtype":"I16","shape":[2],"data_offsets":[4,8]},' +
    '"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}   ';
  const bytes = handMade(header, [0, 0, 0x80, 0x3f, 0xff, 0xff, 1, 1]);
  expect(parseSafetensors(bytes)).toEqual([
    { name: 'b', shape: [2], dtype: 'int16', values: Float64Array.of(-1, 257) },
    { name: 'a', shape: [], dtype: 'float32', values: Float32Array.of(1) },
  ]);
});

test('writes aligned tensors under a header in the order given', () => {
  const bytes = formatSafetensors(some);
  expect(parseSafetensors(bytes)).toEqual(some);
  const header = new TextDecoder().decode(bytes.subarray(8, bytes.length - 8 - 16 - 3));
  expect((header.length + 1) % 8).toBe(0); // one letter takes two bytes
  expect(header.trimEnd()).toBe(
    '{"flags":{"dtype":"BOOL","shape":[3],"data_offsets":[24,27]},' +
      '"weights/ä":{"dtype":"F32","shape":[2,2],"data_offsets":[8,24]},' +
      '"__proto__":{"dtype":"I64","shape":[],"data_offsets":[0,8]}}',
  );
});

test('refuses to write a name twice or the reserved one', () => {
  const [first] = some;
  if (first === undefined) throw new Error('unreachable');
  expect(() => formatSafetensors([first, first])).toThrow('the name "flags" appears twice or is reserved');
  expect(() => formatSafetensors([{ ...first, name: '__metadata__' }])).toThrow(VectorFileError);
});

test.each(readdirSync(CORPUS))('corpus: %s is refused', (file) => {
  const bytes = readFileSync(new URL(file, CORPUS));
  expect(() => parseSafetensors(bytes)).toThrow(VectorFileError);
});

test('any vectors come back as they went in', () => {
  const vectors = fc.uniqueArray(anyVector({ bfloat16: true }), {
    selector: ({ name }) => name,
    maxLength: 5,
  });
  fc.assert(
    fc.property(vectors, (list) => {
      const byName = (a: NamedVector, b: NamedVector): number => (a.name < b.name ? -1 : 1);
      expect(parseSafetensors(formatSafetensors(list)).sort(byName)).toEqual([...list].sort(byName));
    }),
  );
});

test('mutated files are refused or read, never more than what they hold', () => {
  const seeds = [formatSafetensors(some), formatSafetensors([]), handMade('{"__metadata__":{}}', [])];
  fc.assert(
    fc.property(mutated(seeds), (bytes) => expectOnlyVectorFileErrors(bytes, () => parseSafetensors(bytes))),
    { numRuns: 3000 },
  );
});
