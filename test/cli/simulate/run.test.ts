/**
 * Whole sessions through the real coordinator and client: exact or aborted with a reason, as the numbers say, whoever
 * vanishes when.
 */
import { describe, expect, test } from '@jest/globals';
import { type DropoutCounts, NO_DROPOUT } from '../../../src/cli/simulate/dropout.js';
import type { SimulationOptions } from '../../../src/cli/simulate/options.js';
import { runSimulation } from '../../../src/cli/simulate/run.js';
import { suitesWithPlain } from '../../suites/plain/index.js';

const simulate = (
  dropout: Partial<DropoutCounts> = {},
  options: Partial<Omit<SimulationOptions, 'dropout'>> = {},
) =>
  runSimulation({
    suite: 'masking/complete',
    participants: 6,
    length: 50,
    bits: 20,
    transport: 'memory',
    seed: 'run',
    ...options,
    dropout: { ...NO_DROPOUT, ...dropout },
  });

describe('runSimulation', () => {
  // N = 6, n_C = 1, q = 4: two may be missing.
  test.each([
    [{}, 6],
    [{ r0: 2 }, 4],
    [{ r1: 2 }, 4],
    [{ r2: 2 }, 4],
    [{ r0: 1, r1: 1 }, 4],
    [{ r1: 1, r2: 1 }, 4],
    [{ r3: 2 }, 6],
    [{ r4: 2 }, 6],
    [{ r2: 1, r3: 1 }, 5],
    [{ r2: 1, r4: 1 }, 5],
    [{ r3: 1, r4: 1 }, 6],
  ])('%j: the sum of %d is exact', async (dropout, survivors) => {
    const report = await simulate(dropout);
    expect(report).toMatchObject({
      exact: true,
      aborted: null,
      survivors,
      dropped: { ...NO_DROPOUT, ...dropout },
    });
  });

  test.each([
    [{ r0: 3 }, 'TOO_FEW_PARTICIPANTS'],
    [{ r1: 3 }, 'TOO_FEW_SURVIVORS'],
    [{ r1: 1, r2: 2 }, 'TOO_FEW_SURVIVORS'],
    [{ r3: 3 }, 'NO_QUORUM'],
    [{ r4: 3 }, 'TOO_FEW_SHARES'],
    [{ r0: 6 }, 'TOO_FEW_PARTICIPANTS'],
    [{ r2: 6 }, 'TOO_FEW_SURVIVORS'],
  ])('%j: aborted, %s', async (dropout, code) => {
    const report = await simulate(dropout);
    expect(report).toMatchObject({ exact: false, survivors: 0, aborted: { code } });
    expect(report.aborted?.message).not.toBe('');
  });

  test('one coordinate of one bit more than nothing; the most bits', async () => {
    expect(await simulate({}, { participants: 3, length: 1, bits: 3 })).toMatchObject({ exact: true });
    expect(await simulate({ r2: 1 }, { length: 70_000, bits: 32 })).toMatchObject({ exact: true });
  });

  test('the same seed, the same bytes; a vector costs its packed size', async () => {
    const [first, again, longer] = await Promise.all([
      simulate({ r2: 1 }),
      simulate({ r2: 1 }),
      simulate({ r2: 1 }, { length: 50 + 800 }),
    ]);
    expect(again.protocolBytes).toEqual(first.protocolBytes);
    expect(longer.uploadBytesPerParticipant - first.uploadBytesPerParticipant).toBeCloseTo(
      (800 * 20) / 8,
      -1,
    );
  });

  test('over TLS: the same outcome, a little more on the wire', async () => {
    const [memory, grpc] = [
      await simulate({ r2: 1, r3: 1 }),
      await simulate({ r2: 1, r3: 1 }, { transport: 'grpc' }),
    ];
    expect(grpc).toMatchObject({ exact: true, survivors: memory.survivors, dropped: memory.dropped });
    expect(grpc.protocolBytes.up).toBeGreaterThan(memory.protocolBytes.up);
    expect(grpc.protocolBytes.up).toBeLessThan(memory.protocolBytes.up * 1.3);
  });

  test('the suite that sums in the clear runs through the same code', async () => {
    const report = await simulate({ r2: 1, r4: 1 }, { suite: 'test/plain', suites: suitesWithPlain });
    expect(report).toMatchObject({ exact: true, survivors: 5, suite: 'test/plain' });
  });

  test('a sum of integers: no error, 20 bits per coordinate', async () => {
    const report = await simulate({ r2: 1 });
    expect(report).toMatchObject({ maxAbsError: 0, errorBound: 0, uploadBytesPerCoordinate: 2.5 });
    const aborted = await simulate({ r1: 3 });
    expect(aborted).toMatchObject({ maxAbsError: null, errorBound: null });
  });

  test('participants that take from one another what is the same for all: the same session, and some who do not', async () => {
    const options = { participants: 14, suite: 'masking/complete' } as const;
    const alone = await simulate({ r2: 1, r3: 1 }, options);
    const shared = await simulate({ r2: 1, r3: 1 }, { ...options, shared: true });
    const { seconds: _1, secondsAlone, sharedVerification, peakRssBytes: _2, ...same } = shared;
    const { seconds: _3, peakRssBytes: _4, ...expected } = alone;
    expect({ ...same, secondsAlone: null, sharedVerification: false }).toEqual(expected);
    expect({ sharedVerification, secondsAlone }).toEqual({
      sharedVerification: true,
      secondsAlone: { clientShare: expect.any(Number), clientMask: expect.any(Number) },
    });
  });

  test('a suite that adds up wrongly is found out', async () => {
    const report = await simulate(
      {},
      {
        suite: 'test/plain',
        suites: (id) => {
          const suite = suitesWithPlain(id);
          return {
            ...suite,
            finishOpen(session, sets, result) {
              const [sum, ...rest] = suite.finishOpen(session, sets, result);
              const wrong = (sum as Uint8Array).slice();
              wrong[49] = (wrong[49] as number) ^ 1;
              return [wrong, ...rest];
            },
          };
        },
      },
    );
    expect(report).toMatchObject({ exact: false, aborted: null, errorBound: 0 });
    expect(report.maxAbsError).toBeGreaterThan(0);
  });

  test('cancelled in the middle', async () => {
    const stop = new AbortController();
    const running = simulate({}, { participants: 30, signal: stop.signal });
    setTimeout(() => stop.abort(new Error('enough')), 50);
    await expect(running).rejects.toThrow('enough');
  });
});
