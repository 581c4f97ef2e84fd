/** Keys, task and inputs of a benchmark of the service, the same in each of its processes: all follow from a seed. */
import { suiteById } from '../../../protocol/suites/index.js';
import { chooseInputs } from '../../simulate/choose-inputs.js';
import { NO_DROPOUT } from '../../simulate/dropout.js';
import { setUp, type Setup } from '../../simulate/setup.js';
import { type SimulatedInputs, VECTOR } from '../../simulate/simulated-inputs.js';
import { BITS, SUITE } from '../options.js';

export interface SceneOptions {
  readonly seed: string;
  readonly participants: number;
  readonly length: number;
}

export interface Scene {
  readonly inputs: SimulatedInputs;
  readonly setup: Setup;
}

export function scene({ seed, participants, length }: SceneOptions): Scene {
  const inputs = chooseInputs({
    ...{ suite: SUITE, participants, length, bits: BITS, seed, dropout: NO_DROPOUT, transport: 'grpc' },
  });
  return { inputs, setup: setUp(suiteById(SUITE), participants, inputs, seed) };
}

/** Tells whether a decoded sum is the one of the inputs of all participants, which is computed once. */
export function exactness(
  inputs: SimulatedInputs,
  participants: number,
): (sum: Readonly<Record<string, Float64Array>>) => boolean {
  const everybody = Array.from({ length: participants }, (_, index) => index);
  const expected = inputs.expected(everybody).vectors[VECTOR];
  return ({ [VECTOR]: decoded }) =>
    decoded?.length === expected?.length &&
    decoded?.every((value, index) => value === expected?.[index]) === true;
}
