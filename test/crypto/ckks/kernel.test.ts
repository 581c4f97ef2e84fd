/** Every function of the kernel against BigInt: all cases of small rings, random and extreme ones of the real. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { useKernel, type Workspace } from '../../../crypto/ckks/kernel.js';
import { RINGS, type Ring } from '../../../crypto/ckks/ring.js';
import { randomWords } from '../../../crypto/ckks/sampling.js';
import { deterministicRandom } from '../../../crypto/random.js';
import {
  bytesOfWords,
  interpolate,
  inverse,
  mod,
  product,
  TOY_RINGS,
  transformedWord,
  wordsOf,
} from './oracle.js';

const rings = [...TOY_RINGS, ...RINGS].map((ring) => [`${ring.degree} mod ${ring.modulus}`, ring] as const);

/** Words of a ring, extremes more often than they would come by themselves. */
const word = ({ modulus }: Ring) =>
  fc.oneof(fc.bigInt({ min: 0n, max: modulus - 1n }), fc.constantFrom(0n, 1n, modulus - 1n, modulus >> 1n));

/** A large element from a seed: thousands of values drawn one by one would take longer than everything else. */
const element = (ring: Ring): fc.Arbitrary<bigint[]> =>
  ring.degree === 8
    ? fc.array(word(ring), { minLength: 8, maxLength: 8 })
    : fc
        .uint8Array({ minLength: 4, maxLength: 4 })
        .map((seed) => wordsOf(randomWords(ring, ring.degree, deterministicRandom(seed))));

/** All indices of a small ring, some of a large one. */
const someIndices = ({ degree }: Ring): number[] =>
  degree === 8
    ? [0, 1, 2, 3, 4, 5, 6, 7]
    : [0, 1, 2, 1234, degree / 2 - 1, degree / 2, degree - 2, degree - 1];

/** Puts lists of words into areas, and reads the first area when `work` is done. */
function compute(
  ring: Ring,
  lists: readonly (readonly bigint[])[],
  work: (kernel: Workspace, ...at: number[]) => void,
): bigint[] {
  const lengths = lists.map((list) => 8 * list.length);
  return useKernel(ring, lengths, (kernel, ...at) => {
    lists.forEach((list, i) => kernel.write(at[i] as number, bytesOfWords(list)));
    work(kernel, ...at);
    return wordsOf(kernel.read(at[0] as number, lengths[0] as number));
  });
}

