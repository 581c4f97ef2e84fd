/**
 * The parties of a play and the documents they begin with. The organiser is honest: it signs the task, certificates and
 * the one grant that a play may have. The coordinator signs as many openings as it likes.
 */
import { concatBytes, toHex, utf8 } from '../../../crypto/bytes.js';
import { sha256 } from '../../../crypto/hash.js';
import { deterministicRandom } from '../../../crypto/random.js';
import type { Deps, KeysAdvertised } from '../../../src/protocol/client/state.js';
import {
  certificateCodec,
  type Task,
  grantCodec,
  grantHash,
  taskHash,
} from '../../../src/protocol/documents.js';
import { quorum } from '../../../src/protocol/parameters.js';
import type { Policy } from '../../../src/protocol/policy.js';
import { scopeKey } from '../../../src/protocol/scope.js';
import { type Signed, signBody } from '../../../src/protocol/signed.js';
import { inputHash, openingHash } from '../../../src/protocol/statements.js';
import {
  coordinator,
  must,
  openingOf,
  organiser,
  participants,
  type Party,
  policyOf,
  signOpening,
  signTask,
  taskOf,
  vectorOf,
  verify,
} from '../../helpers/protocol.js';
import type { Missing, Play } from './decisions.js';
import type * as UnderTest from './under-test.js';

export type Under = typeof UnderTest;

export const VECTOR = 'counts';

/** In the smaller ring; the values are below 100. */
const floats = { bits: 54, scale: 2 ** 20, clip: 100 };

/** An opening as somebody is shown it. */
export interface ShownOpening {
  readonly signed: Signed;
  readonly id: Uint8Array;
  readonly idHex: string;
  readonly number: number;
  readonly input: Uint8Array;
  /** Participants, increasing. */
  readonly electorate: readonly number[];
  readonly scope: string;
  /** Quorum and survivors, as the organiser's numbers say; not what a weakened client believes. */
  readonly quorum: number;
  /** Colluders' keys. */
  readonly colluding: ReadonlyMap<number, KeysAdvertised>;
}

export interface World {
  readonly play: Play;
  readonly under: Under;
  readonly parties: readonly Party[];
  readonly honest: readonly number[];
  readonly isHonest: (index: number) => boolean;
  readonly task: Task;
  readonly signedTask: Signed;
  readonly taskId: string;
  readonly certificates: readonly (Signed | null)[];
  readonly grant: Signed | null;
  readonly policyOf: (index: number) => Policy;
  /** The same one for the same arguments. */
  readonly opening: (number: number, input: number, missing: Missing, granted: boolean) => ShownOpening;
}

export const everyone = (size: number): number[] => Array.from({ length: size }, (_, index) => index);

export const identitiesOf = (world: World, indexes: readonly number[]): Uint8Array[] =>
  indexes.map((index) => (world.parties[index] as Party).identity);

export const depsFor = (world: World, index: number, seed: string): Deps => ({
  random: deterministicRandom(utf8(`${seed} / ${index}`)),
  verify,
  signer: (world.parties[index] as Party).signer,
  suite: world.under.suitesWithSparse,
});

export function createWorld(play: Play, under: Under): World {
  const { size, colluders } = play;
  const parties = participants(size).map(remembering);
  const task = taskOf(parties, {
    suite: play.suite,
    maxColluders: colluders.length,
    vectors: [vectorOf({ name: VECTOR, length: 2, ...(play.suite === 'ckks/sumkey' && floats) })],
    scope: play.scope === 'static' ? { kind: 'static', dataset: 'records' } : { kind: 'evolving' },
    ...(play.pinned ? {} : { pinned: null }),
  });
  const signedTask = signTask(task);
  const isHonest = (index: number): boolean => !colluders.includes(index);
  const openings = new Map<string, ShownOpening>();
  const world: World = {
    play,
    under,
    parties,
    honest: everyone(size).filter(isHonest),
    isHonest,
    task,
    signedTask,
    taskId: toHex(taskHash(signedTask)),
    certificates: parties.map((party) => (play.pinned ? null : certificateOf(party))),
    grant: signGrant(play, task, signedTask, parties),
    policyOf: (index) =>
      policyOf({
        suites: ['masking/complete', 'ckks/sumkey', 'test/sparse', 'test/ring'],
        acceptGrants: play.grant?.refusedBy.includes(index) === false,
      }),
    opening(number, input, missing, granted) {
      const key = `${number}/${input}/${missing.join()}/${granted}`;
      const known = openings.get(key) ?? openFor(world, number, input, missing, granted);
      openings.set(key, known);
      return known;
    },
  };
  return world;
}

