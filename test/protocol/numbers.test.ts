/** Quorum, bits, fixed point: the numbers of PROTOCOL §2, at their limits. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { utf8 } from '../../crypto/bytes.js';
import { sha256 } from '../../crypto/hash.js';
import { packBits, unpackBits } from '../../crypto/masked-vector.js';
import { deterministicRandom, type Random, systemRandom } from '../../crypto/random.js';
import { packAggregate, unpackAggregate } from '../helpers/aggregates.js';
import type { Task, VectorSpec } from '../../src/protocol/documents.js';
import { WEIGHT_VECTOR } from '../../src/protocol/documents.js';
import { isBlindsumError } from '../../src/protocol/errors.js';
import {
  checkTask,
  layoutOf,
  neededSurvivors,
  packedBytes,
  proposedColluders,
  quorum,
  requiredBits,
  weightBits,
} from '../../src/protocol/parameters.js';
import { decodeAggregate, quantiseInput, type PlainInput } from '../../src/protocol/quantise.js';
import { codeOf, participants, taskOf, vectorOf } from '../helpers/protocol.js';

const parties = participants(5);
const random = deterministicRandom(utf8('numbers'));
/** Rounds up whenever there is a fraction, or never. */
const roundUp: Random = (length) => new Uint8Array(length);
const roundDown: Random = (length) => new Uint8Array(length).fill(255);

describe('quorum', () => {
  test.each([
    [3, 1, 3],
    [5, 1, 4],
    [10, 3, 7],
    [20, 6, 14],
    [100, 33, 67],
  ])('of %i with %i colluders is %i', (size, colluders, q) => {
    expect(quorum(size, colluders)).toBe(q);
    expect(proposedColluders(size)).toBe(colluders);
  });

  test('two quorums share an honest signer, and one less may not', () => {
    for (let size = 3; size <= 60; size += 1) {
      for (let colluders = 0; colluders <= size - 3; colluders += 1) {
        // Two sets of q among `size` overlap in at least 2q − size.
        const q = quorum(size, colluders);
        expect(2 * q - size).toBeGreaterThan(colluders);
        expect(2 * (q - 1) - size).toBeLessThanOrEqual(colluders);
        expect(q).toBeLessThanOrEqual(size);
      }
    }
  });

  test('the task may ask for more survivors than the quorum, never for fewer', () => {
    expect(neededSurvivors(taskOf(parties, { minSurvivors: 2 }), 5)).toBe(4);
    expect(neededSurvivors(taskOf(parties, { minSurvivors: 5 }), 5)).toBe(5);
  });
});

