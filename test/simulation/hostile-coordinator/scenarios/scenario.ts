import type { Play } from '../decisions.js';
import type { Finding } from '../oracle.js';
import type { variants } from '../variants.js';

/** A play that stays, because it was an attack once or broke something. */
export interface Scenario {
  /** What goes wrong. */
  readonly name: string;
  readonly play: Play;
  /** Sums that the sound protocol opens all the same. */
  readonly opened: number;
  /** With which these honest participants refuse. */
  readonly refusals: readonly string[];
  /** In which broken protocol it leaks, and as what. */
  readonly leaks: Partial<Record<keyof typeof variants, Finding>>;
}
