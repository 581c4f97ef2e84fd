/** Which inputs a simulation has: those that its suite sums; and what its ring is planned for. */
import { BlindsumError } from '../../protocol/errors.js';
import { ROUNDS } from '../../protocol/phase.js';
import { ckksSumkey } from '../../protocol/suites/ckks-sumkey/index.js';
import { maskingRing } from '../../protocol/suites/masking-ring/index.js';
import { ringLoad } from '../../protocol/suites/masking-ring/tails.js';
import { floatInputs } from './float-inputs.js';
import { integerInputs, planInputs } from './inputs.js';
import type { SimulationOptions } from './options.js';
import type { PlannedNumbers } from './setup.js';
import type { SimulatedInputs } from './simulated-inputs.js';

const DEFAULT_BITS = 24;

/** Of all participants, on a ring: assumed to collude, and what is planned for beside the dropouts that are simulated. */
const COLLUDING = 0.1;
const SPARE = 0.05;

type Planning = Pick<SimulationOptions, 'suite' | 'participants' | 'dropout'>;

/** What a ring is planned for follows from its task: few colluders, and no more losses than there will be, nearly. */
export function plannedNumbers({ suite, participants, dropout }: Planning): PlannedNumbers {
  if (suite !== maskingRing.id) return {};
  const { colluders } = ringLoad(participants, COLLUDING, 0);
  const vanishing = ROUNDS.reduce((sum, round) => sum + dropout[round], 0);
  const { losses } = ringLoad(participants, 0, vanishing / participants + SPARE);
  return { maxColluders: colluders, minSurvivors: participants - losses };
}

/** Nobody named the colluders and losses that the refusal of a ring names. */
export function withPlan<T>(options: Planning, make: (numbers: PlannedNumbers) => T): T {
  try {
    return make(plannedNumbers(options));
  } catch (error) {
    if (!(error instanceof BlindsumError) || error.code !== 'USE_COMPLETE') throw error;
    throw new BlindsumError(error.code, error.fault, `${error.message} ${PLAN}`, { cause: error });
  }
}

const PLAN = '(simulate plans for a tenth that collude, and a twentieth more that drop out than vanish)';

export const sumsFloats = (suite: string): boolean => suite === ckksSumkey.id;

/** @throws BlindsumError USAGE for bits that cannot hold the sum */
export function chooseInputs(options: SimulationOptions): SimulatedInputs {
  const { suite, participants, length, bits = DEFAULT_BITS, maxWeight, encoding, seed } = options;
  return sumsFloats(suite)
    ? floatInputs({ length, encoding, seed })
    : integerInputs(planInputs(participants, length, bits, seed, maxWeight));
}
