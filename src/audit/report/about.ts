/** What a report says of itself. */
import type { Verdict } from '../types.js';

export interface ReportOptions {
  /** Milliseconds since 1970. */
  readonly madeMs: number;
  /** Of blindsum. */
  readonly version: string;
  /** What was audited, as the reader knows it: a path or an address. */
  readonly source: string;
  /** SHA-256 of the archive's manifest, hex; null: there is none (a running coordinator). */
  readonly manifest: string | null;
  /** `auditor` says who took part in which session; `dpo` gives numbers only. */
  readonly copy: 'dpo' | 'auditor';
  /** How the verdict can be had again. */
  readonly command: string;
}

export interface About {
  readonly verdict: Verdict;
  readonly options: ReportOptions;
}
