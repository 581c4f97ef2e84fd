/** What thousands of participants need beyond the heap that a process has by default. */
import { expect, test } from '@jest/globals';
import { heapFlag } from '../../../src/cli/simulate/heap.js';

test('a larger heap only where the present one is too small, and then not a second time', () => {
  const default4GiB = 4 * 2 ** 30;
  expect(heapFlag(1000, default4GiB)).toBe(null);
  expect(heapFlag(4096, default4GiB)).toBe(null);
  expect(heapFlag(10_000, default4GiB)).toBe('--max-old-space-size=10000');
  // As V8 counts it: what is young comes on top.
  expect(heapFlag(10_000, 10_000 * 2 ** 20 + 48 * 2 ** 20)).toBe(null);
});
