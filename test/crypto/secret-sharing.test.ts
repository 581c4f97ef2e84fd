import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { invert, multiply } from '../../crypto/field.js';
import { deterministicRandom, systemRandom } from '../../crypto/random.js';
import {
  reconstructSecret,
  ShareMismatchError,
  splitSecret,
  type Share,
} from '../../crypto/secret-sharing.js';
import { utf8 } from '../../crypto/bytes.js';

const symbolsOf = (bytes: Uint8Array): number[] =>
  Array.from({ length: 16 }, (_, i) => (bytes[2 * i] as number) | ((bytes[2 * i + 1] as number) << 8));

/** P(target) through the given points, one symbol, written straight from Lagrange's formula. */
function interpolate(points: readonly (readonly [number, number])[], target: number): number {
  let value = 0;
  for (const [x, y] of points) {
    let term = y;
    for (const [other] of points) {
      if (other !== x) term = multiply(term, multiply(target ^ other, invert(x ^ other)));
    }
    value ^= term;
  }
  return value;
}

const dealing = fc.integer({ min: 2, max: 12 }).chain((threshold) =>
  fc.record({
    threshold: fc.constant(threshold),
    points: fc.uniqueArray(fc.integer({ min: 1, max: 65535 }), {
      minLength: threshold,
      maxLength: threshold + 6,
    }),
    secret: fc.uint8Array({ minLength: 32, maxLength: 32 }),
    seed: fc.uint8Array({ minLength: 1, maxLength: 8 }),
    order: fc.array(fc.nat(), { minLength: 20, maxLength: 20 }),
  }),
);

function deal({
  threshold,
  points,
  secret,
  seed,
}: {
  threshold: number;
  points: number[];
  secret: Uint8Array;
  seed: Uint8Array;
}) {
  const shares = splitSecret({ secret, threshold, points, random: deterministicRandom(seed) });
  return shares.map((share, i): Share => ({ point: points[i] as number, share }));
}

function shuffled<T>(items: readonly T[], order: readonly number[]): T[] {
  return items
    .map((item, i) => [order[i] ?? 0, item] as const)
    .sort(([a], [b]) => a - b)
    .map(([, item]) => item);
}

test('any subset of threshold shares, in any order, gives the secret; so do more', () => {
  fc.assert(
    fc.property(dealing, (input) => {
      const { threshold, secret, order } = input;
      const shares = shuffled(deal(input), order);
      expect(reconstructSecret({ shares: shares.slice(0, threshold), threshold })).toEqual(secret);
      expect(reconstructSecret({ shares, threshold })).toEqual(secret);
    }),
    { numRuns: 150 },
  );
});

test('the shares are the values of the documented polynomials', () => {
  fc.assert(
    fc.property(dealing, (input) => {
      const { threshold, points, secret, seed } = input;
      const coefficients = deterministicRandom(seed)(32 * (threshold - 1));
      const rows = [
        secret,
        ...Array.from({ length: threshold - 1 }, (_, j) => coefficients.slice(32 * j, 32 * j + 32)),
      ];
      const expected = points.map((x) =>
        Array.from({ length: 16 }, (_, s) => {
          let value = 0;
          for (const row of [...rows].reverse()) value = multiply(value, x) ^ (symbolsOf(row)[s] as number);
          return value;
        }),
      );
      expect(deal(input).map(({ share }) => symbolsOf(share))).toEqual(expected);
    }),
    { numRuns: 60 },
  );
});

test('one share fewer fits every secret equally', () => {
  // For any other secret there is exactly one set of polynomials through the known shares: construct it, symbol
  // by symbol, and see that the missing share would simply have been another one.
  fc.assert(
    fc.property(dealing, fc.uint8Array({ minLength: 32, maxLength: 32 }), (input, otherSecret) => {
      const { threshold } = input;
      const shares = deal(input).slice(0, threshold);
      const known = shares.slice(0, threshold - 1);
      const last = shares[threshold - 1] as Share;
      const missing = new Uint8Array(32);
      symbolsOf(otherSecret).forEach((symbol, s) => {
        const through = known.map(({ point, share }) => [point, symbolsOf(share)[s] as number] as const);
        const value = interpolate([[0, symbol], ...through], last.point);
        missing[2 * s] = value;
        missing[2 * s + 1] = value >>> 8;
      });
      const forged = [...known, { point: last.point, share: missing }];
      expect(reconstructSecret({ shares: forged, threshold })).toEqual(otherSecret);
    }),
    { numRuns: 60 },
  );
});

test('a single share is uniform whatever the secret: every value of a symbol exactly once over all coefficients', () => {
  // threshold 2: share symbol = secret ⊕ a·x. Let a run through all 65536 values, sixteen at a time.
  const seen = new Set<number>();
  let next = 0;
  const counting = (length: number) => {
    const bytes = new Uint8Array(length);
    for (let i = 0; i < length; i += 2, next += 1) {
      bytes[i] = next;
      bytes[i + 1] = next >>> 8;
    }
    return bytes;
  };
  const secret = new Uint8Array(32).fill(0x5a);
  for (let i = 0; i < 4096; i += 1) {
    const [share] = splitSecret({ secret, threshold: 2, points: [3, 4], random: counting });
    for (const symbol of symbolsOf(share as Uint8Array)) seen.add(symbol);
  }
  expect(seen.size).toBe(65536);
});

