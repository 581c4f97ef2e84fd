/**
 * Suite `test/ring`: `masking/ring` with numbers for a dozen participants. Ring, neighbours, windows and masks are those of
 * the suite; only its integers are not, which for so few would leave no ring. h = 2 assumes, as h always does, fewer colluders
 * than h in any window: that holds on some of these small rings (`isAsAssumed`), where the suite's own numbers make it hold on
 * all but 2^−40. t = n_C + 1. Never part of the package.
 */
import { refuse } from '../../../src/protocol/errors.js';
import { checkTask, quorum } from '../../../src/protocol/parameters.js';
import type { SessionContext } from '../../../src/protocol/context.js';
import type { Members } from '../../../src/protocol/sets.js';
import type { Suite } from '../../../src/protocol/suite.js';
import { suiteById } from '../../../src/protocol/suites/index.js';
import { maskingRing } from '../../../src/protocol/suites/masking-ring/index.js';
import { ringOf } from '../../../src/protocol/suites/masking-ring/ring.js';

/** Neighbours on either side, of a roster that has so many: the suite itself refuses smaller ones. */
export const REACH = 3;

export const smallRing: Suite = {
  ...maskingRing,
  id: 'test/ring',
  checkTask,
  derive(task, electorateSize, rosterSize) {
    checkTask(task);
    const { maxColluders } = task;
    const w = Math.min(REACH, Math.floor((rosterSize - 1) / 2));
    const numbers = { k: 2 * w, w, h: Math.min(maxColluders + 1, 2), m: 0 };
    return { q: quorum(electorateSize, maxColluders), t: Math.max(maxColluders + 1, 2), ...numbers };
  },
  checkParameters(task, electorateSize, rosterSize, stated) {
    const own = this.derive(task, electorateSize, rosterSize);
    if (!Object.entries(own).every(([name, value]) => stated[name] === value))
      refuse('BELOW_POLICY', 'peer', 'other numbers');
  },
};

/** Whether every window has fewer colluders than what it has to keep. @param colluders their positions */
export function isAsAssumed(session: SessionContext, colluders: Members): boolean {
  const { places } = ringOf(session);
  const [w, h] = [session.parameters.w as number, session.parameters.h as number];
  const taken = colluders.map((position) => places[position] as number);
  return places.every(
    (first) => taken.filter((place) => (place - first + places.length) % places.length < w).length < h,
  );
}

export const suitesWithRing = (id: string): Suite => (id === smallRing.id ? smallRing : suiteById(id));
