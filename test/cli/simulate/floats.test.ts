/** Sessions of ckks/sumkey through the real coordinator and client: floats, within the error that the suite promises. */
import { describe, expect, test } from '@jest/globals';
import { type DropoutCounts, NO_DROPOUT } from '../../../src/cli/simulate/dropout.js';
import { floatInputs } from '../../../src/cli/simulate/float-inputs.js';
import type { SimulationOptions } from '../../../src/cli/simulate/options.js';
import { runSimulation } from '../../../src/cli/simulate/run.js';
import { suiteById } from '../../../src/protocol/suites/index.js';

const simulate = (
  dropout: Partial<DropoutCounts> = {},
  options: Partial<Omit<SimulationOptions, 'dropout'>> = {},
) =>
  runSimulation({
    suite: 'ckks/sumkey',
    participants: 6,
    length: 50,
    transport: 'memory',
    seed: 'floats',
    ...options,
    dropout: { ...NO_DROPOUT, ...dropout },
  });

describe('runSimulation of ckks/sumkey', () => {
  // N = 6, n_C = 1, q = t = 4: two may be missing, and two more answers than t are waited for.
  test.each([
    [{}, 6],
    [{ r0: 1, r1: 1 }, 4],
    [{ r2: 2 }, 4],
    [{ r3: 1 }, 6],
    [{ r3: 2 }, 6],
    [{ r4: 2 }, 6],
    [{ r2: 1, r4: 1 }, 5],
  ])('%j: the sum of %d within the bound', async (dropout, survivors) => {
    const report = await simulate(dropout);
    expect(report).toMatchObject({ exact: true, aborted: null, survivors });
    expect(report.errorBound).toBeLessThan(1e-13);
    expect(report.maxAbsError).toBeGreaterThan(0);
    expect(report.maxAbsError).toBeLessThanOrEqual(report.errorBound as number);
  });

  test.each([3, 4, 5, 7, 8, 9, 10])(
    '%d participants, as many gone as may be: 16.5 bytes per coordinate or less, 1e-9 or better',
    async (participants) => {
      const spare = { 3: 0, 4: 1, 5: 1, 7: 2, 8: 2, 9: 3, 10: 3 }[participants] as number;
      const report = await simulate({ r2: spare }, { participants, length: 5000 });
      expect(report).toMatchObject({ exact: true, aborted: null, survivors: participants - spare });
      expect(report.maxAbsError).toBeLessThanOrEqual(1e-9);
      // Two chunks of 4096 coefficients of 60 bits.
      expect(report.uploadBytesPerCoordinate).toBe((2 * 4096 * 7.5) / 5000);
    },
  );

  test('in slots, with SEAL: two words per coordinate', async () => {
    const report = await simulate({ r2: 1 }, { length: 4096, encoding: 'slots' });
    expect(report).toMatchObject({ exact: true, survivors: 5, uploadBytesPerCoordinate: 15 });
    expect(report.errorBound).toBeLessThan(1e-9);
  });

  test('over TLS', async () => {
    const report = await simulate({ r3: 1 }, { transport: 'grpc', participants: 4 });
    expect(report).toMatchObject({ exact: true, survivors: 4 });
  });

  test('a sum that is off by more than the bound is found out, wherever it is off', async () => {
    const off = await simulate(
      {},
      {
        suites: (id) => {
          const suite = suiteById(id);
          return {
            ...suite,
            finishOpen(session, sets, result) {
              const [sum, ...rest] = suite.finishOpen(session, sets, result);
              const wrong = (sum as Uint8Array).slice();
              const view = new DataView(wrong.buffer);
              view.setFloat64(8 * 49, view.getFloat64(8 * 49, true) + 1e-12, true);
              return [wrong, ...rest];
            },
          };
        },
      },
    );
    expect(off).toMatchObject({ exact: false, aborted: null });
    // What is added here, on top of the honest error of this coordinate, which is random and within the bound.
    expect(Math.abs((off.maxAbsError as number) - 1e-12)).toBeLessThanOrEqual(off.errorBound as number);
    expect(off.errorBound).toBeLessThan(1e-13);
  });
});

describe('float inputs', () => {
  const inputs = floatInputs({ length: 100_000, encoding: undefined, seed: 'uniform' });

  test('uniform in [−1, 1], extremes among them, the same for the same participant', () => {
    const of = (participant: number) => inputs.of(participant).vectors['x'] as Float64Array;
    const values = of(3);
    expect(of(3)).toEqual(values);
    expect(of(4)).not.toEqual(values);
    expect([values[0], values[1]]).toEqual([1, -1]);
    expect(Math.max(...values.slice(2))).toBe(1);
    expect(Math.min(...values.slice(2))).toBe(-1);
    const bins = new Array<number>(10).fill(0);
    for (const value of values.filter((each) => Math.abs(each) < 1)) {
      const bin = Math.min(9, Math.floor(((value + 1) / 2) * 10));
      bins[bin] = (bins[bin] as number) + 1;
    }
    for (const count of bins) expect(Math.abs(count - 9844)).toBeLessThan(500);
    // No fixed point of 32 bits holds them.
    expect(values.filter((value) => Number.isInteger(value * 2 ** 40)).length).toBeLessThan(2000);
  });

  test('the sum kept apart is that of the participants named, rounded once', () => {
    const few = floatInputs({ length: 200, encoding: undefined, seed: 's' });
    const named = Array.from({ length: 40 }, (_, index) => 2 * index);
    const values = named.map((participant) => few.of(participant).vectors['x'] as Float64Array);
    few.expected(named).vectors['x']?.forEach((sum, index) => {
      const exact = values.reduce((total, of) => total + BigInt((of[index] as number) * 2 ** 53), 0n);
      expect(sum).toBe(Number(exact) / 2 ** 53);
    });
  });
});
