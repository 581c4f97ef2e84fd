/**
 * Whole sessions on the pure functions, both roles, without network, store, time or promises. Keys and randomness follow
 * from a seed. Each round is a value that later rounds branch from, so that a test can try every subset of those who
 * answer without running the rounds before again.
 *
 *   setUp → open → r0 ─close→ AtR1 ─close→ AtR2 ─close→ AtR3 ─close→ AtR4 ─close→ Closed          (or Aborted)
 */
import { utf8 } from '../../crypto/bytes.js';
import { sha256 } from '../../crypto/hash.js';
import { addInto, packBits, reduceBits, subtractInto } from '../../crypto/masked-vector.js';
import { fillKeystream } from '../../crypto/prg.js';
import { advertiseKeys } from '../../src/protocol/client/r0-advertise-keys.js';
import {
  type RosterMessage,
  shareKeys,
  type ShareKeysMessage,
} from '../../src/protocol/client/r1-share-keys.js';
import {
  finishMaskedInput,
  type MaskedInputMessage,
  planMaskedInput,
  type SharesMessage,
} from '../../src/protocol/client/r2-masked-input.js';
import { type HeadersMessage, signConsistency } from '../../src/protocol/client/r3-consistency.js';
import { type SignaturesMessage, unmask, type UnmaskMessage } from '../../src/protocol/client/r4-unmask.js';
import { openSession } from '../../src/protocol/client/open.js';
import type {
  ConsistencySigned,
  Deps,
  InputMasked,
  KeysAdvertised,
  KeysShared,
  Opened,
  Unmasked,
} from '../../src/protocol/client/state.js';
import { decodeShareList } from '../../src/protocol/attachments.js';
import {
  acceptAdvertiseKeys,
  closeAdvertiseKeys,
  freeze,
  rosterEntries,
} from '../../src/protocol/coordinator/r0-advertise-keys.js';
import {
  acceptShareKeys,
  closeShareKeys,
  type Dealer,
  dealersOf,
  deliveriesFor,
  secondSet,
} from '../../src/protocol/coordinator/r1-share-keys.js';
import {
  acceptHeader,
  checkUpload,
  closeMaskedInput,
  thirdSet,
} from '../../src/protocol/coordinator/r2-masked-input.js';
import {
  acceptConsistency,
  closeConsistency,
  uploadsOf,
} from '../../src/protocol/coordinator/r3-consistency.js';
import {
  acceptUnmask,
  closeNotUnmasked,
  closeUnmask,
  planUnmask,
} from '../../src/protocol/coordinator/r4-unmask.js';
import {
  type AcceptedRecord,
  type Closing,
  type Frozen,
  headerOf,
  type SessionHeader,
} from '../../src/protocol/coordinator/state.js';
import type { Task } from '../../src/protocol/documents.js';
import { BlindsumError } from '../../src/protocol/errors.js';
import { layoutOf } from '../../src/protocol/parameters.js';
import type { Policy } from '../../src/protocol/policy.js';
import type { QuantisedInput } from '../../src/protocol/quantise.js';
import type { ScopeRecord } from '../../src/protocol/scope.js';
import { type Signed, signedLeaf } from '../../src/protocol/signed.js';
import { type Abort, abortCodec, type Opening } from '../../src/protocol/statements.js';
import type { Job, JobResult } from '../../src/protocol/suite.js';
import { suitesWithPlain } from '../suites/plain/index.js';
import {
  anchorsOf,
  coordinatorDeps,
  depsOf,
  emptyScope,
  openingOf,
  organiser,
  type Party,
  signOpening,
  signTask,
  taskOf,
} from './parties.js';
import { must } from './values.js';

export * from './deviating.js';
export * from './parties.js';
export * from './values.js';

// ------------------------------------------------------------------------------------------------------------- engine