describe('bits', () => {
  test('requiredBits is the least that no sum can wrap', () => {
    const specs = fc.record({
      scale: fc.oneof(fc.constantFrom(1, 2, 1000), fc.double({ min: 1e-3, max: 50, noNaN: true })),
      clip: fc.double({ min: 1e-3, max: 20, noNaN: true }),
      participants: fc.integer({ min: 3, max: 12 }),
      maxWeight: fc.option(fc.integer({ min: 1, max: 9 })),
    });
    fc.assert(
      fc.property(specs, ({ scale, clip, participants: count, maxWeight }) => {
        const bits = requiredBits({ scale, clip, weighted: maxWeight !== null }, count, maxWeight);
        // The largest magnitude one participant can send: the clip, times the weight, rounded away from zero.
        const most = Math.ceil((maxWeight ?? 1) * scale * clip);
        const fits = (width: number): boolean =>
          // All sums −count·most … count·most have to be different residues.
          2 * count * most + 1 <= 2 ** width;
        expect(fits(bits)).toBe(true);
        expect(bits === 1 || !fits(bits - 1)).toBe(true);
      }),
    );
  });

  test('the largest of several clips counts, the weight only for weighted vectors', () => {
    const spec = { scale: 10, clip: [1, 5, 3], weighted: true };
    expect(requiredBits(spec, 4, 7)).toBe(requiredBits({ scale: 10, clip: 5, weighted: true }, 4, 7));
    expect(requiredBits({ ...spec, weighted: false }, 4, 7)).toBe(
      requiredBits({ scale: 10, clip: 5, weighted: false }, 4, null),
    );
    // 401 values; a task that weighs a vector and names no largest weight is refused elsewhere.
    expect(requiredBits({ scale: 10, clip: 5, weighted: true }, 4, null)).toBe(9);
    expect(weightBits(4, 7)).toBe(5);
    expect(weightBits(3, 5)).toBe(4);
  });

  test('WOULD_WRAP says how many bits are needed', () => {
    const refused = (vector: Partial<VectorSpec>): string => {
      try {
        checkTask(taskOf(parties, { vectors: [vectorOf(vector)] }));
        return '';
      } catch (error) {
        return isBlindsumError(error, 'WOULD_WRAP') ? error.message : 'another error';
      }
    };
    expect(refused({ bits: 10 })).toBe('');
    expect(refused({ bits: 9 })).toMatch(/needs 10 bits but has 9$/);
    expect(refused({ bits: 32, scale: 1e9 })).toMatch(/needs 40 bits but has 32, more than 32: lower/);
  });

  test('clips below 1 are not rounded up to 1; one value of one participant needs one bit', () => {
    const spec = { scale: 1000, weighted: false };
    expect(requiredBits({ ...spec, clip: [0.25, 0.125] }, 4, null)).toBe(
      requiredBits({ ...spec, clip: 0.25 }, 4, null),
    );
    expect(weightBits(1, 1)).toBe(1);
  });

  test('the colluders of a task that pins nobody are fewer than it allows participants', () => {
    const task = (maxColluders: number) =>
      taskOf(parties, { pinned: null, maxParticipants: 5, maxColluders, minSurvivors: 5 });
    expect(codeOf(() => checkTask(task(4)))).toBe(null);
    expect(codeOf(() => checkTask(task(5)))).toBe('BAD_TASK');
  });

  test('one weighted vector among others makes a task weighted', () => {
    const task = (maxWeight: number | null, ...weighted: boolean[]) =>
      taskOf(parties, {
        maxWeight,
        vectors: weighted.map((each, at) => vectorOf({ name: `x${at}`, weighted: each })),
      });
    expect(codeOf(() => checkTask(task(9, true, false)))).toBe(null);
    expect(codeOf(() => checkTask(task(9, false, true)))).toBe(null);
    expect(codeOf(() => checkTask(task(null, true, false)))).toBe('BAD_TASK');
    expect(codeOf(() => checkTask(task(9, false, false)))).toBe('BAD_TASK');
  });

  test('the sum of weights fits 32 bits', () => {
    const task = (maxWeight: number) =>
      taskOf(parties.slice(0, 3), {
        maxParticipants: 3,
        vectors: [vectorOf({ weighted: true, scale: 1e-9, clip: 1 })],
        maxWeight,
      });
    // 3·W + 1 = 2^32
    const most = (2 ** 32 - 1) / 3;
    expect(weightBits(3, most)).toBe(32);
    expect(codeOf(() => checkTask(task(most)))).toBe(null);
    expect(codeOf(() => checkTask(task(most + 1)))).toBe('WOULD_WRAP');
  });

  test('an input without weight has just the vectors of the task', () => {
    const vectors = { counts: new Float64Array(5) };
    expect(quantiseInput(taskOf(parties), { vectors, weight: null, clipping: 'clip' }, random)).toHaveLength(
      1,
    );
  });

  test('the layout ends with the hidden weight', () => {
    const task = taskOf(parties, { vectors: [vectorOf({ weighted: true })], maxWeight: 9 });
    expect(layoutOf(task)).toEqual([
      { name: 'counts', length: 5, bits: 16, byteLength: 10 },
      { name: WEIGHT_VECTOR, length: 1, bits: 6, byteLength: 1 },
    ]);
    expect(packedBytes(layoutOf(task))).toBe(11);
  });
});

// ------------------------------------------------------------------------------------------------------- fixed point

const one = (spec: Partial<VectorSpec>, task: Partial<Task> = {}): Task =>
  taskOf(parties, { vectors: [vectorOf({ name: 'x', length: 1, bits: 32, ...spec })], ...task });
const give = (value: number, changes: Partial<PlainInput> = {}): PlainInput => ({
  vectors: { x: [value] },
  weight: null,
  clipping: 'clip',
  ...changes,
});
const integer = (task: Task, input: PlainInput, source: Random = random): number => {
  const [value] = quantiseInput(task, input, source)[0] as Uint32Array;
  const modulus = 2 ** (task.vectors[0] as VectorSpec).bits;
  return (value as number) >= modulus / 2 ? (value as number) - modulus : (value as number);
};

