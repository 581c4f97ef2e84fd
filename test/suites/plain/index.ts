/**
 * Suite `test/plain`: sums in the clear. Nobody shares, masks or reveals anything; rounds, signatures, sets, store and
 * log are those of every suite. It proves that the socket has no masking in it, and it is the positive control of tests
 * that look for leaks: whatever cannot find an input here would find none anywhere. Never part of the package.
 */
import { refuse } from '../../../src/protocol/errors.js';
import { chooseFixedPoint } from '../../../src/protocol/fixed-point.js';
import { checkTask, layoutOf, quorum } from '../../../src/protocol/parameters.js';
import { checkSpareBits, packSums, unpackSums } from '../../../src/protocol/packed-vectors.js';
import { decodeAggregate, quantiseInput } from '../../../src/protocol/quantise.js';
import type { Suite } from '../../../src/protocol/suite.js';
import { suiteById } from '../../../src/protocol/suites/index.js';
import { completeGraph } from '../../../src/protocol/suites/complete-graph.js';
import { accumulator, finishUpload, splitSums } from '../../../src/protocol/suites/masking/masks.js';

const NOTHING = new Uint8Array();

export const plainSuite: Suite = {
  id: 'test/plain',
  shareKinds: [],
  agrees: false,
  needsEveryShare: false,
  completeVector: chooseFixedPoint,
  checkTask,
  engineNeed: () => ({ kind: 'mask' }),
  layout: layoutOf,
  sizes: (_task, participants) => ({
    ...{ shares: [], neighbours: 0, commitment: 0 },
    ...{ signers: participants, kinds: 0, revealed: 0 },
  }),
  prepare: quantiseInput,
  derive(task, electorateSize) {
    checkTask(task);
    return { q: quorum(electorateSize, task.maxColluders), t: 0 };
  },
  checkParameters(task, electorateSize, rosterSize, parameters) {
    const { q, t } = this.derive(task, electorateSize, rosterSize);
    if (Object.keys(parameters).length !== 2 || parameters.q !== q || parameters.t !== t) {
      refuse('BELOW_POLICY', 'peer', 'the coordinator states other numbers than the task gives');
    }
  },
  ...completeGraph,
  neighbours: () => [],
  deal: () => ({ perNeighbour: [], own: [], witness: NOTHING }),
  commitment: () => NOTHING,
  maxPacketBytes: () => 0,
  acceptsCommitment: () => true,
  acceptsShares: () => true,
  planUpload: (session, _u2, _held, input) => ({
    kind: 'mask',
    output: 'packed',
    vectors: layoutOf(session.task).map(({ name, bits, length }, index) => ({
      name,
      bits,
      length,
      base: input[index] as Uint32Array,
      streams: [],
    })),
  }),
  finishUpload: (_session, result) => finishUpload(result),
  checkUpload: (_task, vector, part) => checkSpareBits(vector, part),
  accumulator: (task) => accumulator(layoutOf(task)),
  reveal: () => ({ kinds: NOTHING, shares: [] }),
  checkReveal(_session, _sets, _helper, { kinds, shares }) {
    if (kinds.length > 0 || shares.length > 0) refuse('MALFORMED', 'peer', 'there is nothing to reveal');
  },
  revealed(_session, _sets, _helper, kinds) {
    if (kinds.length > 0) refuse('MALFORMED', 'peer', 'there is nothing to reveal');
    return [];
  },
  exposes: () => false,
  *planOpen(session, _sets, sum) {
    yield;
    const layout = layoutOf(session.task);
    const bases = splitSums(layout, sum);
    return {
      badHelpers: [],
      job: {
        kind: 'mask',
        output: 'integers',
        vectors: layout.map(({ name, bits, length }, index) => ({
          name,
          bits,
          length,
          base: bases[index] as Uint32Array,
          streams: [],
        })),
      },
    };
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

/** Every suite of the package, and `test/plain`. */
export const suitesWithPlain = (id: string): Suite => (id === plainSuite.id ? plainSuite : suiteById(id));