/** A job at once; the definition of what every engine computes. */
export function runJob(job: Job): JobResult {
  const vectors = job.vectors.map(({ name, bits, length, base, streams }) => {
    const values = base === null ? new Uint32Array(length) : base.slice();
    const mask = new Uint32Array(length);
    for (const { key, nonce, sign } of streams) {
      fillKeystream({ key, nonce, from: 0, out: mask });
      if (sign === 1) addInto(values, mask);
      else subtractInto(values, mask);
    }
    reduceBits(values, bits);
    return { name, bits, values };
  });
  return job.output === 'integers'
    ? { kind: 'integers', vectors: vectors.map(({ name, values }) => ({ name, values })) }
    : {
        kind: 'packed',
        vectors: vectors.map(({ name, bits, values }) => ({ name, bytes: packBits(values, bits) })),
      };
}

// ------------------------------------------------------------------------------------------------------------ session

export interface Options {
  readonly seed?: string;
  readonly task?: Partial<Task>;
  readonly opening?: Partial<Opening>;
  readonly policy?: Policy;
  readonly input?: (index: number, task: Task) => QuantisedInput;
  readonly scope?: (member: Party) => ScopeRecord;
  readonly lastSession?: number | null;
  /** Held by everybody. */
  readonly grants?: readonly Signed[];
  /** The session tree begins with task and opening, as a coordinator's does; otherwise it begins with r0. */
  readonly wholeTree?: boolean;
  /** Given when the task pins no list. */
  readonly certificate?: (member: Party) => Signed | null;
  /** What a deviating participant sends instead. */
  readonly r1?: (
    message: ShareKeysMessage,
    position: number,
    round: Omit<AtR1, 'members'>,
  ) => ShareKeysMessage;
  readonly r2?: (message: MaskedInputMessage, position: number, round: AtR2) => MaskedInputMessage;
}

export interface Setup {
  readonly options: Options;
  readonly parties: readonly Party[];
  readonly task: Signed;
  readonly opening: Signed;
  readonly electorate: readonly Uint8Array[];
  readonly header: SessionHeader;
  readonly members: readonly {
    readonly party: Party;
    readonly deps: Deps;
    readonly input: QuantisedInput;
    readonly scope: ScopeRecord;
    readonly opened: Opened;
    readonly state: KeysAdvertised;
    readonly record: AcceptedRecord;
  }[];
}

/** Coordinates that differ between participants and use the whole range. */
export function someInput(index: number, task: Task): QuantisedInput {
  return layoutOf(task).map(({ bits, length }) =>
    Uint32Array.from({ length }, (_, at) => ((index + 1) * 2654435761 + at * 40503) % 2 ** bits),
  );
}

/** Openings checked and r0 of everybody accepted. */
export function setUp(parties: readonly Party[], options: Options = {}): Setup {
  const seed = options.seed ?? 'session';
  const taskBody = taskOf(parties, options.task);
  const task = signTask(taskBody);
  const electorate = parties.map(({ identity }) => identity);
  const opening = signOpening(openingOf(task, electorate, { nonce: sha256(utf8(seed)), ...options.opening }));
  const header = headerOf(task, opening, organiser.identity, electorate);
  const members = parties.map((member, index) => {
    const deps = depsOf(member, seed);
    const scope = options.scope?.(member) ?? emptyScope(electorate, taskBody.maxColluders);
    const opened = must(
      openSession(
        anchorsOf(options.policy),
        { task, opening, electorate, dataset: null, answersInput: true, grants: options.grants ?? [] },
        { lastSession: options.lastSession ?? null, scopeOf: () => scope },
        deps,
      ),
    );
    const { state, send } = must(advertiseKeys(opened, 0, deps));
    const request = {
      sender: member.identity,
      signed: send,
      certificate: options.certificate?.(member) ?? null,
      revoked: new Set<string>(),
      nowMs: 0,
    };
    const record = acceptAdvertiseKeys(header, request, coordinatorDeps);
    const input = (options.input ?? someInput)(index, taskBody);
    return { party: member, deps, input, scope, opened, state, record };
  });
  return { options, parties, task, opening, electorate, header, members };
}

export interface Aborted {
  readonly round: 'aborted';
  readonly closing: Closing;
  readonly abort: Abort;
}

function aborted(closing: Closing): Aborted {
  const { signed } = closing.statement as { signed: Signed };
  return { round: 'aborted', closing, abort: abortCodec.decode(signed.payload) };
}

