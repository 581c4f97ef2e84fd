/**
 * Suite `test/ring`: `masking/ring` with numbers for a dozen participants. Ring, neighbours, windows and masks are those of
 * the suite; only its integers are not, which for so few would leave no ring. What they assume holds in every play instead of
 * in all but 2^−40: at most n_C colluders stand in any window, so h = n_C + 1, and t = n_C + 1. Never part of the package.
 */
import { refuse } from '../../../src/protocol/errors.js';
import { checkTask, quorum } from '../../../src/protocol/parameters.js';
import type { Suite } from '../../../src/protocol/suite.js';
import { suiteById } from '../../../src/protocol/suites/index.js';
import { maskingRing } from '../../../src/protocol/suites/masking-ring/index.js';

/** Neighbours on either side. */
export const REACH = 3;

export const smallRing: Suite = {
  ...maskingRing,
  id: 'test/ring',
  checkTask,
  derive(task, electorateSize) {
    checkTask(task);
    const { maxColluders } = task;
    const numbers = { k: 2 * REACH, w: REACH, h: maxColluders + 1, m: 0 };
    return { q: quorum(electorateSize, maxColluders), t: Math.max(maxColluders + 1, 2), ...numbers };
  },
  checkParameters(task, electorateSize, rosterSize, stated) {
    const own = this.derive(task, electorateSize, rosterSize);
    if (!Object.entries(own).every(([name, value]) => stated[name] === value))
      refuse('BELOW_POLICY', 'peer', 'other numbers');
  },
};

export const suitesWithRing = (id: string): Suite => (id === smallRing.id ? smallRing : suiteById(id));
