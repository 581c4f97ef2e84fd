/**
 * What the masking suites have in common: masks that cancel between neighbours, and shares that take out those of who
 * dropped (PROTOCOL §4.2 to §4.7). A suite adds its graph: who are neighbours, and the numbers that go with it.
 */
import { SHARE_BYTES } from '../../../../crypto/secret-sharing.js';
import type { SessionContext } from '../../context.js';
import { chooseFixedPoint } from '../../fixed-point.js';
import { checkSpareBits, packSums, unpackSums } from '../../packed-vectors.js';
import { layoutOf } from '../../parameters.js';
import { decodeAggregate, quantiseInput } from '../../quantise.js';
import { isMember, type Members, withSelf } from '../../sets.js';
import type { Sets, Suite } from '../../suite.js';
import { accumulator, finishUpload, planUpload } from './masks.js';
import { planOpen } from './open.js';
import { parseReveal, reveal, revealed } from './reveal.js';
import { COMMITMENT_BYTES, deal, MAX_PACKET_BYTES, selfMaskCommitment, SHARE_KINDS } from './sharing.js';

/** What a masking suite decides itself. */
export type MaskingGraph = Pick<
  Suite,
  | 'id'
  | 'sparse'
  | 'checkTask'
  | 'sizes'
  | 'derive'
  | 'checkParameters'
  | 'neighbours'
  | 'signers'
  | 'mostComplaints'
  | 'checkSets'
>;

export function maskingSuite(graph: MaskingGraph): Suite {
  const peersIn = (session: SessionContext, position: number, set: Members): Members =>
    graph.neighbours(session, position).filter((peer) => isMember(set, peer));
  /** Whom `position` answers for in r4. */
  const answersFor = (session: SessionContext, { u2 }: Pick<Sets, 'u2'>, position: number): Members =>
    withSelf(peersIn(session, position, u2.members), position);
  return {
    ...graph,
    shareKinds: SHARE_KINDS,
    agrees: true,
    needsEveryShare: false,
    completeVector: chooseFixedPoint,
    engineNeed: () => ({ kind: 'mask' }),
    layout: layoutOf,
    prepare: quantiseInput,
    deal: (session, self, secrets, random) =>
      deal(session, self, graph.neighbours(session, self), secrets, random),
    commitment: (session, self, { suiteSeed }) => selfMaskCommitment(session, self, suiteSeed),
    maxPacketBytes: () => MAX_PACKET_BYTES,
    acceptsCommitment: (_session, commitment) => commitment.length === COMMITMENT_BYTES,
    acceptsShares: (_session, _dealer, _holder, _dealing, shares) =>
      shares.length === SHARE_KINDS.length && // check: B4
      shares.every((share) => share.length === SHARE_BYTES), // check: B1, B4
    planUpload: (session, u2, held, input) =>
      planUpload(session, peersIn(session, held.self, u2.members), held, input),
    finishUpload: (_session, result) => finishUpload(result),
    checkUpload: (_task, vector, part) => checkSpareBits(vector, part),
    accumulator: (task) => accumulator(layoutOf(task)),
    reveal: (session, sets, held) => reveal(answersFor(session, sets, held.self), sets, held),
    checkReveal(session, sets, helper, wire) {
      parseReveal(answersFor(session, sets, helper), sets, wire);
    },
    revealed: (session, sets, helper, kinds) => revealed(answersFor(session, sets, helper), sets, kinds),
    // Of one kind alone any number may be known: the other one hides the input.
    exposes: ({ parameters }, shares) => shares.every((count) => count >= parameters.t),
    planOpen(session, sets, sum, dealers, reveals) {
      const peers = (position: number): Members => peersIn(session, position, sets.u2.members);
      return planOpen(session, sets, peers, sum, dealers, reveals);
    },
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
}

/** What each sends when everybody comes and stays. @param signers whose signatures of r3 each is shown */
export const maskingSizes = (neighbours: number, signers: number): ReturnType<Suite['sizes']> => ({
  shares: SHARE_KINDS.map(() => SHARE_BYTES),
  neighbours,
  commitment: COMMITMENT_BYTES,
  signers,
  // For each neighbour and oneself.
  kinds: neighbours + 1,
  revealed: (neighbours + 1) * SHARE_BYTES,
});
