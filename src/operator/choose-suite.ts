/**
 * `suite: auto`: which masking suite a task is for, chosen by the organiser's tool before the task is signed, never by a
 * coordinator (PROTOCOL §5). It never lowers how many may collude: where a ring cannot stand so many, all pairs mask.
 */
import { proposedColluders } from '../protocol/parameters.js';
import { maskingComplete } from '../protocol/suites/masking-complete/index.js';
import { maskingRing } from '../protocol/suites/masking-ring/index.js';
import { ringNumbers, securityBitsOf } from '../protocol/suites/masking-ring/numbers.js';
import { MAX_ROSTER } from '../protocol/suites/masking-ring/session-numbers.js';
import { ringLoad } from '../protocol/suites/masking-ring/tails.js';

export const AUTO_SUITE = 'auto';

/** Up to so many, masking with everybody costs little, and withstands the most. */
const COMPLETE_UP_TO = 100;
/** Dropouts that a ring is planned for where the author of a task left them open. */
const RING_LOSSES = 0.15;

interface Wanted {
  readonly suite: string;
  readonly maxColluders?: number | undefined;
  readonly minSurvivors?: number | undefined;
  /** Its chain, or whether there is one. */
  readonly beacon?: string | boolean | undefined;
}

export interface ChosenSuite {
  readonly suite: string;
  /** Of a ring, when the author names one. */
  readonly usesBeacon: boolean;
  /** Of a ring, where the task leaves it open. */
  readonly minSurvivors?: number;
  /** For people. */
  readonly why: string;
}

/** @param size largest electorate. @returns null when the author chose */
export function chooseSuite(wanted: Wanted, size: number): ChosenSuite | null {
  if (wanted.suite !== AUTO_SUITE) return null;
  const hasBeacon = Boolean(wanted.beacon);
  const complete = (why: string): ChosenSuite => ({
    suite: maskingComplete.id,
    usesBeacon: false,
    why: hasBeacon ? `${why}; no beacon is needed` : why,
  });
  if (size <= COMPLETE_UP_TO) return complete(`${size} participants: everybody masks with everybody`);
  if (size > MAX_ROSTER)
    return complete(`a ring has at most ${MAX_ROSTER} members: divide ${size} into cohorts`);
  const colluders = wanted.maxColluders ?? proposedColluders(size);
  const minSurvivors = wanted.minSurvivors ?? size - ringLoad(size, 0, RING_LOSSES).losses;
  const losses = Math.max(0, size - minSurvivors);
  const numbers = ringNumbers({ participants: size, colluders, losses }, securityBitsOf(hasBeacon));
  const load = `${colluders} that collude and ${losses} that drop out`;
  if (numbers === null)
    return complete(
      `no ring of ${size} stands ${load}: everybody masks with everybody; with fewer (maxColluders, minSurvivors) a ring would do`,
    );
  return {
    suite: maskingRing.id,
    usesBeacon: hasBeacon,
    minSurvivors,
    why: `${size} participants: a ring on which each masks with ${numbers.k} neighbours stands ${load}`,
  };
}
