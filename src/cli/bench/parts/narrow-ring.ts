/**
 * `masking/ring` with as many neighbours as a benchmark says, whatever the numbers of its task: to measure the same work as
 * others did. It promises nothing, and no session of the product runs so.
 */
import { quorum } from '../../../protocol/parameters.js';
import type { Suite } from '../../../protocol/suite.js';
import { maskingComplete } from '../../../protocol/suites/masking-complete/index.js';
import { maskingRing } from '../../../protocol/suites/masking-ring/index.js';

/** @param neighbours even, below half of the participants */
export const narrowRing = (neighbours: number): Suite => ({
  ...maskingRing,
  checkTask: (task) => {
    maskingComplete.checkTask(task);
  },
  derive: (task, electorateSize) => ({
    ...{ q: quorum(electorateSize, task.maxColluders), t: neighbours / 2 + 1 },
    ...{ k: neighbours, w: neighbours / 2, h: 1, m: 0 },
  }),
  checkParameters: () => undefined,
  checkSets: () => undefined,
});
