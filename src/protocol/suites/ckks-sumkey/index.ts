/**
 * Suite `ckks/sumkey` (PROTOCOL §5.1): inputs encrypted under one-time keys that add up, of which only the sum over the
 * survivors is ever put together. Floats go in; a participant that drops out after its upload costs nothing. For up to
 * about 1000 participants. Rests on RLWE with the sum of keys and of errors published; that awaits outside review.
 */
import { checkStated, quorum } from '../../parameters.js';
import { plainVectors } from '../../quantise.js';
import type { Suite } from '../../suite.js';
import { completeGraph } from '../complete-graph.js';
import { aggregateLengths, decodeAggregate } from './aggregate.js';
import { accumulator, checkUpload, finishUpload, planUpload } from './encrypt.js';
import { checkTask, completeVector, encodingKind, layoutOf, ringOf } from './numbers.js';
import { finishOpen, planOpen } from './open.js';
import { parseReveal, reveal, revealed } from './reveal.js';
import {
  acceptsCommitment,
  acceptsShares,
  commitment,
  deal,
  maxPacketBytes,
  SHARE_KINDS,
  sizes,
} from './sharing.js';

export const ckksSumkey: Suite = {
  id: 'ckks/sumkey',
  shareKinds: SHARE_KINDS,
  agrees: false,
  needsEveryShare: true,
  completeVector,
  checkTask,
  engineNeed: (task) => ({ kind: 'ckks', ring: ringOf(task), encoding: encodingKind(task) }),
  layout: layoutOf,
  sizes,
  // There is nothing to round: the same input is the same vector every time.
  prepare: plainVectors,
  derive(task, electorateSize) {
    checkTask(task);
    const q = quorum(electorateSize, task.maxColluders);
    // t = q from the electorate, as in masking/complete; 2t > N + n_C, so two answered sets share an honest signer.
    return { q, t: q, packed: q - task.maxColluders, degree: ringOf(task).degree };
  },
  checkParameters(task, electorateSize, rosterSize, parameters) {
    checkStated(parameters, this.derive(task, electorateSize, rosterSize)); // check: A7, C12
  },
  ...completeGraph,
  deal,
  commitment: (session, self, _secrets, dealt, shareRoot) => commitment(session, self, dealt, shareRoot),
  maxPacketBytes,
  acceptsCommitment,
  acceptsShares,
  planUpload: (session, _u2, held, input) => planUpload(session, held, input),
  finishUpload: (_session, result) => finishUpload(result),
  checkUpload,
  accumulator,
  reveal,
  checkReveal(session, _sets, _helper, wire) {
    parseReveal(session, wire);
  },
  revealed: (_session, _sets, _helper, kinds) => revealed(kinds),
  // Packed sharing is a ramp: beyond n_C shares each one more gives away a part of the key.
  exposes: ({ task }, shares) => shares.some((count) => count > task.maxColluders),
  planOpen: (session, sets, sum, _dealers, reveals, mayWait) =>
    planOpen(session, sets, sum, reveals, mayWait),
  finishOpen,
  aggregateLengths,
  decodeAggregate,
};
