/** Vectors as JSON. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { formatJsonVectors, parseJsonVectors } from '../../../src/cli/vector-files/json.js';
import { type NamedVector, VectorFileError } from '../../../src/cli/vector-files/vector.js';
import { expectOnlyVectorFileErrors, mutated } from './arbitrary.js';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const parse = (text: string): NamedVector[] => parseJsonVectors(encode(text), 'file');

test('an array is one vector, called like the file', () => {
  expect(parse('[1, 2.5, -3e2]')).toEqual([
    { name: 'file', shape: [3], dtype: 'float64', values: Float64Array.of(1, 2.5, -300), unnamed: true },
  ]);
});

test('an object names its vectors; nesting is shape', () => {
  expect(parse('{"w": [[1, 2, 3], [4, 5, 6]], "count": 12, "none": []}')).toEqual([
    { name: 'w', shape: [2, 3], dtype: 'float64', values: Float64Array.of(1, 2, 3, 4, 5, 6) },
    { name: 'count', shape: [], dtype: 'float64', values: Float64Array.of(12) },
    { name: 'none', shape: [0], dtype: 'float64', values: new Float64Array(0) },
  ]);
});

test.each(['[1,[2,3]]', '[[1,2],[3]]', '{"a":[1,2],"b":{"c":[1]}}', '[1.5,-2]', '{"w":[[[0.1]]],"n":3}'])(
  '%s is read and written back, or refused',
  (text) => {
    expectOnlyVectorFileErrors(encode(text), () => {
      const vectors = parse(text);
      expect(decode(formatJsonVectors(vectors)).replace(/\s/g, '')).toBe(text);
      return vectors;
    });
  },
);

test.each([
  ['[1, [2, 3]]', 'the array: number 1 is an array, not a number'],
  ['[[1, 2], [3]]', 'the array is ragged'],
  ['[[1], 2]', 'the array is ragged'],
  ['{"a": [1, "2"]}', '"a": number 1 is a string, not a number'],
  ['{"a": null}', '"a": number 0 is null, not a number'],
  ['[1e999]', 'the array: number 0 is too large'],
  ['{"a": [1], "a": [2]}', 'has the key "a" twice'],
  ['{"a": [1], "\\u0061" : [2]}', 'has the key "a" twice'],
  ['"text"', 'neither an array of numbers nor an object'],
  ['null', 'neither an array of numbers nor an object'],
  ['[1, NaN]', 'has NaN at position 4: it is no number that can be summed'],
  ['{"NaN \\" NaN": [-Infinity]}', 'has Infinity at position 17'],
  ['{"NaN": [1', 'is not valid'],
  ['[1', 'is not valid'],
  ['', 'is not valid'],
])('%j is refused', (text, problem) => {
  expect(() => parse(text)).toThrow(VectorFileError);
  expect(() => parse(text)).toThrow(problem);
});

test('deep nesting is no way in', () => {
  expect(() => parse('['.repeat(100_000))).toThrow('is not valid');
  expect(() => parse(`${'['.repeat(65)}1${']'.repeat(65)}`)).toThrow('nested deeper than 64 levels');
  expect(() => parse(`[0,${'['.repeat(9999)}1${']'.repeat(9999)}]`)).toThrow('number 1 is an array');
});

test('bytes that are no UTF-8 are refused', () => {
  expect(() => parseJsonVectors(Uint8Array.of(0x5b, 0xff, 0x5d), 'file')).toThrow('not UTF-8');
});

test('quotes and braces inside names confuse nobody', () => {
  const text = '{"a\\"{": [1], "b\\\\": [2], "}": [3], "{": [4]}';
  expect(parse(text).map(({ name }) => name)).toEqual(['a"{', 'b\\', '}', '{']);
});

test('a value that JSON cannot hold is refused, not turned into null', () => {
  const vector = { name: 'v', shape: [1], dtype: 'float64', values: Float64Array.of(NaN) };
  expect(() => formatJsonVectors([vector])).toThrow('"v" has a value that JSON cannot hold');
});

test('vectors come back as they went in', () => {
  const numbers = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), {
    minLength: 6,
    maxLength: 6,
  });
  const shapes = fc.constantFrom<number[][]>([6], [2, 3], [1, 3, 2, 1]);
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.tuple(shapes, numbers)), (named) => {
      const vectors = Object.entries(named).map(([name, [shape, list]]) => ({
        name,
        shape,
        dtype: 'float64',
        values: Float64Array.from(list, (value) => value + 0), // −0 is written as 0
      }));
      expect(parseJsonVectors(formatJsonVectors(vectors), 'file')).toEqual(vectors);
    }),
  );
});

test('mutated files are refused or read', () => {
  const seeds = [encode('{"w": [[1, 2, 3], [4, 5e2, 6]], "count": 12}'), encode('[0.5, -1, 2]')];
  fc.assert(
    fc.property(mutated(seeds), (bytes) =>
      expectOnlyVectorFileErrors(bytes, () => parseJsonVectors(bytes, 'file')),
    ),
    { numRuns: 1000 },
  );
});
