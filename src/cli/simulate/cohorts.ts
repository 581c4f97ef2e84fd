/**
 * A hierarchy on this machine (PROTOCOL §7.1): the sessions of the cohorts, some at a time, each with a coordinator of its
 * own; then the parent session, into which a delegate of each cohort takes its sum. Of a cohort that has ended only its
 * sum is kept, so memory is that of a few cohorts, whatever their number.
 */
import { createNodeEngine } from '../../../crypto/engine/node.js';
import { cohortSum, type Hierarchy, planHierarchy } from '../../operator/index.js';
import type { Engine } from '../../protocol/suite.js';
import { suiteById } from '../../protocol/suites/index.js';
import { chooseInputs } from './choose-inputs.js';
import type { CohortOutcome, CohortsOptions } from './cohort-types.js';
import { type CohortsReport, cohortsReport } from './cohorts-report.js';
import { chooseDropouts } from './dropout.js';
import { parentInputs } from './parent-inputs.js';
import type { Measured } from './report.js';
import { measureSession } from './run.js';
import { partiesOf, type Party, setUpTask, specOf } from './setup.js';
import type { SimulatedInputs } from './simulated-inputs.js';

/** More at a time make nothing faster: all of them share this process. */
const AT_A_TIME = 4;
const ROUNDS_EACH = 5;

export async function runCohorts(options: CohortsOptions): Promise<CohortsReport> {
  const startedMs = performance.now();
  const engine = options.engine ?? createNodeEngine();
  try {
    const plan = planOf(options);
    const outcomes = await eachCohort({ ...options, engine }, plan);
    const parent = await measureParent({ ...options, engine }, plan, outcomes);
    return cohortsReport(options, outcomes, parent, performance.now() - startedMs);
  } finally {
    if (options.engine === undefined) await engine.close();
  }
}

interface Plan {
  /** Of everybody. */
  readonly inputs: SimulatedInputs;
  readonly hierarchy: Hierarchy;
  readonly cohorts: readonly { readonly seed: string; readonly parties: readonly Party[] }[];
  readonly delegates: readonly Party[];
}

/** @throws BlindsumError what cannot be met */
export function planOf(options: CohortsOptions): Plan {
  const { suite, suites = suiteById, participants, seed } = options;
  const inputs = chooseInputs({ ...options, participants: options.cohorts * participants });
  const cohorts = Array.from({ length: options.cohorts }, (_, cohort) => {
    const own = `${seed} / cohort ${cohort}`;
    return { seed: own, parties: partiesOf(own, participants) };
  });
  const delegates = partiesOf(parentSeed(seed), options.cohorts);
  const spec = specOf(suites(suite), delegates, inputs);
  const hierarchy = planHierarchy(
    spec,
    cohorts.map(({ parties }, cohort) => ({
      participants: parties.map(({ signer }) => signer.publicKey),
      delegate: (delegates[cohort] as Party).signer.publicKey,
    })),
  );
  return { inputs, hierarchy, cohorts, delegates };
}

const parentSeed = (seed: string): string => `${seed} / parent`;

type Running = CohortsOptions & { readonly engine: Engine };

async function eachCohort(options: Running, plan: Plan): Promise<CohortOutcome[]> {
  const outcomes: CohortOutcome[] = [];
  const done = new Map<number, number>();
  const total = (options.cohorts * options.participants + options.cohorts) * ROUNDS_EACH;
  const onProgress = (cohort: number, messages: number): void => {
    done.set(cohort, messages);
    options.onProgress?.(
      [...done.values()].reduce((sum, each) => sum + each, 0),
      total,
    );
  };
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < options.cohorts) {
      const cohort = next;
      next += 1;
      outcomes[cohort] = await measureCohort(options, plan, cohort, (messages) =>
        onProgress(cohort, messages),
      );
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_A_TIME, options.cohorts) }, worker));
  return outcomes;
}

async function measureCohort(
  options: Running,
  { inputs, hierarchy, cohorts }: Plan,
  cohort: number,
  onProgress: (messages: number) => void,
): Promise<CohortOutcome> {
  const { suite, suites = suiteById, participants, dropout, dropoutOf } = options;
  const { seed, parties } = cohorts[cohort] as Plan['cohorts'][number];
  const spec = hierarchy.cohorts[cohort] as Hierarchy['cohorts'][number];
  const setup = setUpTask(suites(suite), spec, parties, seed);
  const vanishing = chooseDropouts(dropoutOf?.(cohort) ?? dropout, participants, seed);
  const own = shifted(inputs, cohort * participants);
  const measured = await measureSession({ ...options, seed, onProgress }, { setup, inputs: own, vanishing });
  const { session, outcome, members, plain, exact, dropped, totalMs } = measured;
  const isClosed = session.phase === 'closed';
  return {
    ...{ exact, plain, dropped, totalMs },
    sum: isClosed ? cohortSum(setup.task.signed, outcome, setup.coordinator.signer.publicKey) : null,
    survivors: isClosed ? (session.u3?.length ?? 0) : 0,
    abort: session.abort?.code ?? null,
    bytes: {
      up: members.reduce((sum, { bytes }) => sum + bytes.up, 0),
      down: members.reduce((sum, { bytes }) => sum + bytes.down, 0),
    },
  };
}

/** Of a cohort whose first participant is `first` of all. */
const shifted = (inputs: SimulatedInputs, first: number): SimulatedInputs => ({
  ...inputs,
  of: (participant) => inputs.of(first + participant),
  expected: (participants) => inputs.expected(participants.map((participant) => first + participant)),
});

/** The delegate of a cohort without a sum does not come. */
function measureParent(
  options: Running,
  { hierarchy, delegates }: Plan,
  outcomes: readonly CohortOutcome[],
): Promise<Measured> {
  const { suite, suites = suiteById, cohorts } = options;
  const seed = parentSeed(options.seed);
  const setup = setUpTask(suites(suite), hierarchy.parent, delegates, seed);
  const chosen = chooseDropouts(options.cohortDropout, cohorts, seed);
  const vanishing = chosen.map((round, cohort) => (outcomes[cohort]?.sum === null ? 'r0' : round));
  const datasets = outcomes.map(({ sum }) => sum?.dataset ?? 'none');
  const { onProgress: _ofCohorts, ...rest } = options;
  return measureSession(
    { ...rest, seed, participants: cohorts },
    { setup, inputs: parentInputs(hierarchy.parent, outcomes), vanishing, datasets },
  );
}