function openFor(
  world: World,
  number: number,
  inputNumber: number,
  missing: Missing,
  granted: boolean,
): ShownOpening {
  const { play, task, signedTask, grant } = world;
  const electorate = everyone(play.size).filter((index) => play.pinned || !missing.includes(index));
  const input = utf8(`input ${inputNumber}`);
  const signed = signOpening(
    openingOf(signedTask, identitiesOf(world, electorate), {
      session: number,
      nonce: sha256(utf8(`session ${number}`)),
      input: inputHash(input),
      grants: granted && grant !== null ? [grantHash(grant)] : [],
    }),
  );
  const id = openingHash(signed);
  return {
    signed,
    id,
    idHex: toHex(id),
    number,
    input,
    electorate,
    scope: toHex(scopeKey(task, taskHash(signedTask), inputHash(input))),
    quorum: quorum(electorate.length, task.maxColluders),
    colluding: new Map(
      play.colluders
        .filter((index) => electorate.includes(index))
        .flatMap((index) => {
          const state = colluderKeys(world, index, signed, electorate);
          return state === null ? [] : [[index, state] as const];
        }),
    ),
  };
}

/** r0 of a colluder, made by the same rounds as anybody's. */
function colluderKeys(
  world: World,
  index: number,
  opening: Signed,
  electorate: readonly number[],
): KeysAdvertised | null {
  const deps = depsFor(world, index, toHex(openingHash(opening)));
  const anchors = {
    organiser: organiser.identity,
    coordinator: coordinator.identity,
    policy: { ...world.policyOf(index), acceptGrants: true },
    beacon: null,
  };
  const opened = world.under.openSession(
    anchors,
    {
      task: world.signedTask,
      opening,
      electorate: identitiesOf(world, electorate),
      dataset: null,
      answersInput: true,
      grants: world.grant === null ? [] : [world.grant],
    },
    { lastSession: null, scopeOf: () => null },
    deps,
  );
  return opened.kind === 'refusal' ? null : must(world.under.advertiseKeys(opened, 0, deps)).state;
}

const signatures = new Map<string, Uint8Array>();

/** Signs each message once: Ed25519 is deterministic, and most messages occur in many plays. */
export function remembering(party: Party): Party {
  const sign = (message: Uint8Array): Uint8Array => {
    const key = `${party.name} ${toHex(message)}`;
    const signature = signatures.get(key) ?? party.signer.sign(message);
    if (signatures.size > 50_000) signatures.clear();
    signatures.set(key, signature);
    return signature;
  };
  return { ...party, signer: { publicKey: party.identity, sign } };
}

const certificateOf = (party: Party): Signed =>
  signBody(
    certificateCodec,
    { identity: party.identity, name: party.name, notBeforeMs: 0, expiresMs: 1e15 },
    organiser.signer,
  );

function signGrant(play: Play, task: Task, signed: Signed, parties: readonly Party[]): Signed | null {
  if (play.grant === null) return null;
  const without = (missing: Missing): Uint8Array[] =>
    parties.filter((_, index) => !missing.includes(index)).map(({ identity }) => identity);
  const { from, to } = play.grant;
  return signBody(
    grantCodec,
    {
      scope: scopeKey(task, taskHash(signed), inputHash(utf8('input 0'))),
      from: without(from),
      to: without(to),
    },
    organiser.signer,
  );
}

/** What a participant's data are, for one input; different for all. */
export function valuesFor(index: number, input: Uint8Array): Float64Array {
  const digest = sha256(concatBytes(utf8(`values ${index} `), input));
  return Float64Array.of((digest[0] as number) % 100, (digest[1] as number) % 100);
}
