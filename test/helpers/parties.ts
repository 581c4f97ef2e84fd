/** Parties with keys that follow from their names, and the documents that a session begins with. */
import { compareBytes, utf8 } from '../../crypto/bytes.js';
import { sha256 } from '../../crypto/hash.js';
import { deterministicRandom } from '../../crypto/random.js';
import { identityFromSeed, verifySignature } from '../../crypto/signature.js';
import type { BeaconChain } from '../../src/protocol/beacon.js';
import type { Anchors, Deps } from '../../src/protocol/client/state.js';
import type { CoordinatorDeps } from '../../src/protocol/coordinator/state.js';
import {
  electorateHash,
  type Task,
  taskCodec,
  taskHash,
  type VectorSpec,
} from '../../src/protocol/documents.js';
import { type Policy, policySchema } from '../../src/protocol/policy.js';
import type { ScopeRecord } from '../../src/protocol/scope.js';
import {
  type Signed,
  signBody,
  type Signer,
  signerFromSeed,
  type Verify,
} from '../../src/protocol/signed.js';
import { type Opening, openingCodec } from '../../src/protocol/statements.js';
import { suitesWithPlain } from '../suites/plain/index.js';

export interface Party {
  readonly name: string;
  readonly identity: Uint8Array;
  readonly signer: Signer;
}

export const seedOf = (name: string): Uint8Array => sha256(utf8(`test identity ${name}`));

/** The same keys for the same name. */
export function party(name: string): Party {
  const { seed, publicKey } = identityFromSeed(seedOf(name));
  return { name, identity: publicKey, signer: signerFromSeed(seed, publicKey) };
}

const verified = new Map<string, boolean>();
const latin1 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');

/** `verifySignature`, each check made once however many participants make it. */
export const verify: Verify = (publicKey, message, signature) => {
  const key = latin1(signature) + latin1(publicKey) + latin1(message);
  let valid = verified.get(key);
  if (valid === undefined) {
    if (verified.size > 200_000) verified.clear();
    valid = verifySignature(publicKey, message, signature);
    verified.set(key, valid);
  }
  return valid;
};

export const organiser = party('organiser');
export const coordinator = party('coordinator');

const knownParties: Party[] = [];
/** `count` participants by increasing identity. */
export function participants(count: number): Party[] {
  while (knownParties.length < count) knownParties.push(party(`participant ${knownParties.length}`));
  return knownParties.slice(0, count).sort((a, b) => compareBytes(a.identity, b.identity));
}

export const vectorOf = (overrides: Partial<VectorSpec> = {}): VectorSpec => ({
  name: 'counts',
  length: 5,
  bits: 16,
  scale: 1,
  clip: 100,
  weighted: false,
  ...overrides,
});

export function taskOf(parties: readonly Party[], overrides: Partial<Task> = {}): Task {
  const identities = parties.map(({ identity }) => identity);
  return {
    name: 'a task',
    suite: 'masking/complete',
    pinned: { hash: electorateHash(identities), size: identities.length },
    maxParticipants: parties.length,
    maxColluders: 1,
    minSurvivors: 2,
    vectors: [vectorOf()],
    maxWeight: null,
    scope: { kind: 'static', dataset: 'records' },
    privacy: null,
    critical: [],
    nonce: new Uint8Array(16),
    ...overrides,
  };
}

export const signTask = (task: Task, by: Party = organiser): Signed => signBody(taskCodec, task, by.signer);

export function openingOf(
  task: Signed,
  electorate: readonly Uint8Array[],
  overrides: Partial<Opening> = {},
): Opening {
  return {
    suite: taskCodec.decode(task.payload).suite,
    task: taskHash(task),
    session: 0,
    nonce: new Uint8Array(32),
    input: null,
    electorate: { hash: electorateHash(electorate), size: electorate.length },
    grants: [],
    openedMs: 0,
    joinMs: 60_000,
    roundMs: 60_000,
    previous: [],
    keyTypes: ['x25519'],
    privacy: null,
    critical: [],
    ...overrides,
  };
}

export const signOpening = (opening: Opening, by: Party = coordinator): Signed =>
  signBody(openingCodec, opening, by.signer);

export const policyOf = (overrides: Partial<Policy> = {}): Policy => ({
  ...policySchema.parse({
    suites: ['masking/complete', 'masking/ring', 'ckks/sumkey', 'test/plain'],
    datasets: { records: 'records' },
    evolving: true,
    minColluders: 0,
  }),
  ...overrides,
});

export const anchorsOf = (policy: Policy = policyOf(), beacon: BeaconChain | null = null): Anchors => ({
  organiser: organiser.identity,
  coordinator: coordinator.identity,
  policy,
  beacon,
});

export const depsOf = (member: Party, seed: string): Deps => ({
  random: deterministicRandom(utf8(`${seed} / ${member.name}`)),
  verify,
  signer: member.signer,
  suite: suitesWithPlain,
});

export const coordinatorDeps: CoordinatorDeps = {
  verify,
  signer: coordinator.signer,
  suite: suitesWithPlain,
};

export const emptyScope = (electorate: readonly Uint8Array[], maxColluders = 1): ScopeRecord => ({
  electorate,
  maxColluders,
  roundingSeed: new Uint8Array(32),
  vote: null,
  inputs: {},
});
