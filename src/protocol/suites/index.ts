/** The suites this version runs. A new suite is a folder here and a line below (PROTOCOL §5). */
import { refuse } from '../errors.js';
import type { Suite } from '../suite.js';
import { ckksSumkey } from './ckks-sumkey/index.js';
import { maskingComplete } from './masking-complete/index.js';
import { maskingRing } from './masking-ring/index.js';

const SUITES: readonly Suite[] = [maskingComplete, maskingRing, ckksSumkey];

/** @throws BlindsumError UNSUPPORTED */
export function suiteById(id: string): Suite {
  const suite = SUITES.find((candidate) => candidate.id === id);
  if (suite === undefined) {
    refuse(
      'UNSUPPORTED',
      'peer',
      `suite ${id} is not one this version runs (${SUITES.map((known) => known.id).join(', ')})`,
    );
  }
  return suite;
}
