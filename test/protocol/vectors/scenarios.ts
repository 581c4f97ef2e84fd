/**
 * The whole sessions of test/vectors/, run by the real rounds of both roles. Secrets follow from the seed of the
 * scenario; the file lists them one by one, so that nobody needs to know how they were drawn.
 */
import * as c from '../../../crypto/index.js';
import { answerComplaint } from '../../../src/protocol/client/answer-complaint.js';
import type { InputMasked } from '../../../src/protocol/client/state.js';
import { acceptAnswer } from '../../../src/protocol/coordinator/complaints.js';
import { type Dealer, dealerAt } from '../../../src/protocol/coordinator/dealers.js';
import { certificateCodec, grantCodec, type Task } from '../../../src/protocol/documents.js';
import { quantiseInput } from '../../../src/protocol/quantise.js';
import { datasetScope } from '../../../src/protocol/scope.js';
import { type Signed, signBody, signedHash } from '../../../src/protocol/signed.js';
import { inputHash } from '../../../src/protocol/statements.js';
import {
  type AtR1,
  type AtR2,
  type AtR3,
  type AtR4,
  type Closed,
  closeR0,
  closeR1,
  closeR2,
  closeR3,
  closeR4,
  coordinatorDeps,
  must,
  packetOf,
  type Options,
  organiser,
  participants,
  type Party,
  policyOf,
  resigned,
  seedOf,
  setUp,
  type Setup,
  vectorOf,
} from '../../helpers/protocol.js';
import type { Secrets } from './outsider.js';

/** Roster positions but for r0, which has indexes into the electorate. */
export interface Present {
  readonly r0: readonly number[];
  readonly r1: readonly number[];
  readonly r2: readonly number[];
  readonly r3: readonly number[];
  readonly r4: readonly number[];
}

export interface Garbled {
  readonly dealer: number;
  readonly holder: number;
  readonly isAnswered: boolean;
}

export interface Scenario {
  readonly description: string;
  readonly parties: readonly Party[];
  readonly present: Present;
  readonly garbled: readonly Garbled[];
  readonly options: Options & { readonly seed: string };
  /** What the integers were made of. */
  readonly plain: readonly Plain[] | null;
  /** The bytes that the opening names. */
  readonly inputBytes: Uint8Array | null;
}

export interface Plain {
  readonly vectors: Readonly<Record<string, readonly number[]>>;
  readonly weight: number;
  /** Random bytes that rounding drew, vector after vector: 4 per coordinate. */
  readonly noise: Uint8Array;
}

export interface Answered {
  readonly dealer: number;
  readonly holder: number;
  readonly signed: Signed;
  readonly shares: readonly Uint8Array[];
}

export interface Played {
  readonly scenario: Scenario;
  readonly setup: Setup;
  readonly r1: AtR1;
  readonly r2: AtR2;
  readonly answers: readonly Answered[];
  readonly r3: AtR3;
  readonly r4: AtR4;
  readonly closed: Closed;
}

const at = <T>(items: readonly T[], index: number): T => items[index] as T;
const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const without = (count: number, ...missing: number[]): number[] =>
  upTo(count).filter((index) => !missing.includes(index));
const sequence = (count: number, first: number, step: number): number[] =>
  Array.from({ length: count }, (_, index) => first + index * step);

const TIMES = { session: 1, openedMs: 1_700_000_000_000, joinMs: 600_000, roundMs: 120_000 };
const nonceOf = (seed: string): Uint8Array => c.sha256(c.utf8(seed)).subarray(0, 16);

/** Small signed integers, as two's complement of the vector's bits. */
const smallInput = (index: number, task: Task): Uint32Array[] =>
  task.vectors.map(({ length, bits }) =>
    Uint32Array.from(sequence(length, 7 * index - 20, 5), (value) => (value & (2 ** bits - 1)) >>> 0),
  );

function plainScenario(
  seed: string,
  description: string,
  count: number,
  present: Present,
  task: Partial<Task>,
  garbled: readonly Garbled[] = [],
): Scenario {
  const parties = participants(count);
  const options: Scenario['options'] = {
    seed,
    wholeTree: true,
    task: { name: seed, vectors: [vectorOf({ length: 6, bits: 12 })], nonce: nonceOf(seed), ...task },
    opening: TIMES,
    input: smallInput,
    r1: (message, position, round) => {
      const spoiled = garbled.filter(({ dealer }) => dealer === position).map(({ holder }) => holder);
      if (spoiled.length === 0) return message;
      const packets = message.packets.map((packet) =>
        spoiled.includes(packet.position) ? { ...packet, ciphertext: spoil(packet.ciphertext) } : packet,
      );
      const dealer = at(round.setup.members, at(present.r0, position)).party;
      return resigned(message, dealer, packets);
    },
  };
  return { description, parties, present, garbled, options, plain: null, inputBytes: null };
}