test('many holders: 100 with a threshold of 67', () => {
  const points = Array.from({ length: 100 }, (_, i) => i + 1);
  const secret = systemRandom(32);
  const shares = splitSecret({ secret, threshold: 67, points, random: systemRandom }).map((share, i) => ({
    point: points[i] as number,
    share,
  }));
  expect(reconstructSecret({ shares: shares.slice(33), threshold: 67 })).toEqual(secret);
  expect(reconstructSecret({ shares: [...shares].reverse(), threshold: 67 })).toEqual(secret);
});

test('spare shares that do not fit are named, all of them, and only they', () => {
  const input = {
    threshold: 4,
    points: [9, 2, 700, 65535, 5, 6, 8],
    secret: systemRandom(32),
    seed: utf8('s'),
  };
  const shares = deal(input);
  const broken = shares.map(({ point, share }) => {
    const copy = share.slice();
    if (point === 5 || point === 8) copy[31] = (copy[31] as number) ^ 0x80;
    return { point, share: copy };
  });
  expect.assertions(4);
  try {
    reconstructSecret({ shares: broken, threshold: 4 });
  } catch (error) {
    expect(error).toBeInstanceOf(ShareMismatchError);
    expect((error as ShareMismatchError).points).toEqual([5, 8]);
  }
  // among the first ones, it is the spare ones that seem wrong
  expect(() => reconstructSecret({ shares: [...broken].reverse(), threshold: 4 })).toThrow(
    ShareMismatchError,
  );
  // and without spare ones nothing can be noticed here
  expect(reconstructSecret({ shares: broken.slice(3), threshold: 4 })).not.toEqual(input.secret);
});

test('weights are kept apart by holder set and by order', () => {
  const input = { threshold: 2, points: [1, 2, 3], secret: systemRandom(32), seed: utf8('s') };
  const [a, b, c] = deal(input) as [Share, Share, Share];
  for (let i = 0; i < 40; i += 1) {
    for (const shares of [
      [a, b],
      [b, a],
      [a, c],
      [c, b],
      [a, b, c],
    ]) {
      expect(reconstructSecret({ shares, threshold: 2 })).toEqual(input.secret);
    }
    const others = { ...input, points: [i + 4, i + 5] };
    expect(reconstructSecret({ shares: deal(others), threshold: 2 })).toEqual(input.secret);
  }
});

test('neither secret nor shares are modified, and results are fresh', () => {
  const input = { threshold: 2, points: [1, 2, 3], secret: systemRandom(32), seed: utf8('s') };
  const before = input.secret.slice();
  const shares = deal(input);
  const copies = shares.map(({ share }) => share.slice());
  const first = reconstructSecret({ shares, threshold: 2 });
  first.fill(0);
  expect(reconstructSecret({ shares, threshold: 2 })).toEqual(before);
  expect(input.secret).toEqual(before);
  expect(shares.map(({ share }) => share)).toEqual(copies);
});

describe('refused', () => {
  const secret = new Uint8Array(32);
  const random = systemRandom;
  test.each<[string, () => unknown, RegExp]>([
    ['point 0', () => splitSecret({ secret, threshold: 2, points: [0, 1], random }), /^points: /],
    ['point 65536', () => splitSecret({ secret, threshold: 2, points: [1, 65536], random }), /^points: /],
    [
      'a fractional point',
      () => splitSecret({ secret, threshold: 2, points: [1, 1.5], random }),
      /^points: /,
    ],
    [
      'a point twice',
      () => splitSecret({ secret, threshold: 2, points: [7, 8, 7], random }),
      /^points: point 7/,
    ],
    ['threshold 1', () => splitSecret({ secret, threshold: 1, points: [1, 2], random }), /^threshold: /],
    [
      'threshold above the points',
      () => splitSecret({ secret, threshold: 3, points: [1, 2], random }),
      /^threshold: /,
    ],
    ['no points', () => splitSecret({ secret, threshold: 2, points: [], random }), /^points: /],
    [
      'a short secret',
      () => splitSecret({ secret: new Uint8Array(31), threshold: 2, points: [1, 2], random }),
      /^secret: /,
    ],
    [
      'a long secret',
      () => splitSecret({ secret: new Uint8Array(33), threshold: 2, points: [1, 2], random }),
      /^secret: /,
    ],
    [
      'a random source that gives too little',
      () => splitSecret({ secret, threshold: 3, points: [1, 2, 3], random: () => new Uint8Array(32) }),
      /^random: /,
    ],
    [
      'too few shares',
      () => reconstructSecret({ shares: [{ point: 1, share: secret }], threshold: 2 }),
      /^shares: /,
    ],
    [
      'a share at 0',
      () =>
        reconstructSecret({
          shares: [
            { point: 0, share: secret },
            { point: 1, share: secret },
          ],
          threshold: 2,
        }),
      /^shares: /,
    ],
    [
      'a share twice',
      () =>
        reconstructSecret({
          shares: [
            { point: 1, share: secret },
            { point: 1, share: secret },
          ],
          threshold: 2,
        }),
      /^shares: /,
    ],
    [
      'a spare share of another length',
      () =>
        reconstructSecret({
          shares: [1, 2, 3].map((point) => ({ point, share: new Uint8Array(point === 3 ? 31 : 32) })),
          threshold: 2,
        }),
      /^share: /,
    ],
    [
      'threshold 1 when reconstructing',
      () => reconstructSecret({ shares: [{ point: 1, share: secret }], threshold: 1 }),
      /^threshold: /,
    ],
  ])('%s', (_what, attempt, message) => {
    expect(attempt).toThrow(message);
  });
});
