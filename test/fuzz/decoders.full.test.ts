/** The same as the fast test with many more changes, from another seed. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { removeFiles } from './decoders/client.js';
import { DECODERS, warmUp } from './decoders/index.js';
import { bombard } from './harness.js';

const MINUTES_MS = 60_000;

beforeAll(warmUp);
afterAll(removeFiles);

test.each(DECODERS)(
  '$folder: thousands of changed bytes',
  async (decoder) => {
    const isSlow = decoder.folder === 'model';
    const { read, refused } = await bombard(decoder, {
      single: isSlow ? 300 : 600,
      mixed: isSlow ? 100 : 300,
      seed: 4,
    });
    expect(read + refused).toBeGreaterThan(isSlow ? 400 : 500);
    expect(refused).toBeGreaterThan(300);
  },
  3 * MINUTES_MS,
);
