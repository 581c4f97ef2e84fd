/** What a check comes to when it has found nothing; a finding of its number turns it into `fails`. */
import type { CheckResult } from '../types.js';

export const HOLDS: CheckResult = { state: 'holds', why: '' };
export const notChecked = (why: string): CheckResult => ({ state: 'not checked', why });
export const notApplicable = (why: string): CheckResult => ({ state: 'not applicable', why });

export const NO_ROSTER = notApplicable('nobody had joined, or the roster cannot be read');
export const ENDED_BEFORE = notApplicable('the session ended before this round');
export const UNREADABLE_SETS = notChecked('the sets cannot be read');
