/** A suite that notes how long the coordinator takes to open the sum: from the shares to the integers. */
import type { Suite } from '../../protocol/suite.js';

export function timedSuite(suites: (id: string) => Suite): {
  readonly suites: (id: string) => Suite;
  /** Milliseconds of the last time; 0 when nothing was opened. */
  readonly unmaskMs: () => number;
} {
  let startedMs = 0;
  let unmaskMs = 0;
  return {
    suites: (id) => {
      const suite = suites(id);
      return {
        ...suite,
        planOpen(...args) {
          startedMs = performance.now();
          return suite.planOpen(...args);
        },
        finishOpen(...args) {
          const sums = suite.finishOpen(...args);
          unmaskMs = performance.now() - startedMs;
          return sums;
        },
      };
    },
    unmaskMs: () => unmaskMs,
  };
}
