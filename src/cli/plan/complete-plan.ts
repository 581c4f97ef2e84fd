/** The plan of a suite in which everybody shares keys with everybody: what `task create` would say, and what it costs. */
import { taskWarnings } from '../../operator/task-warnings.js';
import { ringLoad } from '../../protocol/suites/masking-ring/tails.js';
import { describeTask } from '../task-text.js';
import { maskSeconds, type Rates, unmaskSeconds } from './seconds.js';
import { requirePrecision, requireSpare, taskOf } from './task-of.js';
import type { Asked, FeasiblePlan, PlanRequest } from './types.js';
import { requireRequestsFit } from './wire-limits.js';

type Answer = Omit<FeasiblePlan, keyof Asked | 'feasible' | 'refused'>;

/** @throws BlindsumError (fault caller) what cannot be met, and what could */
export function planComplete(request: PlanRequest, rates: Rates): Answer {
  const { participants, dropout, length } = request;
  const task = taskOf(request, request.suite);
  const { perParticipant, ...described } = describeTask(task);
  requirePrecision(request, described);
  requireSpare(request, described);
  requireRequestsFit(task, participants);
  const isMasking = request.suite === 'masking/complete';
  const neighbours = participants - 1;
  const { losses } = ringLoad(participants, 0, dropout);
  return {
    k: neighbours,
    t: described.quorum,
    ...{ w: null, h: null, committee: null },
    // Whoever colludes and whoever drops out, while it is no more than that.
    failure: { privacyBits: null, correctnessBits: null },
    ...described,
    perParticipant: {
      ...perParticipant,
      maskSeconds: isMasking ? maskSeconds(rates, length, neighbours) : null,
    },
    coordinator: {
      uploadBytes: participants * perParticipant.downloadBytes,
      downloadBytes: participants * perParticipant.uploadBytes,
      unmaskSeconds: isMasking ? unmaskSeconds(rates, { length, participants, losses, neighbours }) : null,
    },
    warnings: taskWarnings(task),
  };
}
