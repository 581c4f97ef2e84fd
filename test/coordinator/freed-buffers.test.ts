/** Memory of uploads that are done: one upload at a time has it, and no more of it is kept than there is room for. */
import { expect, test } from '@jest/globals';
import { FreedBuffers } from '../../src/coordinator/freed-buffers.js';

test('what was given is taken once, by who needs exactly as much', () => {
  const freed = new FreedBuffers();
  const buffers = [new Uint8Array(8), new Uint8Array(9)] as const;
  for (const buffer of buffers) freed.put(buffer, 100);
  expect(freed.take(7)).toBeUndefined();
  expect(freed.take(9)).toBe(buffers[1]);
  expect(freed.take(9)).toBeUndefined();
  expect(freed.take(8)).toBe(buffers[0]);
  expect(freed.take(8)).toBeUndefined();
});

test('what there is no room for is not kept, and nothing is once it is cleared', () => {
  const freed = new FreedBuffers();
  freed.put(new Uint8Array(8), 7);
  expect(freed.take(8)).toBeUndefined();
  freed.put(new Uint8Array(8), 16);
  freed.put(new Uint8Array(8), 16);
  freed.put(new Uint8Array(8), 16);
  expect(freed.take(8)).toBeDefined();
  expect(freed.take(8)).toBeDefined();
  expect(freed.take(8)).toBeUndefined();
  freed.put(new Uint8Array(8), 8);
  freed.clear();
  expect(freed.take(8)).toBeUndefined();
});
