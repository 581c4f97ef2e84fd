/** The rules by which a ring gets its numbers, side by side (PROTOCOL §5.2): two published ones and that of `masking/ring`. */
import {
  type Committee,
  ringFailure,
  ringNumbers,
  securityBitsOf,
} from '../../protocol/suites/masking-ring/numbers.js';
import { publishedFailure, publishedNumbers } from '../../protocol/suites/masking-ring/published-rules.js';
import type { RingLoad } from '../../protocol/suites/masking-ring/tails.js';
import type { GraphRule, PlanNumbers } from './types.js';

/** @returns null when no ring will do */
export function graphNumbers(rule: GraphRule, load: RingLoad, beacon: boolean): PlanNumbers | null {
  if (rule === 'ring') {
    const numbers = ringNumbers(load, securityBitsOf(beacon));
    return numbers === null ? null : { ...numbers, failure: failureOf(ringFailure(load, numbers)) };
  }
  const numbers = publishedNumbers(rule, load);
  if (numbers === null) return null;
  const committee: Committee | null = null;
  return {
    ...numbers,
    w: null,
    h: null,
    committee,
    failure: failureOf(publishedFailure(rule, load, numbers)),
  };
}

const failureOf = ({ privacy, correctness }: { privacy: number; correctness: number }) => ({
  privacyBits: bitsOf(privacy),
  correctnessBits: bitsOf(correctness),
});

/** To a hundredth of a bit, downwards. */
const bitsOf = (log: number): number | null =>
  log === -Infinity ? null : Math.floor((-log / Math.LN2) * 100) / 100;
