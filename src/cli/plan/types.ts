/** What `blindsum plan` is asked and says. */
import type { Committee } from '../../protocol/suites/masking-ring/numbers.js';
import type { Traffic } from '../../protocol/traffic.js';
import type { DescribedTask } from '../task-text.js';

/** How a ring gets its numbers: as published for a coordinator that looks, or lies about dropouts; and as `masking/ring` does. */
export const GRAPH_RULES = ['curious', 'semi-malicious', 'ring'] as const;
export type GraphRule = (typeof GRAPH_RULES)[number];

export interface PlanRequest {
  readonly suite: string;
  /** `masking/ring` only. */
  readonly rule?: GraphRule;
  /** The ring comes from a public beacon. */
  readonly beacon?: boolean;
  /** N. */
  readonly participants: number;
  /** n_C as a share of the participants, from 0 to below 1. */
  readonly adversarial?: number;
  /** n_C; with `adversarial` the larger of both counts. Without either, as `task create` proposes. */
  readonly maxColluders?: number;
  /** Share of the participants that may drop out, from 0 to below 1. */
  readonly dropout: number;
  /** Coordinates of the one vector. */
  readonly length: number;
  /** Largest absolute value of an input, before weighting. */
  readonly maxAbs: number;
  readonly maxWeight?: number;
  readonly precision?: number;
  readonly bits?: number;
  readonly encoding?: 'coefficients' | 'slots';
}

export interface Asked {
  /** `complete`: everybody shares keys with everybody, and a quorum signs. */
  readonly rule: 'complete' | GraphRule;
  readonly suite: string;
  readonly participants: number;
  /** n_C. */
  readonly maxColluders: number;
  readonly dropout: number;
  readonly beacon: boolean;
}

export interface Failure {
  /** −log2 of the probability that an input may leak; null: it cannot while no more collude than were assumed. */
  readonly privacyBits: number | null;
  /** −log2 of the probability that the sum cannot be opened; null: it can while no more drop out than were assumed. */
  readonly correctnessBits: number | null;
}

export interface PlanNumbers {
  /** Neighbours of each participant. */
  readonly k: number;
  /** Shares that open a secret. */
  readonly t: number;
  /** Neighbours on either side of a ring, and how many of them must survive. */
  readonly w: number | null;
  readonly h: number | null;
  /** Whose signatures count, where not everybody's do. */
  readonly committee: Committee | null;
  readonly failure: Failure;
}

/** q and what is spare are null where a rule has no quorum. */
type Described = Omit<DescribedTask, 'perParticipant' | 'quorum' | 'spare' | 'suite' | 'maxColluders'>;

export interface FeasiblePlan extends Asked, PlanNumbers, Described {
  readonly feasible: true;
  readonly quorum: number | null;
  readonly spare: number | null;
  /** Seconds are estimates for one core of this machine; null where there is nothing to estimate them from. */
  readonly perParticipant: Traffic & { readonly maskSeconds: number | null };
  /** All participants together. */
  readonly coordinator: {
    readonly uploadBytes: number;
    readonly downloadBytes: number;
    readonly unmaskSeconds: number | null;
  };
  readonly warnings: readonly string[];
  readonly refused: null;
}

export interface RefusedPlan extends Asked {
  readonly feasible: false;
  readonly k: null;
  readonly t: null;
  readonly w: null;
  readonly h: null;
  readonly committee: null;
  readonly failure: null;
  readonly perParticipant: null;
  readonly coordinator: null;
  /** What cannot be met, and what could. */
  readonly refused: string;
}

export type Plan = FeasiblePlan | RefusedPlan;