describe.each(rings)('ring %s', (_name, ring: Ring) => {
  const q = ring.modulus;
  const runs = { numRuns: ring.degree > 8 ? 6 : 200 };

  test('the transform is the evaluation at the odd powers of the root, in bit-reversed order', () => {
    fc.assert(
      fc.property(element(ring), (coefficients) => {
        const words = compute(ring, [coefficients], (kernel, at) => kernel.toTransformed(at));
        for (const index of someIndices(ring)) {
          expect(words[index]).toBe(transformedWord(ring, coefficients, index));
        }
        const back = compute(ring, [words], (kernel, at) => kernel.fromTransformed(at));
        expect(back).toEqual(coefficients);
      }),
      runs,
    );
  });

  test('products of transforms are products of polynomials modulo X^N + 1', () => {
    fc.assert(
      fc.property(element(ring), fc.array(word(ring), { maxLength: 5 }), (a, few) => {
        const b = [...few, ...new Array<bigint>(ring.degree - few.length).fill(0n)];
        const words = compute(ring, [a, b], (kernel, x, y) => {
          kernel.toTransformed(x);
          kernel.toTransformed(y);
          kernel.enter(y, ring.degree);
          kernel.multiply(x, x, y, ring.degree);
          kernel.fromTransformed(x);
        });
        expect(words).toEqual(product(ring, few, a));
      }),
      { numRuns: ring.degree > 8 ? 3 : 100 },
    );
  });

  test('products, sums and differences are those modulo q', () => {
    const pairs = fc.array(fc.tuple(word(ring), word(ring)), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(pairs, (list) => {
        const [a, b] = [list.map(([x]) => x), list.map(([, y]) => y)];
        const expected = (f: (x: bigint, y: bigint) => bigint) => list.map(([x, y]) => mod(f(x, y), q));
        const both = (work: (kernel: Workspace, x: number, y: number) => void) =>
          compute(ring, [a, b], (kernel, x, y) => work(kernel, x, y));
        expect(
          both((kernel, x, y) => {
            kernel.enter(y, list.length);
            kernel.multiply(x, x, y, list.length);
          }),
        ).toEqual(expected((x, y) => x * y));
        expect(both((kernel, x, y) => kernel.subtract(x, y, list.length))).toEqual(expected((x, y) => x - y));
        expect(both((kernel, x, y) => expect(kernel.add(x, y, list.length)).toBe(0))).toEqual(
          expected((x, y) => x + y),
        );
      }),
      { numRuns: 200 },
    );
  });

  test('adding notices every word that is not below q, wherever it stands', () => {
    for (const length of [1, 2, 3, 8, 9]) {
      for (let at = 0; at < length; at += 1) {
        for (const bad of [q, q + 1n, (1n << 63n) - 1n, 1n << 63n, (1n << 64n) - 1n]) {
          const words = new Array<bigint>(length).fill(q - 1n);
          words[at] = bad;
          compute(ring, [new Array<bigint>(length).fill(q - 1n), words], (kernel, x, y) =>
            expect(kernel.add(x, y, length)).toBe(1),
          );
        }
      }
    }
  });

  test('a combination is the sum of the multiples of the rows', () => {
    const matrix = fc
      .record({ depth: fc.integer({ min: 1, max: 7 }), width: fc.integer({ min: 1, max: 5 }) })
      .chain(({ depth, width }) =>
        fc.record({
          row: fc.array(word(ring), { minLength: depth, maxLength: depth }),
          rows: fc.array(word(ring), { minLength: depth * width, maxLength: depth * width }),
          width: fc.constant(width),
        }),
      );
    fc.assert(
      fc.property(matrix, ({ row, rows, width }) => {
        const out = compute(
          ring,
          [new Array<bigint>(width).fill(5n), row, rows],
          (kernel, to, factors, from) => {
            kernel.enter(factors, row.length);
            kernel.combine(to, factors, from, row.length, width);
          },
        );
        const expected = Array.from({ length: width }, (_, column) =>
          mod(
            row.reduce((sum, factor, j) => sum + factor * (rows[width * j + column] as bigint), 0n),
            q,
          ),
        );
        expect(out).toEqual(expected);
      }),
      { numRuns: 100 },
    );
  });

  test('a basis row gives the value of the interpolating polynomial', () => {
    const points = fc.uniqueArray(fc.bigInt({ min: 0n, max: q - 1n }), { minLength: 2, maxLength: 9 });
    fc.assert(
      fc.property(points, fc.infiniteStream(word(ring)), ([target, ...xs], stream) => {
        const values = xs.map(() => stream.next().value as bigint);
        const empty = xs.map(() => 0n);
        const [value] = compute(
          ring,
          [[0n], xs, empty, empty, empty, values],
          (kernel, out, at, weights, scratch, row, rows) => {
            kernel.weigh(weights, at, xs.length, scratch);
            kernel.basis(row, at, weights, xs.length, target as bigint, scratch);
            kernel.combine(out, row, rows, xs.length, 1);
          },
        );
        const through = xs.map((x, i) => [x, values[i] as bigint] as const);
        expect(value).toBe(interpolate(q, through, target as bigint));
      }),
      { numRuns: 60 },
    );
  });

  test('rejection keeps the words below q, in order, and no more than wanted', () => {
    const drawn = fc.array(fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }), { minLength: 1, maxLength: 30 });
    const mask = (1n << BigInt(ring.modulusBits)) - 1n;
    fc.assert(
      fc.property(drawn, fc.integer({ min: 0, max: 30 }), (words, wanted) => {
        const expected = words.map((value) => value & mask).filter((value) => value < q);
        const out = compute(ring, [new Array<bigint>(30).fill(0n), words], (kernel, to, from) => {
          const taken = kernel.accept(to, from, words.length, mask, wanted);
          expect(taken).toBe(Math.min(wanted, expected.length));
        });
        expect(out.slice(0, Math.min(wanted, expected.length))).toEqual(expected.slice(0, wanted));
      }),
    );
  });

  test('the magnitude is the largest distance from 0', () => {
    fc.assert(
      fc.property(fc.array(word(ring), { minLength: 1, maxLength: 9 }), (words) => {
        const distances = words.map((value) => (value > q / 2n ? q - value : value));
        compute(ring, [words], (kernel, at) => {
          expect(kernel.magnitude(at, words.length)).toBe(distances.reduce((a, b) => (a > b ? a : b)));
        });
      }),
    );
  });

  test('packing is the documented bit stream; adding it is adding its words', () => {
    const pairs = fc.array(fc.tuple(word(ring), word(ring)), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(pairs, (list) => {
        const [words, sum] = [list.map(([x]) => x), list.map(([, y]) => y)];
        const bits = ring.modulusBits;
        const stream = words.reduce((all, value, i) => all | (value << BigInt(bits * i)), 0n);
        const length = Math.ceil((bits * words.length) / 8);
        const expected = Array.from({ length }, (_, i) => Number((stream >> BigInt(8 * i)) & 255n));
        const total = compute(ring, [sum, words, words], (kernel, at, from, to) => {
          kernel.pack(to, from, words.length, bits);
          expect([...kernel.read(to, length)]).toEqual(expected);
          expect(kernel.addPacked(at, to, words.length, bits)).toBe(0);
        });
        expect(total).toEqual(list.map(([x, y]) => (x + y) % q));
      }),
    );
  });

  test('adding packed words notices every one that is not below q, wherever it stands', () => {
    const bits = ring.modulusBits;
    for (const length of [1, 7, 8, 9, 16, 19]) {
      for (let at = 0; at < length; at += 1) {
        for (const bad of [q, (1n << BigInt(bits)) - 1n]) {
          const words = new Array<bigint>(length).fill(q - 1n);
          words[at] = bad;
          compute(ring, [new Array<bigint>(length).fill(q - 1n), words, words], (kernel, sum, from, to) => {
            kernel.pack(to, from, length, bits);
            expect(kernel.addPacked(sum, to, length, bits)).toBe(1);
          });
        }
      }
    }
  });
});

