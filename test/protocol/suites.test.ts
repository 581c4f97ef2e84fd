import { describe, expect, test } from '@jest/globals';
import { unpackBits } from '../../crypto/masked-vector.js';
import { BlindsumError, isBlindsumError } from '../../src/protocol/errors.js';
import type { SessionContext } from '../../src/protocol/context.js';
import type { Sets } from '../../src/protocol/suite.js';
import { suiteById } from '../../src/protocol/suites/index.js';
import { maskingComplete } from '../../src/protocol/suites/masking-complete/index.js';
import { plainSuite, suitesWithPlain } from '../suites/plain/index.js';
import {
  codeOf,
  participants,
  runSession,
  expectedSums,
  setUp,
  taskOf,
  vectorOf,
} from '../helpers/protocol.js';

const parties = participants(5);

test('suites by name', () => {
  expect(suiteById('masking/complete')).toBe(maskingComplete);
  expect(codeOf(() => suiteById('test/plain'))).toBe('UNSUPPORTED');
  expect(codeOf(() => suiteById('toString'))).toBe('UNSUPPORTED');
  expect(suitesWithPlain('test/plain')).toBe(plainSuite);
  expect(suitesWithPlain('masking/complete')).toBe(maskingComplete);
});

describe.each([maskingComplete, plainSuite])('$id', (suite) => {
  const t = suite === plainSuite ? 0 : 4;
  test('its integers come from the task, whoever joins', () => {
    for (const joined of [4, 5]) expect(suite.derive(taskOf(parties), 5, joined)).toEqual({ q: 4, t });
    expect(codeOf(() => suite.derive(taskOf(parties, { vectors: [vectorOf({ bits: 1 })] }), 5, 5))).toBe(
      'WOULD_WRAP',
    );
    expect(codeOf(() => suite.checkParameters(taskOf(parties), 5, 4, { q: 4, t }))).toBe(null);
    expect(codeOf(() => suite.checkParameters(taskOf(parties), 5, 4, { q: 3, t }))).toBe('BELOW_POLICY');
  });
  test('results of another kind of job are a mistake of the caller', () => {
    const session = {} as SessionContext;
    expect(() => suite.finishUpload(session, { kind: 'integers', vectors: [] })).toThrow(TypeError);
    expect(() => suite.finishOpen(session, {} as Sets, { kind: 'packed', vectors: [] })).toThrow(TypeError);
  });
  test('adds in any order and grouping', () => {
    const vectors = [
      vectorOf({ name: 'a', length: 3, bits: 10 }),
      vectorOf({ name: 'b', length: 1, bits: 32 }),
    ];
    const accumulator = suite.accumulator(taskOf(parties, { vectors }));
    const { byteLength } = accumulator;
    const uploads = [1, 2, 3].map((seed) =>
      Uint8Array.from({ length: 8 }, (_, at) => (at === 3 ? 1 : seed * 60 + at)),
    );
    const all = new Uint8Array(byteLength);
    for (const upload of uploads) accumulator.fold(all, upload);
    const [left, right] = [new Uint8Array(byteLength), new Uint8Array(byteLength)];
    for (const upload of uploads.slice(1).reverse()) accumulator.fold(right, upload);
    accumulator.fold(left, uploads[0] as Uint8Array);
    accumulator.merge(left, right);
    expect(left).toEqual(all);
    const sums = uploads
      .map((upload) => [
        ...unpackBits(upload.subarray(0, 4), 10, 3),
        ...unpackBits(upload.subarray(4), 32, 1),
      ])
      .reduce((total, values) => total.map((sum, at) => sum + (values[at] as number)));
    expect([...new Uint32Array(all.buffer)]).toEqual(sums.map((sum) => sum >>> 0));
  });
  test('adds to the array it is given, or not at all', () => {
    const accumulator = suite.accumulator(taskOf(parties, { vectors: [vectorOf({ length: 1, bits: 32 })] }));
    const unaligned = new Uint8Array(8).subarray(1, 5);
    expect(() => accumulator.fold(unaligned, Uint8Array.of(1, 0, 0, 0))).toThrow(RangeError);
    expect(() => accumulator.merge(unaligned, Uint8Array.of(1, 0, 0, 0))).toThrow(RangeError);
  });
});

test('test/plain hides nothing: its upload is the input', () => {
  const setup = setUp(parties, { task: { suite: 'test/plain' } });
  const { outcome, survivors } = runSession(parties, [5, 5, 5, 5, 2], { task: { suite: 'test/plain' } });
  if (outcome.round !== 'closed') throw new Error('aborted');
  expect(outcome.sums).toEqual(expectedSums(setup, survivors));
});

test('errors are told from others by class and code', () => {
  const error = new BlindsumError('LATE', 'peer', 'too late');
  expect(isBlindsumError(error)).toBe(true);
  expect(isBlindsumError(error, 'LATE')).toBe(true);
  expect(isBlindsumError(error, 'CONFLICT')).toBe(false);
  expect(isBlindsumError(new Error('LATE'))).toBe(false);
  expect(isBlindsumError({ code: 'LATE' }, 'LATE')).toBe(false);
});
