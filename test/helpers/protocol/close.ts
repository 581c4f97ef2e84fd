/** The rounds of a session, each closed with those who answered, and answered by them. */
import { type RosterMessage, shareKeys } from '../../../src/protocol/client/r1-share-keys.js';
import {
  finishMaskedInput,
  planMaskedInput,
  type SharesMessage,
} from '../../../src/protocol/client/r2-masked-input.js';
import { type HeadersMessage, signConsistency } from '../../../src/protocol/client/r3-consistency.js';
import { type SignaturesMessage, unmask } from '../../../src/protocol/client/r4-unmask.js';
import { dealersOf, deliveriesFor } from '../../../src/protocol/coordinator/dealers.js';
import { decodeShareList } from '../../../src/protocol/attachments.js';
import {
  closeAdvertiseKeys,
  freeze,
  rosterEntries,
  rosterFor,
  withoutKeys,
} from '../../../src/protocol/coordinator/r0-advertise-keys.js';
import {
  acceptShareKeys,
  closeShareKeys,
  secondSet,
} from '../../../src/protocol/coordinator/r1-share-keys.js';
import {
  acceptHeader,
  checkUpload,
  closeMaskedInput,
  thirdSet,
} from '../../../src/protocol/coordinator/r2-masked-input.js';
import {
  acceptConsistency,
  closeConsistency,
  countedVotes,
  headersFor,
  headersOf,
} from '../../../src/protocol/coordinator/r3-consistency.js';
import {
  acceptUnmask,
  closeNotUnmasked,
  closeUnmask,
  planUnmask,
} from '../../../src/protocol/coordinator/r4-unmask.js';
import type { AcceptedRecord, Closing } from '../../../src/protocol/coordinator/state.js';
import { BlindsumError } from '../../../src/protocol/errors.js';
import { type Signed, signedLeaf } from '../../../src/protocol/signed.js';
import { abortCodec } from '../../../src/protocol/statements.js';
import { allSteps } from '../../../src/protocol/steps.js';
import { suitesWithPlain } from '../../suites/plain/index.js';
import { coordinatorDeps } from '../parties.js';
import { must } from '../values.js';
import { runJob } from './job.js';
import type { Aborted, AtR1, AtR2, AtR3, AtR4, Closed, Setup } from './rounds.js';

function aborted(closing: Closing): Aborted {
  const { signed } = closing.statement as { signed: Signed };
  return { round: 'aborted', closing, abort: abortCodec.decode(signed.payload) };
}

const within = <T>(items: readonly T[], chosen: readonly number[]): T[] =>
  chosen.map((index) => items[index] as T);

/** @param present indexes of those whose r0 arrived, increasing */
export function closeR0(setup: Setup, present: readonly number[]): AtR1 | Aborted {
  const members = within(setup.members, present);
  const records = members.map(({ record }) => record);
  const before = setup.options.wholeTree === true ? [setup.task, setup.opening].map(signedLeaf) : [];
  const closing = allSteps(closeAdvertiseKeys(setup.header, before, records, coordinatorDeps));
  if (closing.to === 'aborted') return aborted(closing);
  const entries = allSteps(rosterEntries(records));
  const value = setup.options.beacon?.value ?? null;
  const frozen = allSteps(freeze(setup.header, entries, coordinatorDeps, value?.randomness));
  const statement = closing.statement?.signed as Signed;
  const message: RosterMessage = { statement, entries, revocations: [], nowMs: 0, beacon: value };
  const leaves = [...before, ...closing.leaves];
  const at = { setup, frozen, statement, leaves, round: 'r1' as const, message };
  return {
    ...at,
    members: members.map(({ deps, state, party }, position) => {
      const step = must(shareKeys(state, rosterMessage(at, position), deps));
      const send = setup.options.r1?.(step.send, position, at) ?? step.send;
      const request = { sender: party.identity, signed: send.r1, packets: send.packets };
      const record = acceptShareKeys(frozen, request, coordinatorDeps);
      return { position, index: present[position] as number, deps, state: step.state, send, record };
    }),
  };
}

export const rosterMessage = (
  { frozen, message }: Pick<AtR1, 'frozen' | 'message'>,
  position: number,
): RosterMessage => {
  const roster = { entries: message.entries, withoutKeys: withoutKeys(message.entries) };
  return { ...message, entries: rosterFor(frozen, roster, position, coordinatorDeps) };
};

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
  const dealers = dealersOf(frozen, records, coordinatorDeps);
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

export const headersMessage = (
  { frozen, statement, shown }: Pick<AtR3, 'frozen' | 'statement' | 'shown'>,
  position: number,
): HeadersMessage => ({ statement, ...headersFor(frozen, shown, position, coordinatorDeps) });

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
  const { task } = frozen.session;
  const accumulator = suitesWithPlain(task.suite).accumulator(task);
  const sum = new Uint8Array(accumulator.byteLength);
  for (const { send } of sent) accumulator.fold(sum, send.upload.bytes);
  const shown = headersOf(frozen, headers);
  const uploads = shown.uploads.root;
  const statement = closing.statement?.signed as Signed;
  const next = { frozen, statement, shown };
  return {
    ...next,
    setup,
    dealers,
    message: headersMessage(next, present[0] as number),
    answers,
    uploads,
    sum,
    closing,
    leaves: [...at.leaves, ...closing.leaves],
    round: 'r3',
    members: sent.map(({ position, index, deps, state }) => {
      const before = (setup.members[index] as Setup['members'][number]).scope;
      const step = must(signConsistency(state, headersMessage(next, position), before, grants, deps));
      const request = { sender: deps.signer.publicKey, signed: step.send };
      const record = acceptConsistency(frozen, request, uploads, coordinatorDeps);
      const { state: signed, send, scope } = step;
      return { position, index, deps, state: signed, send, record, scope };
    }),
  };
}

/** @param present roster positions of those whose r3 arrived, increasing */
export function closeR3(at: AtR3, present: readonly number[]): AtR4 | Aborted {
  const { setup, frozen, dealers, sum } = at;
  const sent = at.members.filter(({ position }) => present.includes(position));
  const records = sent.map(({ record }) => record);
  const closing = closeConsistency(frozen, at.leaves, records, coordinatorDeps);
  if (closing.to === 'aborted') return aborted(closing);
  const message: SignaturesMessage = {
    signatures: countedVotes(frozen, records, coordinatorDeps).map(({ signed }) => signed),
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

/** @param present roster positions of those whose r4 arrived, increasing */
export function closeR4(at: AtR4, present: readonly number[]): Closed | Aborted {
  const records = at.members.filter(({ position }) => present.includes(position)).map(({ record }) => record);
  return openRecords(at, records);
}

export function openRecords(at: AtR4, records: readonly AcceptedRecord[]): Closed | Aborted {
  const { frozen, leaves, dealers, sum } = at;
  try {
    const { job, badHelpers } = allSteps(planUnmask(frozen, records, dealers, sum, false, coordinatorDeps));
    const result = runJob(job);
    const closing = closeUnmask(frozen, leaves, records, result, coordinatorDeps);
    const signed = closing.statement?.signed as Signed;
    const sums = result.kind === 'integers' ? result.vectors.map(({ values }) => values) : [];
    return { round: 'closed', closing, result: signed, packed: closing.aggregate, sums, badHelpers };
  } catch (error) {
    if (!(error instanceof BlindsumError)) throw error;
    return aborted(closeNotUnmasked(frozen, leaves, records, error, coordinatorDeps));
  }
}
