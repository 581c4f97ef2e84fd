/** Keys, task and trust of a simulation, all from its seed. */
import { toHex, utf8 } from '../../../crypto/bytes.js';
import { deterministicRandom, type Random } from '../../../crypto/random.js';
import { identityFromSeed } from '../../../crypto/signature.js';
import { parseTrust, type Trust } from '../../client/index.js';
import { parseTaskSpec, signTask, type SignedTask } from '../../operator/index.js';
import { type Signer, signerFromSeed } from '../../protocol/signed.js';
import type { Suite } from '../../protocol/suite.js';
import type { SimulatedInputs } from './simulated-inputs.js';

export const VECTOR = 'x';
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

export interface Setup {
  readonly suite: Suite;
  readonly organiser: Party;
  readonly coordinator: Party;
  readonly participants: readonly Party[];
  readonly task: SignedTask;
  readonly trust: Trust;
}

/** @throws BlindsumError when the task could not run, for example because nobody would be honest */
export function setUp(suite: Suite, count: number, inputs: SimulatedInputs, seed: string): Setup {
  const { vector, encoding } = inputs;
  const organiser = partyOf(seed, 'organiser');
  const coordinator = partyOf(seed, 'coordinator');
  const participants = Array.from({ length: count }, (_, index) => partyOf(seed, `participant ${index}`));
  const identities = participants.map(({ signer }) => signer.publicKey);
  const spec = parseTaskSpec({
    name: 'a simulation',
    suite: suite.id,
    participants: identities.map(toHex),
    scope: { kind: 'static', dataset: DATASET },
    ...(encoding === undefined ? {} : { encoding }),
    vectors: [{ name: VECTOR, ...vector }],
  });
  return {
    suite,
    organiser,
    coordinator,
    participants,
    task: signTask(spec, identities, organiser.signer, randomOf(seed, 'task'), () => suite),
    trust: parseTrust({
      organiser: toHex(organiser.signer.publicKey),
      coordinator: toHex(coordinator.signer.publicKey),
      policy: { suites: [suite.id], datasets: { [DATASET]: DATASET } },
    }),
  };
}