const within = <T>(items: readonly T[], chosen: readonly number[]): T[] =>
  chosen.map((index) => items[index] as T);

interface Common {
  readonly setup: Setup;
  readonly frozen: Frozen;
  readonly leaves: readonly Uint8Array[];
  readonly statement: Signed;
}

export interface Member<S, M> {
  readonly position: number;
  /** Index into `setup.members`. */
  readonly index: number;
  readonly deps: Deps;
  readonly state: S;
  readonly send: M;
  readonly record: AcceptedRecord;
}

/** The roster is frozen; `members` have answered with r1. */
export interface AtR1 extends Common {
  readonly round: 'r1';
  readonly message: RosterMessage;
  readonly members: readonly Member<KeysShared, ShareKeysMessage>[];
}

/** @param present indexes of those whose r0 arrived, increasing */
export function closeR0(setup: Setup, present: readonly number[]): AtR1 | Aborted {
  const members = within(setup.members, present);
  const records = members.map(({ record }) => record);
  const before = setup.options.wholeTree === true ? [setup.task, setup.opening].map(signedLeaf) : [];
  const closing = closeAdvertiseKeys(setup.header, before, records, coordinatorDeps);
  if (closing.to === 'aborted') return aborted(closing);
  const entries = rosterEntries(records);
  const frozen = freeze(setup.header, entries, coordinatorDeps);
  const statement = closing.statement?.signed as Signed;
  const message: RosterMessage = { statement, entries, revocations: [], nowMs: 0 };
  const leaves = [...before, ...closing.leaves];
  const at = { setup, frozen, statement, leaves, round: 'r1' as const, message };
  return {
    ...at,
    members: members.map(({ deps, state, party }, position) => {
      const step = must(shareKeys(state, message, deps));
      const send = setup.options.r1?.(step.send, position, at) ?? step.send;
      const request = { sender: party.identity, signed: send.r1, packets: send.packets };
      const record = acceptShareKeys(frozen, request, coordinatorDeps);
      return { position, index: present[position] as number, deps, state: step.state, send, record };
    }),
  };
}

/** U2 is closed; `members` have answered with r2. */
export interface AtR2 extends Common {
  readonly round: 'r2';
  readonly dealers: readonly Dealer[];
  readonly members: readonly Member<InputMasked, MaskedInputMessage>[];
}

export const sharesMessage = (
  { frozen, statement, dealers }: Pick<AtR2, 'frozen' | 'statement' | 'dealers'>,
  position: number,
): SharesMessage => ({
  statement,
  deliveries: deliveriesFor(frozen, dealers, position, coordinatorDeps),
});

/** @param present roster positions of those whose r1 arrived, increasing */
export function closeR1(at: AtR1, present: readonly number[]): AtR2 | Aborted {
  const { setup } = at;
  const records = within(at.members, present).map(({ record }) => record);
  const closing = closeShareKeys(at.frozen, at.leaves, records, coordinatorDeps);
  if (closing.to === 'aborted') return aborted(closing);
  const frozen = secondSet(at.frozen, present);
  const dealers = dealersOf(frozen, records);
  const next: AtR2 = {
    setup,
    frozen,
    dealers,
    statement: closing.statement?.signed as Signed,
    leaves: [...at.leaves, ...closing.leaves],
    round: 'r2',
    members: [],
  };
  const members = within(at.members, present).map(({ position, index, deps, state: before }) => {
    const { input, scope } = setup.members[index] as Setup['members'][number];
    const message = sharesMessage(next, position);
    const planned = must(planMaskedInput(before, message, input, scope.roundingSeed, deps));
    const step = must(finishMaskedInput(planned.state, runJob(planned.job), deps));
    const send = setup.options.r2?.(step.send, position, next) ?? step.send;
    const request = { sender: deps.signer.publicKey, signed: send.header };
    const record = acceptHeader(frozen, request, dealers, coordinatorDeps);
    checkUpload(frozen, send.header, send.upload.bytes, coordinatorDeps);
    // A deviating participant knows what it sent.
    const state = { ...step.state, header: send.header };
    return { position, index, deps, state, send, record };
  });
  return { ...next, members };
}

