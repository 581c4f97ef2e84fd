import { describe, expect, test } from '@jest/globals';
import { deterministicRandom } from '../../../crypto/random.js';
import { expectedSum, inputOf, integerInputs, planInputs } from '../../../src/cli/simulate/inputs.js';
import { setUp } from '../../../src/cli/simulate/setup.js';
import { maskingComplete } from '../../../src/protocol/suites/masking-complete/index.js';
import { quantiseInput } from '../../../src/protocol/quantise.js';

describe('inputs of a simulation', () => {
  test.each([
    [3, 3],
    [10, 5],
    [50, 24],
    [100, 32],
    [7, 31],
  ])('%d participants, %d bits: the widest range that cannot wrap, extremes in it', (participants, bits) => {
    const plan = planInputs(participants, 5000, bits, 'seed');
    expect(2 * participants * plan.largest + 1).toBeLessThanOrEqual(2 ** bits);
    expect(2 * participants * (plan.largest + 1) + 1).toBeGreaterThan(2 ** bits);
    const input = inputOf(plan, 1);
    expect(input[0]).toBe(plan.clip);
    expect(input[1]).toBe(-plan.clip);
    const extremes = input.filter((value) => Math.abs(value) === plan.clip).length;
    expect(extremes).toBeGreaterThan(30);
    expect(Math.max(...input)).toBe(plan.clip);
    expect(Math.min(...input)).toBe(-plan.clip);
    expect(inputOf(plan, 1)).toEqual(input);
    expect(inputOf(plan, 2)).not.toEqual(input);
  });

  test('uniform over the range', () => {
    const plan = planInputs(10, 100_000, 24, 'uniform');
    const bins = new Array<number>(10).fill(0);
    for (const value of inputOf(plan, 0).filter((each) => Math.abs(each) < plan.clip)) {
      const bin = Math.min(9, Math.floor(((value / plan.clip + 1) / 2) * 10));
      bins[bin] = (bins[bin] as number) + 1;
    }
    for (const count of bins) expect(Math.abs(count - 9844)).toBeLessThan(500);
  });

  test('fixed point holds them exactly: the sum of what is quantised is the sum kept apart', () => {
    const plan = planInputs(4, 300, 17, 'exact');
    const { task } = setUp(maskingComplete, 4, integerInputs(plan), 'exact').task;
    const random = deterministicRandom(Uint8Array.of(1));
    const sum = new Uint32Array(300);
    for (const participant of [0, 2, 3]) {
      const [quantised] = quantiseInput(
        task,
        { vectors: { x: inputOf(plan, participant) }, weight: null, clipping: 'reject' },
        random,
      );
      quantised?.forEach((value, index) => (sum[index] = ((sum[index] as number) + value) % 2 ** 17));
    }
    expect(expectedSum(plan, [0, 2, 3])).toEqual(sum);
  });

  test('too few bits are named, with those that are needed', () => {
    expect(() => planInputs(50, 10, 6, 's')).toThrow(
      '--bits: the sum of 50 participants needs at least 7 bits',
    );
    expect(planInputs(50, 10, 7, 's').largest).toBe(1);
  });
});
