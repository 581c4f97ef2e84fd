/**
 * `blindsum plan`: whether so many participants can sum such vectors, with which numbers and at what cost, by the same
 * functions that complete a task and give a ring its numbers (PROTOCOL §2, §5). Nothing is signed and nobody is asked.
 */
import { isBlindsumError } from '../../protocol/errors.js';
import { ringLoad } from '../../protocol/suites/masking-ring/tails.js';
import type { SuiteFor } from '../suite-flag.js';
import { planComplete } from './complete-plan.js';
import { planRing } from './ring-plan.js';
import type { Rates } from './seconds.js';
import { colludersOf } from './task-of.js';
import type { Asked, Plan, PlanRequest } from './types.js';

export const RING_SUITE = 'masking/ring';

/** What a suite is chosen for, where the request leaves it open. */
export function suiteFor(request: Omit<PlanRequest, 'suite'>): SuiteFor {
  const { participants, dropout, beacon } = request;
  const { losses } = ringLoad(participants, 0, dropout);
  return {
    participants,
    numbers: { maxColluders: colludersOf(request), minSurvivors: participants - losses, beacon },
  };
}

/** @param instead whether a refusal says what could be met */
export function planTask(request: PlanRequest, rates: Rates, instead = true): Plan {
  const { suite, participants, dropout, rule, beacon = false } = request;
  const isRing = suite === RING_SUITE;
  const asked: Asked = {
    rule: isRing ? (rule ?? 'ring') : 'complete',
    ...{ suite, participants, maxColluders: colludersOf(request), dropout, beacon },
  };
  try {
    const answer = isRing ? planRing(request, rates, instead) : planComplete(request, rates);
    // Once for their place, once because a ring's answer comes from a task of another suite.
    return { feasible: true, ...asked, ...answer, ...asked, refused: null };
  } catch (error) {
    if (!isBlindsumError(error) || error.fault !== 'caller') throw error;
    const nothing = { k: null, t: null, w: null, h: null, committee: null, failure: null };
    return {
      ...{ feasible: false, ...asked, ...nothing, perParticipant: null, coordinator: null },
      refused: error.message,
    };
  }
}
