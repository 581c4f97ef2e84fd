/** Random orders from a seed: the same for everybody, by another implementation too, and none likelier than another. */
import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { encodeCanonical } from '../../crypto/canonical.js';
import { LABEL } from '../../crypto/labels.js';
import { shuffled } from '../../crypto/shuffle.js';

/** One list of words, read from its start. */
function reference(label: string, seed: Uint8Array, count: number): number[] {
  const hash = createHash('sha256')
    .update(encodeCanonical([label, seed]))
    .digest();
  const counter = Buffer.concat([hash.subarray(16, 28), Buffer.alloc(4)]);
  const stream = createCipheriv('aes-128-ctr', hash.subarray(0, 16), counter).update(
    Buffer.alloc(4 * (2 * count + 100)),
  );
  const order = Array.from({ length: count }, (_, index) => index);
  let read = 0;
  for (let last = count - 1; last > 0; last -= 1) {
    let word: number;
    do {
      word = stream.readUInt32LE(4 * read);
      read += 1;
    } while (word >= 2 ** 32 - (2 ** 32 % (last + 1)));
    const chosen = word % (last + 1);
    [order[last], order[chosen]] = [order[chosen] as number, order[last] as number];
  }
  return order;
}

test('another implementation has the same order, beyond one piece of the stream too', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      fc.integer({ min: 1, max: 20_000 }),
      (seed, count) => {
        expect([...shuffled(LABEL.ringOrder, seed, count)]).toEqual(reference(LABEL.ringOrder, seed, count));
      },
    ),
    { numRuns: 20 },
  );
});

test('an order has everybody once, and another label another order', () => {
  const seed = new Uint8Array(32);
  const order = [...shuffled(LABEL.ringOrder, seed, 1000)];
  expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, index) => index));
  expect([...shuffled(LABEL.ringCommittee, seed, 1000)]).not.toEqual(order);
});

test('words of the last, incomplete run of a bound are left out', () => {
  // So many that some 60 words are.
  const seed = new Uint8Array(32).fill(1);
  const count = 2 ** 20;
  expect(
    Buffer.compare(
      Buffer.from(shuffled(LABEL.ringOrder, seed, count).buffer),
      Buffer.from(Uint32Array.from(reference(LABEL.ringOrder, seed, count)).buffer),
    ),
  ).toBe(0);
});

test('every order of three is as likely as any other', () => {
  const counts = new Map<string, number>();
  for (let run = 0; run < 6000; run += 1) {
    const order = shuffled(LABEL.ringOrder, randomBytes(32), 3).join('');
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  expect(counts.size).toBe(6);
  // Seven standard deviations of a count of 1000.
  for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(7 * 29);
});

test('nothing to order, or more than a stream is for', () => {
  for (const count of [0, -1, 1.5, 2 ** 24 + 1]) {
    expect(() => shuffled(LABEL.ringOrder, new Uint8Array(32), count)).toThrow('count');
  }
});
