/** What thousands of participants need beyond the heap that a process has by default. */
import { expect, test } from '@jest/globals';
import { heapFlags } from '../../../src/cli/simulate/heap.js';

test('a larger heap only where the present one is too small, and then not a second time', () => {
  const default4GiB = 4 * 2 ** 30;
  expect(heapFlags(1000, 'memory', default4GiB)).toBe(null);
  expect(heapFlags(4096, 'memory', default4GiB)).toBe(null);
  expect(heapFlags(10_000, 'memory', default4GiB)).toContain('--max-old-space-size=10000');
  expect(heapFlags(1000, 'grpc', default4GiB)).toContain('--max-old-space-size=6000');
  expect(heapFlags(100, 'grpc', default4GiB)).toBe(null);
  // As V8 counts it: what is young comes on top.
  expect(heapFlags(10_000, 'memory', 10_000 * 2 ** 20 + 48 * 2 ** 20)).toBe(null);
});
