/** What a simulated hierarchy is asked for, and what it keeps of each cohort. */
import type { CohortSum } from '../../operator/index.js';
import type { DropoutCounts } from './dropout.js';
import type { SimulationOptions } from './options.js';
import type { Measured } from './report.js';
import type { PlainSum } from './simulated-inputs.js';

export interface CohortsOptions extends SimulationOptions {
  readonly cohorts: number;
  /** Delegates that vanish in the parent session. */
  readonly cohortDropout: DropoutCounts;
  /** Of one cohort; default: `dropout` in each. */
  readonly dropoutOf?: (cohort: number) => DropoutCounts;
}

/** What is kept of a cohort. */
export interface CohortOutcome extends Pick<Measured, 'exact' | 'dropped' | 'totalMs'> {
  /** Null when its session aborted. */
  readonly sum: CohortSum | null;
  readonly plain: PlainSum | null;
  readonly survivors: number;
  readonly abort: string | null;
  readonly bytes: { readonly up: number; readonly down: number };
}