function spoil(ciphertext: Uint8Array): Uint8Array {
  const spoiled = ciphertext.slice();
  spoiled[spoiled.length - 1] = (spoiled[spoiled.length - 1] as number) ^ 1;
  return spoiled;
}

function weightedScenario(): Scenario {
  const seed = 'session-weighted';
  const parties = participants(4);
  const inputBytes = c.utf8('a model, byte for byte');
  const task: Partial<Task> = {
    name: seed,
    pinned: null,
    maxColluders: 0,
    vectors: [
      vectorOf({
        name: 'gradient',
        length: 5,
        bits: 17,
        scale: 256,
        clip: [2, 1.5, 2, 0.5, 1],
        weighted: true,
      }),
      vectorOf({ name: 'loss', length: 3, bits: 9, scale: 0.5, clip: 100 }),
    ],
    maxWeight: 20,
    scope: { kind: 'evolving' },
    nonce: nonceOf(seed),
  };
  const plain = parties.map((_, index): Plain => ({
    vectors: {
      gradient: sequence(5, 0.3 * index - 0.45, 0.17).map(
        (value, i) => Math.round(value * 1000) / 1000 / (i + 1),
      ),
      loss: sequence(3, 10 * index - 13, 4.5),
    },
    weight: 3 * index + 2,
    noise: c.deterministicRandom(c.utf8(`${seed} rounding ${index}`))(4 * 8),
  }));
  const options: Scenario['options'] = {
    seed,
    wholeTree: true,
    task,
    opening: { ...TIMES, session: 3, input: inputHash(inputBytes) },
    input: (index, whole) => {
      const { vectors, weight, noise } = at(plain, index);
      let drawn = 0;
      const random = (length: number) => noise.slice(drawn, (drawn += length));
      return quantiseInput(whole, { vectors, weight, clipping: 'clip' }, random);
    },
    certificate: ({ identity, name }) =>
      signBody(
        certificateCodec,
        { identity, name, notBeforeMs: 0, expiresMs: 4_102_444_800_000 },
        organiser.signer,
      ),
  };
  return {
    description:
      'Four participants with certificates instead of a pinned list, an evolving task with an input, weights, and vectors ' +
      'of different bits; one leaves before r3. The weight is the last vector.',
    parties,
    present: { r0: upTo(4), r1: upTo(4), r2: upTo(4), r3: without(4, 2), r4: without(4, 2) },
    garbled: [],
    options,
    plain,
    inputBytes,
  };
}

/** The first lets go on without the one at position 2; each of the others is wrong in one place. */
export function grantsOf(parties: readonly Party[]): Signed[] {
  const [first, second, third, fourth] = parties.map(({ identity }) => identity) as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ];
  const right = {
    scope: datasetScope('records'),
    from: [first, second, third, fourth],
    to: [first, second, fourth],
  };
  return [
    right,
    { ...right, scope: datasetScope('other records') },
    { ...right, from: [first, second, third] },
    { ...right, to: [first, second, third] },
    { ...right, from: [second, first, third, fourth] },
  ].map((grant) => signBody(grantCodec, grant, organiser.signer));
}

function grantScenario(): Scenario {
  const scenario = plainScenario(
    'session-grant',
    'Four participants, whose opening names five grants; n_C = 1, q = t = 3. Position 2 never finishes r2: the survivors are ' +
      'those to whom the first grant gives the votes for all four.',
    4,
    { r0: upTo(4), r1: upTo(4), r2: without(4, 2), r3: without(4, 2), r4: without(4, 2) },
    {},
  );
  const grants = grantsOf(scenario.parties);
  const opening = { ...TIMES, session: 2, grants: grants.map(signedHash) };
  return {
    ...scenario,
    options: { ...scenario.options, opening, grants, policy: policyOf({ acceptGrants: true }) },
  };
}