/** U3 is closed; `members` have answered with r3. */
export interface AtR3 extends Common {
  readonly round: 'r3';
  readonly dealers: readonly Dealer[];
  readonly message: HeadersMessage;
  readonly answers: readonly AcceptedRecord[];
  readonly uploads: Uint8Array;
  readonly sum: Uint8Array;
  readonly closing: Closing;
  readonly members: readonly (Member<ConsistencySigned, Signed> & { readonly scope: ScopeRecord })[];
}

/** @param present roster positions of those whose r2 arrived, increasing */
export function closeR2(
  at: AtR2,
  present: readonly number[],
  answers: readonly AcceptedRecord[] = [],
  grants: readonly Signed[] = [],
): AtR3 | Aborted {
  const { setup, dealers } = at;
  const sent = at.members.filter(({ position }) => present.includes(position));
  const headers = sent.map(({ record }) => record);
  const records = { headers, answers, complete: headers.map(({ sender }) => sender), dealers };
  const closing = closeMaskedInput(at.frozen, at.leaves, records, coordinatorDeps);
  if (closing.to === 'aborted') return aborted(closing);
  const frozen = thirdSet(at.frozen, present);
  const layout = layoutOf(frozen.session.task);
  const accumulator = suitesWithPlain(frozen.session.task.suite).accumulator(layout);
  const sum = new Uint8Array(accumulator.byteLength);
  for (const { send } of sent) accumulator.fold(sum, send.upload.bytes);
  const uploads = uploadsOf(frozen, headers);
  const message: HeadersMessage = {
    statement: closing.statement?.signed as Signed,
    headers: sent.map(({ send }) => send.header),
  };
  return {
    setup,
    frozen,
    dealers,
    message,
    answers,
    uploads,
    sum,
    closing,
    statement: message.statement,
    leaves: [...at.leaves, ...closing.leaves],
    round: 'r3',
    members: sent.map(({ position, index, deps, state }) => {
      const before = (setup.members[index] as Setup['members'][number]).scope;
      const step = must(signConsistency(state, message, before, grants, deps));
      const request = { sender: deps.signer.publicKey, signed: step.send };
      const record = acceptConsistency(frozen, request, uploads, coordinatorDeps);
      const { state: signed, send, scope } = step;
      return { position, index, deps, state: signed, send, record, scope };
    }),
  };
}

/** A quorum signed; `members` have answered with r4. */
export interface AtR4 extends Omit<Common, 'statement'> {
  readonly round: 'r4';
  readonly dealers: readonly Dealer[];
  readonly message: SignaturesMessage;
  readonly sum: Uint8Array;
  readonly members: readonly Member<Unmasked, UnmaskMessage>[];
}

/** @param present roster positions of those whose r3 arrived, increasing */
export function closeR3(at: AtR3, present: readonly number[]): AtR4 | Aborted {
  const { setup, frozen, dealers, sum } = at;
  const sent = at.members.filter(({ position }) => present.includes(position));
  const records = sent.map(({ record }) => record);
  const closing = closeConsistency(frozen, at.leaves, records, coordinatorDeps);
  if (closing.to === 'aborted') return aborted(closing);
  const message: SignaturesMessage = {
    signatures: records.map(({ signed }) => signed),
    answers: at.answers.map(({ signed, attachment }) => ({
      answer: signed,
      shares: decodeShareList(attachment as Uint8Array),
    })),
  };
  return {
    setup,
    frozen,
    dealers,
    message,
    sum,
    leaves: [...at.leaves, ...closing.leaves],
    round: 'r4',
    members: sent.map(({ position, index, deps, state }) => {
      const step = must(unmask(state, message, deps));
      const request = { sender: deps.signer.publicKey, signed: step.send.r4, shares: step.send.shares };
      const record = acceptUnmask(frozen, request, coordinatorDeps);
      return { position, index, deps, state: step.state, send: step.send, record };
    }),
  };
}

export interface Closed {
  readonly round: 'closed';
  readonly closing: Closing;
  readonly result: Signed;
  readonly packed: Uint8Array;
  readonly sums: readonly Uint32Array[];
  readonly badHelpers: readonly number[];
}