describe('fixed point', () => {
  test('whole steps are exact, whatever the randomness', () => {
    for (const source of [roundUp, roundDown, systemRandom]) {
      for (const value of [0, -0, 1, -1, 99.5, -99.5, 100, -100]) {
        expect(integer(one({ scale: 2 }), give(value), source)).toBe(2 * value + 0);
      }
    }
  });

  test('fractions go to one of the two neighbours', () => {
    for (const [value, below] of [
      [0.25, 0],
      [-0.25, -1],
      [99.999, 99],
      [-99.999, -100],
      [1e-12, 0],
      [-1e-12, -1],
    ] as const) {
      expect(integer(one({}), give(value), roundDown)).toBe(value === -1e-12 ? 0 : below);
      expect(integer(one({}), give(value), roundUp)).toBe(below + 1);
    }
  });

  test('rounding is unbiased', () => {
    const length = 200_000;
    const task = one({ length, clip: 2 });
    for (const value of [0.1, 0.5, 0.9, -0.3, 1.75, -1.999]) {
      const input = {
        vectors: { x: new Float64Array(length).fill(value) },
        weight: null,
        clipping: 'clip',
      } as const;
      const integers = quantiseInput(task, input, random)[0] as Uint32Array;
      let sum = 0;
      for (const coordinate of integers) sum += coordinate | 0;
      const fraction = value - Math.floor(value);
      const deviation = Math.sqrt((fraction * (1 - fraction)) / length);
      expect(Math.abs(sum / length - value)).toBeLessThan(5 * deviation);
    }
  });

  test('coordinates are rounded independently, beyond the first piece of randomness too', () => {
    const length = 40_000;
    const input = {
      vectors: { x: new Float64Array(length).fill(0.5) },
      weight: null,
      clipping: 'clip',
    } as const;
    const bits = quantiseInput(one({ length }), input, random)[0] as Uint32Array;
    for (const distance of [1, 2, 16384, 32768]) {
      let agree = 0;
      for (let i = distance; i < length; i += 1) if (bits[i] === bits[i - distance]) agree += 1;
      const pairs = length - distance;
      expect(Math.abs(agree - pairs / 2)).toBeLessThan(2.5 * Math.sqrt(pairs));
    }
  });

  test('each coordinate takes four bytes, little-endian, beyond the first piece of randomness too', () => {
    const length = 16_384 + 3;
    const least = new Uint8Array(4 * length).fill(0xff);
    // r < 2^31 for one half: 0x7fffffff rounds up, 0x80000000 does not.
    const up = [0, 1, 5, 16_383, 16_384, 16_386];
    const bytes = new DataView(least.buffer);
    for (let at = 0; at < length; at += 1)
      bytes.setUint32(4 * at, up.includes(at) ? 2 ** 31 - 1 : 2 ** 31, true);
    let from = 0;
    const source: Random = (count) => least.subarray(from, (from += count));
    const input = {
      vectors: { x: new Float64Array(length).fill(0.5) },
      weight: null,
      clipping: 'clip',
    } as const;
    const integers = quantiseInput(one({ length }), input, source)[0] as Uint32Array;
    expect([...integers.keys()].filter((at) => integers[at] === 1)).toEqual(up);
    expect(from).toBe(4 * length);
  });

  test('integers below zero are residues of any modulus', () => {
    for (const bits of [1, 2, 31, 32]) {
      const [values] = quantiseInput(one({ bits, clip: 1 }), give(-1), random) as [Uint32Array];
      expect([bits, values[0]]).toEqual([bits, 2 ** bits - 1]);
    }
  });

  test('randomness may come as part of a larger buffer', () => {
    const pooled: Random = (length) => new Uint8Array(length + 64).fill(255, 64).subarray(64);
    expect(integer(one({}), give(0.5), pooled)).toBe(integer(one({}), give(0.5), roundDown));
    expect(integer(one({}), give(0.5), roundUp)).toBe(1);
  });

  test('clips to the limit, per coordinate, before the weight', () => {
    expect(integer(one({ clip: 3 }), give(7))).toBe(3);
    expect(integer(one({ clip: 3 }), give(-7))).toBe(-3);
    const task = one({ length: 3, clip: [1, 2, 3], weighted: true }, { maxWeight: 10 });
    const input: PlainInput = { vectors: { x: [9, -9, 2] }, weight: 10, clipping: 'clip' };
    expect([...(quantiseInput(task, input, random)[0] as Uint32Array)].map((value) => value | 0)).toEqual([
      10, -20, 20,
    ]);
    expect([...(quantiseInput(task, input, random)[1] as Uint32Array)]).toEqual([10]);
  });

  test('weight 0 sends zeros', () => {
    const task = one({ weighted: true }, { maxWeight: 10 });
    expect(quantiseInput(task, give(55, { weight: 0 }), roundUp)).toEqual([
      Uint32Array.of(0),
      Uint32Array.of(0),
    ]);
  });

  const weightedTask = one({ weighted: true }, { maxWeight: 10 });
  const refusals: [string, string, Task, PlainInput][] = [
    ['NaN', 'NOT_FINITE', one({}), give(NaN)],
    ['infinity', 'NOT_FINITE', one({}), give(Infinity)],
    ['minus infinity', 'NOT_FINITE', one({}), give(-Infinity)],
    ['NaN when rejecting', 'NOT_FINITE', one({}), give(NaN, { clipping: 'reject' })],
    ['too large a coordinate when rejecting', 'OVER_CLIP', one({}), give(100.1, { clipping: 'reject' })],
    ['too small a coordinate when rejecting', 'OVER_CLIP', one({}), give(-100.1, { clipping: 'reject' })],
    ['a missing vector', 'MISSING_VECTOR', one({}), { ...give(1), vectors: {} }],
    ['an inherited vector', 'MISSING_VECTOR', one({ name: 'toString' }), { ...give(1), vectors: {} }],
    ['an unknown vector', 'MISSING_VECTOR', one({}), { ...give(1), vectors: { x: [1], y: [1] } }],
    ['a short vector', 'WRONG_LENGTH', one({}), { ...give(1), vectors: { x: [] } }],
    ['a long vector', 'WRONG_LENGTH', one({}), { ...give(1), vectors: { x: [1, 2] } }],
    ['a weight where there is none', 'BAD_WEIGHT', one({}), give(1, { weight: 1 })],
    ['no weight', 'BAD_WEIGHT', weightedTask, give(1)],
    ['a negative weight', 'BAD_WEIGHT', weightedTask, give(1, { weight: -1 })],
    ['a fraction as weight', 'BAD_WEIGHT', weightedTask, give(1, { weight: 0.5 })],
    ['too large a weight', 'BAD_WEIGHT', weightedTask, give(1, { weight: 11 })],
    ['NaN as weight', 'BAD_WEIGHT', weightedTask, give(1, { weight: NaN })],
  ];
  test.each(refusals)('refuses %s: %s', (_, code, task, input) => {
    expect(codeOf(() => quantiseInput(task, input, random))).toBe(code);
  });
  test('exactly the clip is within it', () => {
    expect(integer(one({}), give(100, { clipping: 'reject' }))).toBe(100);
  });
});