test('inverses exist for every element of a small field', () => {
  const ring = TOY_RINGS[1] as Ring;
  for (let value = 1n; value < ring.modulus; value += 1n) {
    // 1/(x_0 − x_1) is the weight of x_0.
    const weights = compute(
      ring,
      [
        [0n, 0n],
        [value, 0n],
        [0n, 0n],
      ],
      (kernel, out, points, scratch) => kernel.weigh(out, points, 2, scratch),
    );
    expect(weights).toEqual([inverse(value, ring.modulus), inverse(mod(-value, ring.modulus), ring.modulus)]);
  }
});

describe('the workspace', () => {
  const ring = TOY_RINGS[0] as Ring;

  test('is wiped after every call, also one that throws', () => {
    const secret = new Uint8Array(100).fill(0x5a);
    let address = 0;
    const leave = () =>
      useKernel(ring, [100], (kernel, at) => {
        address = at;
        kernel.write(at, secret);
        throw new Error('in the middle');
      });
    expect(leave).toThrow('in the middle');
    useKernel(ring, [], (kernel) => expect(kernel.read(address, 100)).toEqual(new Uint8Array(100)));
    useKernel(ring, [100], (kernel, at) => kernel.write(at, secret));
    useKernel(ring, [], (kernel) => expect(kernel.read(address, 100)).toEqual(new Uint8Array(100)));
  });

  test('serves one call at a time', () => {
    expect(() => useKernel(ring, [], () => useKernel(ring, [], () => 1))).toThrow(/does not nest/);
    expect(useKernel(ring, [], () => 1)).toBe(1);
  });
});
