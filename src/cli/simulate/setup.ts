/** Keys, task and trust of a simulation, all from its seed. */
import { toHex, utf8 } from '../../../crypto/bytes.js';
import { deterministicRandom, type Random } from '../../../crypto/random.js';
import { identityFromSeed } from '../../../crypto/signature.js';
import { parseTrust, type Trust } from '../../client/index.js';
import { parseTaskSpec, signTask, type SignedTask, type TaskSpec } from '../../operator/index.js';
import { type Signer, signerFromSeed } from '../../protocol/signed.js';
import type { Suite } from '../../protocol/suite.js';
import type { SimulatedInputs } from './simulated-inputs.js';

const DATASET = 'simulation';

export const randomOf = (seed: string, who: string): Random => deterministicRandom(utf8(`${seed} / ${who}`));

export interface Party {
  readonly signer: Signer;
  /** Of the identity key, 32 bytes. Secret. */
  readonly seed: Uint8Array;
}

export function partyOf(seed: string, who: string): Party {
  const identity = identityFromSeed(randomOf(seed, `identity of ${who}`)(32));
  return { signer: signerFromSeed(identity.seed, identity.publicKey), seed: identity.seed };
}

export const partiesOf = (seed: string, count: number): Party[] =>
  Array.from({ length: count }, (_, index) => partyOf(seed, `participant ${index}`));

export interface Setup {
  readonly suite: Suite;
  readonly organiser: Party;
  readonly coordinator: Party;
  readonly participants: readonly Party[];
  readonly task: SignedTask;
  /** Pins the participant's own name of its data (default: the label itself) to the task's label. */
  trustFor(dataset?: string): Trust;
}

/** Of a task; default: as `task create` proposes. */
export type PlannedNumbers = Partial<Pick<TaskSpec, 'maxColluders' | 'minSurvivors'>>;

/** @throws BlindsumError when the task could not run, for example because nobody would be honest */
export function setUp(
  suite: Suite,
  count: number,
  inputs: SimulatedInputs,
  seed: string,
  numbers: PlannedNumbers = {},
): Setup {
  const parties = partiesOf(seed, count);
  return setUpTask(suite, { ...specOf(suite, parties, inputs), ...numbers }, parties, seed);
}

export function specOf(suite: Suite, parties: readonly Party[], inputs: SimulatedInputs): TaskSpec {
  const { vectors, maxWeight, encoding } = inputs;
  return parseTaskSpec({
    name: 'a simulation',
    suite: suite.id,
    participants: parties.map(({ signer }) => toHex(signer.publicKey)),
    scope: { kind: 'static', dataset: DATASET },
    ...(encoding === undefined ? {} : { encoding }),
    ...(maxWeight === undefined ? {} : { maxWeight }),
    vectors,
  });
}

/** @throws BlindsumError as `setUp` */
export function setUpTask(suite: Suite, spec: TaskSpec, participants: readonly Party[], seed: string): Setup {
  const organiser = partyOf(seed, 'organiser');
  const coordinator = partyOf(seed, 'coordinator');
  const identities = participants.map(({ signer }) => signer.publicKey);
  const label = spec.scope.kind === 'static' ? spec.scope.dataset : DATASET;
  return {
    suite,
    organiser,
    coordinator,
    participants,
    task: signTask(spec, identities, organiser.signer, randomOf(seed, 'task'), () => suite),
    trustFor: (dataset = label) =>
      parseTrust({
        organiser: toHex(organiser.signer.publicKey),
        coordinator: toHex(coordinator.signer.publicKey),
        // Rings of more than 2000 count the votes of a committee.
        policy: { suites: [suite.id], datasets: { [dataset]: label }, acceptCommittee: true },
      }),
  };
}