describe('sums', () => {
  /** What all rounds together compute: everybody's integers added modulo 2^bits, packed, unpacked, decoded. */
  function aggregate(task: Task, inputs: readonly PlainInput[], source: Random) {
    const layout = layoutOf(task);
    const quantised = inputs.map((input) => quantiseInput(task, input, source));
    const sums = layout.map(({ bits, length }, vector) =>
      Uint32Array.from({ length }, (_, at) => {
        const total = quantised.reduce((sum, all) => sum + (all[vector]?.[at] as number), 0);
        return total % 2 ** bits;
      }),
    );
    const { packed, digests } = packAggregate(task, sums);
    return decodeAggregate(task, unpackAggregate(task, packed, digests), inputs.length);
  }

  test('everybody at the limit, with the fewest bits the task may have, does not wrap', () => {
    const specs = fc.record({
      scale: fc.double({ min: 0.01, max: 1e4, noNaN: true }),
      clip: fc.double({ min: 0.01, max: 1e3, noNaN: true }),
      count: fc.integer({ min: 3, max: 40 }),
      maxWeight: fc.option(fc.integer({ min: 1, max: 50 })),
      sign: fc.constantFrom(1, -1),
      up: fc.boolean(),
    });
    fc.assert(
      fc.property(specs, ({ scale, clip, count, maxWeight, sign, up }) => {
        const weighted = maxWeight !== null;
        const bits = requiredBits({ scale, clip, weighted }, count, maxWeight);
        fc.pre(bits <= 32);
        const task = taskOf(participants(count), {
          vectors: [vectorOf({ name: 'x', length: 1, bits, scale, clip, weighted })],
          maxWeight,
        });
        checkTask(task);
        const weight = maxWeight ?? 1;
        const inputs = Array.from({ length: count }, () => give(sign * clip * 2, { weight: maxWeight }));
        const { vectors, weight: total } = aggregate(task, inputs, up ? roundUp : roundDown);
        const scaled = scale * weight * (sign * clip);
        const integerEach = up && scaled % 1 !== 0 ? Math.ceil(scaled) : Math.floor(scaled);
        // roundDown rounds up as well when the fraction is within 2^−32 of 1.
        fc.pre(up || scaled - Math.floor(scaled) < 1 - 2 ** -31);
        fc.pre(!up || scaled % 1 === 0 || scaled - Math.floor(scaled) > 2 ** -31);
        expect(vectors.x?.sum[0]).toBe((count * integerEach) / scale + 0);
        expect(total).toBe(weighted ? count * weight : null);
      }),
      { numRuns: 300 },
    );
  });

  test('with one bit less they would', () => {
    const limits = { scale: 1, clip: 1, weighted: false };
    const bits = requiredBits(limits, 5, null);
    const task = {
      ...taskOf(parties),
      vectors: [vectorOf({ name: 'x', length: 1, bits: bits - 1, ...limits })],
    };
    const inputs = Array.from({ length: 5 }, () => give(1));
    expect(aggregate(task, inputs, roundUp).vectors.x?.sum[0]).not.toBe(5);
    expect(codeOf(() => checkTask(task))).toBe('WOULD_WRAP');
  });

  test('means divide by the survivors, weighted means by their weight', () => {
    const task = taskOf(parties, {
      vectors: [
        vectorOf({ name: 'x', length: 1, bits: 32, scale: 4, weighted: true }),
        vectorOf({ name: 'plain', length: 2, bits: 16 }),
      ],
      maxWeight: 10,
    });
    const inputs = [2, 0, 8].map((weight, index) => ({
      vectors: { x: [index + 0.5], plain: [1, -index] },
      weight,
      clipping: 'clip' as const,
    }));
    const { vectors, weight, survivors } = aggregate(task, inputs, roundDown);
    expect({ weight, survivors }).toEqual({ weight: 10, survivors: 3 });
    expect([...(vectors.x?.sum ?? [])]).toEqual([21]);
    expect([...(vectors.x?.mean ?? [])]).toEqual([2.1]);
    expect([...(vectors.plain?.sum ?? [])]).toEqual([3, -3]);
    expect([...(vectors.plain?.mean ?? [])]).toEqual([1, -1]);
  });

  test('residues from R / 2 on are below zero', () => {
    const decoded = (...residues: number[]) => {
      const task = taskOf(parties, { vectors: [vectorOf({ name: 'x', length: 4, bits: 16, scale: 2 })] });
      return [...(decodeAggregate(task, [Uint32Array.from(residues)], 3).vectors.x?.sum ?? [])];
    };
    expect(decoded(0, 2 ** 15 - 1, 2 ** 15, 2 ** 16 - 1)).toEqual([0, 16383.5, -16384, -0.5]);
  });

  test('no weight at all is an error', () => {
    const task = one({ weighted: true }, { maxWeight: 10 });
    const inputs = [1, 2, 3].map((value) => give(value, { weight: 0 }));
    expect(codeOf(() => aggregate(task, inputs, random))).toBe('NO_WEIGHT');
  });

  test('the aggregate has to have the size and digests that the result names', () => {
    const task = taskOf(parties);
    const sums = [Uint32Array.of(1, 2, 3, 4, 5)];
    const { packed, digests } = packAggregate(task, sums);
    expect(unpackAggregate(task, packed, digests)).toEqual(sums);
    expect(unpackBits(packed, 16, 5)).toEqual(sums[0]);
    expect(packBits(sums[0] as Uint32Array, 16)).toEqual(packed);
    for (const [bytes, given] of [
      [packed.slice(1), digests],
      [Uint8Array.of(...packed, 0), digests],
      [packed, []],
      [packed.map((byte) => byte + 1), digests],
    ] as const) {
      expect(codeOf(() => unpackAggregate(task, bytes, given))).toBe('AGGREGATE_MISMATCH');
    }
  });

  test('spare bits that are signed for are refused, not a failure of the program', () => {
    const task = taskOf(parties, { vectors: [vectorOf({ length: 3, bits: 15 })] });
    const packed = Uint8Array.of(1, 0, 1, 0, 1, 0x80);
    expect(codeOf(() => unpackAggregate(task, packed, [sha256(packed)]))).toBe('AGGREGATE_MISMATCH');
  });
});