export const SCENARIOS: Readonly<Record<string, () => Scenario>> = {
  'session-complete.json': () =>
    plainScenario(
      'session-complete',
      'Three participants of a pinned list, nobody missing: N = 3, n_C = 1, q = t = 3.',
      3,
      { r0: upTo(3), r1: upTo(3), r2: upTo(3), r3: upTo(3), r4: upTo(3) },
      {},
    ),
  'session-dropouts.json': () =>
    plainScenario(
      'session-dropouts',
      'Eight participants, n_C = 1, q = t = 5. Position 2 never sends r1 (in U1 only), position 5 never finishes r2 (in U2, ' +
        'not in U3: its mask key is reconstructed), position 0 signs r3 and vanishes (it stays a survivor).',
      8,
      {
        r0: upTo(8),
        r1: without(8, 2),
        r2: without(8, 2, 5),
        r3: without(8, 2, 5),
        r4: without(8, 2, 5, 0),
      },
      {},
    ),
  'session-complaint.json': () =>
    plainScenario(
      'session-complaint',
      'Six are invited, one (index 4) never comes; n_C = 1, q = t = 4. The dealer at position 1 sends position 3 a packet that ' +
        'does not decrypt, the dealer at position 2 sends position 0 one. Both holders complain; the dealer at 1 answers, the one ' +
        'at 2 does not, and position 0 has nothing of it to reveal. The sum is exact.',
      6,
      { r0: without(6, 4), r1: upTo(5), r2: upTo(5), r3: upTo(5), r4: upTo(5) },
      {},
      [
        { dealer: 1, holder: 3, isAnswered: true },
        { dealer: 2, holder: 0, isAnswered: false },
      ],
    ),
  'session-weighted.json': weightedScenario,
  'session-grant.json': grantScenario,
};

/** What deps of the helpers draw, in the order of the rounds. */
export function secretsOf({ scenario, setup, r1 }: Pick<Played, 'scenario' | 'setup' | 'r1'>): Secrets[] {
  const { t } = r1.frozen.session.parameters;
  return setup.members.map(({ party, input }) => {
    const draw = c.deterministicRandom(c.utf8(`${scenario.options.seed} / ${party.name}`));
    const many = () => Array.from({ length: t - 1 }, () => draw(32));
    return {
      identitySeed: seedOf(party.name),
      shareKeySeed: draw(32),
      maskKeySeed: draw(32),
      r0Nonce: draw(32),
      selfMaskSeed: draw(32),
      maskKeyCoefficients: many(),
      selfMaskCoefficients: many(),
      input: input.map((vector) => [...vector]),
    };
  });
}

export function play(scenario: Scenario): Played {
  const { present, garbled } = scenario;
  const setup = setUp(scenario.parties, scenario.options);
  const r1 = expectRound(closeR0(setup, present.r0), 'r1');
  const r2 = expectRound(closeR1(r1, present.r1), 'r2');
  const answers = garbled.filter(({ isAnswered }) => isAnswered).map((one) => answerOf(r2, one));
  const records = answers.map(({ dealer, signed, shares }) =>
    acceptAnswer(
      r2.frozen,
      { sender: at(r2.frozen.session.roster, dealer).identity, signed, shares },
      coordinatorDeps,
    ),
  );
  const r3 = expectRound(closeR2(r2, present.r2, records), 'r3');
  const r4 = expectRound(closeR3(r3, present.r3), 'r4');
  const closed = expectRound(closeR4(r4, present.r4), 'closed');
  return { scenario, setup, r1, r2, answers, r3, r4, closed };
}

function answerOf(r2: AtR2, { dealer, holder }: Garbled): Answered {
  const member = (position: number) => {
    const found = r2.members.find((candidate) => candidate.position === position);
    if (found === undefined) throw new Error(`nobody at position ${position} in r2`);
    return found;
  };
  const { state, deps } = member(dealer);
  // The state is that of an honest dealer; what it signed and sent was the spoiled packet.
  const packet = packetOf(dealerAt(r2.dealers, dealer) as Dealer, holder);
  const shares = state.dealt.get(holder)?.shares;
  if (shares === undefined) throw new Error('no packet for that holder');
  const dealt = new Map(state.dealt).set(holder, { ciphertextHash: c.sha256(packet.ciphertext), shares });
  const deviating: InputMasked = { ...state, dealt };
  const { send } = must(answerComplaint(deviating, member(holder).send.header, deps));
  return { dealer, holder, signed: send.answer, shares: send.shares };
}

function expectRound<T extends { readonly round: string }, R extends T['round']>(
  stage: T,
  round: R,
): Extract<T, { readonly round: R }> {
  if (stage.round !== round) throw new Error(`the session is in ${stage.round}, not in ${round}`);
  return stage as Extract<T, { readonly round: R }>;
}
