/** Scales that are asked for in fixed point mean the same where floats are summed: steps that can be told apart. */
import { expect, test } from '@jest/globals';
import { errorBound, MAX_SCALE_BITS } from '../../../crypto/ckks/parameters.js';
import { ringOfDegree } from '../../../crypto/ckks/ring.js';
import { ckksSumkey } from '../../../src/protocol/suites/ckks-sumkey/index.js';
import { codeOf, participants, taskOf, vectorOf } from '../../helpers/protocol.js';

const counts = { name: 'count', clip: 1000, weighted: false };

test('whole numbers at scale 1 are encoded as finely as anything else', () => {
  const { scale, bits } = ckksSumkey.completeVector({ ...counts, scale: 1 }, 100, null);
  expect(bits).toBe(60);
  expect(ckksSumkey.completeVector(counts, 100, null)).toEqual({ scale, bits });
  const encoding = { kind: 'coefficients' as const, scaleBits: Math.log2(scale), maxAbs: 1000 };
  expect(errorBound(ringOfDegree(4096), encoding, 100)).toBeLessThan(1e-8);
});

test('steps finer than the error of a sum are refused, with what could be met', () => {
  const asked = { ...counts, clip: 2 ** 40 };
  expect(codeOf(() => ckksSumkey.completeVector({ ...asked, scale: 1 }, 100, null))).toBe(null);
  expect(codeOf(() => ckksSumkey.completeVector({ ...asked, scale: 1024 }, 100, null))).toBe('WOULD_WRAP');
  expect(codeOf(() => ckksSumkey.completeVector({ ...asked, precision: 1e-3 }, 100, null))).toBe(
    'WOULD_WRAP',
  );
});

test('a task whose errors may exceed any input is refused, whoever signed it', () => {
  const parties = participants(5);
  const at = (scaleBits: number) =>
    codeOf(() => {
      const vectors = [vectorOf({ bits: 60, scale: 2 ** scaleBits, clip: 1 })];
      ckksSumkey.checkTask(taskOf(parties, { suite: 'ckks/sumkey', vectors }));
    });
  // Ten standard deviations of five errors, and their rounding: 105.
  expect(at(6)).toBe('BAD_TASK');
  expect(at(7)).toBe(null);
  expect(at(MAX_SCALE_BITS)).toBe(null);
});