/** @param present roster positions of those whose r4 arrived, increasing */
export function closeR4(at: AtR4, present: readonly number[]): Closed | Aborted {
  const records = at.members.filter(({ position }) => present.includes(position)).map(({ record }) => record);
  return openRecords(at, records);
}

export function openRecords(at: AtR4, records: readonly AcceptedRecord[]): Closed | Aborted {
  const { frozen, leaves, dealers, sum } = at;
  try {
    const { job, badHelpers } = planUnmask(frozen, records, dealers, sum, coordinatorDeps);
    const result = runJob(job);
    const closing = closeUnmask(frozen, leaves, records, result, coordinatorDeps);
    const signed = closing.statement?.signed as Signed;
    const sums = suitesWithPlain(frozen.session.task.suite).finishOpen(frozen.session, result);
    return { round: 'closed', closing, result: signed, packed: closing.aggregate, sums, badHelpers };
  } catch (error) {
    if (!(error instanceof BlindsumError)) throw error;
    return aborted(closeNotUnmasked(frozen, leaves, records, error, coordinatorDeps));
  }
}

/** Integer sums of the inputs of the given indexes, modulo each vector's 2^bits. */
export function expectedSums(setup: Setup, indexes: readonly number[]): Uint32Array[] {
  return layoutOf(setup.header.task).map(({ bits, length }, vector) =>
    Uint32Array.from({ length }, (_, at) => {
      const total = indexes.reduce(
        (sum, index) => sum + (setup.members[index]?.input[vector]?.[at] as number),
        0,
      );
      return total % 2 ** bits;
    }),
  );
}

/** A session that gets to r4. */
export interface Rounds {
  readonly setup: Setup;
  readonly r1: AtR1;
  readonly r2: AtR2;
  readonly r3: AtR3;
  readonly r4: AtR4;
}

/** Everybody answers until r1, and those in `u3` (roster positions) from r2 on. */
export function playRounds(setup: Setup, u3: readonly number[] = [...setup.members.keys()]): Rounds {
  const everyone = [...setup.members.keys()];
  const r1 = going(closeR0(setup, everyone));
  const r2 = going(closeR1(r1, everyone));
  const r3 = going(closeR2(r2, u3));
  return { setup, r1, r2, r3, r4: going(closeR3(r3, u3)) };
}

function going<T extends { readonly round: string }>(round: T | Aborted): T {
  if (round.round === 'aborted') throw new Error(`aborted: ${(round as Aborted).abort.message}`);
  return round as T;
}

/** The round in which a participant falls silent: 0…4, or 5 for never. */
export type DropRound = 0 | 1 | 2 | 3 | 4 | 5;

export interface Run {
  readonly outcome: Closed | Aborted;
  /** Indexes of U3; empty when it never closed. */
  readonly survivors: readonly number[];
  readonly reached: 'r0' | 'r1' | 'r2' | 'r3' | 'r4';
}

/** One whole session. @param drops one per party */
export function runSession(
  parties: readonly Party[],
  drops: readonly DropRound[],
  options: Options = {},
): Run {
  const setup = setUp(parties, options);
  const sending = (round: number) => (member: { index: number }) => (drops[member.index] as number) > round;
  const positions = (members: readonly { position: number; index: number }[], round: number): number[] =>
    members.filter(sending(round)).map(({ position }) => position);
  const r1 = closeR0(
    setup,
    [...parties.keys()].filter((index) => sending(0)({ index })),
  );
  if (r1.round === 'aborted') return { outcome: r1, survivors: [], reached: 'r0' };
  const r2 = closeR1(r1, positions(r1.members, 1));
  if (r2.round === 'aborted') return { outcome: r2, survivors: [], reached: 'r1' };
  const r3 = closeR2(r2, positions(r2.members, 2));
  if (r3.round === 'aborted') return { outcome: r3, survivors: [], reached: 'r2' };
  const survivors = r3.members.map(({ index }) => index);
  const r4 = closeR3(r3, positions(r3.members, 3));
  if (r4.round === 'aborted') return { outcome: r4, survivors, reached: 'r3' };
  return { outcome: closeR4(r4, positions(r4.members, 4)), survivors, reached: 'r4' };
}
