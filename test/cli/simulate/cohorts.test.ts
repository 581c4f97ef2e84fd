/** Hierarchies through real coordinators and clients: the sum over all cohorts that are in it is exact, or says why not. */
import { describe, expect, test } from '@jest/globals';
import { runCohorts } from '../../../src/cli/simulate/cohorts.js';
import type { CohortsOptions } from '../../../src/cli/simulate/cohort-types.js';
import { NO_DROPOUT } from '../../../src/cli/simulate/dropout.js';
import { suiteById } from '../../../src/protocol/suites/index.js';

const simulate = (options: Partial<CohortsOptions> = {}) =>
  runCohorts({
    ...{ suite: 'masking/complete', cohorts: 3, participants: 5, length: 40, bits: 24, seed: 'cohorts' },
    ...{ transport: 'memory', dropout: NO_DROPOUT, cohortDropout: NO_DROPOUT },
    ...options,
  });

describe('runCohorts', () => {
  test('one of each five vanishes: the sum over twelve', async () => {
    const progress: number[] = [];
    const report = await simulate({
      dropout: { ...NO_DROPOUT, r2: 1 },
      onProgress: (done, total) => {
        expect(total).toBe(5 * (3 * 5 + 3));
        progress.push(done);
      },
    });
    expect(report).toMatchObject({
      ...{ cohorts: 3, participants: 5, survivors: 12, cohortsInSum: 3, weight: null, exact: true },
      ...{ aborted: null, abortedCohorts: {} },
      dropped: { participants: { ...NO_DROPOUT, r2: 3 }, delegates: NO_DROPOUT },
    });
    expect(progress.at(-1)).toBeGreaterThan(60);
  });

  test('a cohort whose session aborts is not in the sum; a delegate that vanishes after its sum is', async () => {
    const report = await simulate({
      cohorts: 6,
      participants: 4,
      maxWeight: 9,
      dropoutOf: (cohort) => (cohort === 2 ? { ...NO_DROPOUT, r1: 2 } : NO_DROPOUT),
      cohortDropout: { ...NO_DROPOUT, r4: 1 },
    });
    expect(report).toMatchObject({
      ...{ survivors: 20, cohortsInSum: 5, exact: true, aborted: null },
      abortedCohorts: { TOO_FEW_SURVIVORS: 1 },
    });
    expect(report.weight).toBeGreaterThanOrEqual(20);
  });

  test('too few cohorts have a sum: the parent aborts', async () => {
    const report = await simulate({
      dropoutOf: (cohort) => (cohort === 0 ? { ...NO_DROPOUT, r0: 3 } : NO_DROPOUT),
    });
    expect(report).toMatchObject({
      ...{ survivors: 0, cohortsInSum: 0, exact: false, aborted: { code: 'TOO_FEW_PARTICIPANTS' } },
      abortedCohorts: { TOO_FEW_PARTICIPANTS: 1 },
    });
  });

  test('the most bits, weighted', async () => {
    expect(await simulate({ bits: 32, maxWeight: 100 })).toMatchObject({ exact: true, survivors: 15 });
  });

  test('a cohort that adds up wrongly is found out, though the parent adds up what it is given', async () => {
    let wrong = true;
    const report = await simulate({
      suites: (id) => {
        const suite = suiteById(id);
        return {
          ...suite,
          finishOpen(...args) {
            const [sum, ...rest] = suite.finishOpen(...args);
            if (!wrong) return [sum as Uint8Array, ...rest];
            wrong = false;
            const changed = (sum as Uint8Array).slice();
            changed[9] = (changed[9] as number) ^ 1;
            return [changed, ...rest];
          },
        };
      },
    });
    expect(report).toMatchObject({ exact: false, aborted: null });
  });
});
