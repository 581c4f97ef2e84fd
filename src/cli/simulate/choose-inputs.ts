/** Which inputs a simulation has: those that its suite sums. */
import { ckksSumkey } from '../../protocol/suites/ckks-sumkey/index.js';
import { floatInputs } from './float-inputs.js';
import { integerInputs, planInputs } from './inputs.js';
import type { SimulationOptions } from './options.js';
import type { SimulatedInputs } from './simulated-inputs.js';

const DEFAULT_BITS = 24;

export const sumsFloats = (suite: string): boolean => suite === ckksSumkey.id;

/** @throws BlindsumError USAGE for bits that cannot hold the sum */
export function chooseInputs(options: SimulationOptions): SimulatedInputs {
  const { suite, participants, length, bits = DEFAULT_BITS, maxWeight, encoding, seed } = options;
  return sumsFloats(suite)
    ? floatInputs({ length, encoding, seed })
    : integerInputs(planInputs(participants, length, bits, seed, maxWeight));
}
