/**
 * Suite `masking/complete` (PROTOCOL §4): everybody shares and masks with everybody; for up to about 100 participants.
 * Bonawitz et al. 2017 with active-adversary consistency, hardened as PROTOCOL §4 lists.
 */
import { SHARE_BYTES } from '../../../../crypto/secret-sharing.js';
import type { SessionContext } from '../../context.js';
import { chooseFixedPoint } from '../../fixed-point.js';
import { checkSpareBits, packSums, unpackSums } from '../../packed-vectors.js';
import { checkStated, checkTask, layoutOf, quorum } from '../../parameters.js';
import { decodeAggregate, quantiseInput } from '../../quantise.js';
import type { Members } from '../../sets.js';
import type { Sets, Suite } from '../../suite.js';
import { everyoneElse } from '../complete-graph.js';
import { accumulator, finishUpload, planUpload } from './masks.js';
import { planOpen, withSelf } from './open.js';
import { parseReveal, reveal, revealed } from './reveal.js';
import { COMMITMENT_BYTES, deal, MAX_PACKET_BYTES, selfMaskCommitment, SHARE_KINDS } from './sharing.js';

/** Whom `position` answers for in r4. */
const answersFor = (session: SessionContext, { u2 }: Pick<Sets, 'u2'>, position: number): Members =>
  withSelf(within(everyoneElse(session, position), u2.members), position);

function within(members: Members, set: Members): Members {
  const all = new Set(set);
  return members.filter((position) => all.has(position));
}

export const maskingComplete: Suite = {
  id: 'masking/complete',
  shareKinds: SHARE_KINDS,
  agrees: true,
  needsEveryShare: false,
  sparse: false,
  completeVector: chooseFixedPoint,
  checkTask,
  engineNeed: () => ({ kind: 'mask' }),
  layout: layoutOf,
  sizes: (_task, participants) => ({
    shares: SHARE_KINDS.map(() => SHARE_BYTES),
    neighbours: participants - 1,
    commitment: COMMITMENT_BYTES,
    signers: participants,
    kinds: participants,
    revealed: participants * SHARE_BYTES,
  }),
  prepare: quantiseInput,
  derive(task, electorateSize) {
    checkTask(task);
    const q = quorum(electorateSize, task.maxColluders);
    // t = q from the electorate, not from those who came: the coordinator can pick the latter.
    return { q, t: q };
  },
  checkParameters(task, electorateSize, rosterSize, parameters) {
    checkStated(parameters, this.derive(task, electorateSize, rosterSize)); // check: A7, C12
  },
  neighbours: everyoneElse,
  deal: (session, self, secrets, random) => deal(session, self, everyoneElse(session, self), secrets, random),
  commitment: (session, self, { suiteSeed }) => selfMaskCommitment(session, self, suiteSeed),
  maxPacketBytes: () => MAX_PACKET_BYTES,
  acceptsCommitment: (_session, commitment) => commitment.length === COMMITMENT_BYTES,
  acceptsShares: (_session, _dealer, _holder, _dealing, shares) =>
    shares.length === SHARE_KINDS.length && // check: B4
    shares.every((share) => share.length === SHARE_BYTES), // check: B1, B4
  planUpload: (session, u2, held, input) =>
    planUpload(session, within(everyoneElse(session, held.self), u2.members), held, input),
  finishUpload: (_session, result) => finishUpload(result),
  checkUpload: (_task, vector, part) => checkSpareBits(vector, part),
  accumulator: (task) => accumulator(layoutOf(task)),
  checkSets: () => undefined,
  reveal: (session, sets, held) => reveal(answersFor(session, sets, held.self), sets, held),
  checkReveal(session, sets, helper, wire) {
    parseReveal(answersFor(session, sets, helper), sets, wire);
  },
  revealed: (session, sets, helper, kinds) => revealed(answersFor(session, sets, helper), sets, kinds),
  // Of one kind alone any number may be known: the other one hides the input.
  exposes: ({ parameters }, shares) => shares.every((count) => count >= parameters.t),
  planOpen: (session, sets, sum, dealers, reveals) =>
    planOpen(
      session,
      sets,
      (position) => within(everyoneElse(session, position), sets.u2.members),
      sum,
      dealers,
      reveals,
    ),
  finishOpen({ task }, _sets, result) {
    if (result.kind !== 'integers') throw new TypeError('result: integers expected');
    return packSums(
      layoutOf(task),
      result.vectors.map(({ values }) => values),
    );
  },
  aggregateLengths: (task) => layoutOf(task).map(({ byteLength }) => byteLength),
  decodeAggregate: (task, parts, survivors) =>
    decodeAggregate(task, unpackSums(layoutOf(task), parts), survivors),
};
