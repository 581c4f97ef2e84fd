/**
 * Suite `test/sparse`: `masking/complete` on a ring, each with the two neighbours on either side. In the complete graph
 * every U2 that a participant accepts has ≥ q members, so it shares somebody with every quorum, and a U2 without one's
 * neighbours cannot be shown; on a sparse graph it can, and only the check of the r2 headers stops it. Never part of the
 * package, and no model of `masking/ring`: the ring is in the order of identities, which a coordinator could choose.
 *
 * Of a dealer's holders (2·REACH + 1, or the whole of a smaller roster), no two sets of t are disjoint but for colluders.
 * U3 has no two ring neighbours missing, which keeps the survivors connected.
 */
import { checkTask, quorum } from '../../../src/protocol/parameters.js';
import { refuse } from '../../../src/protocol/errors.js';
import type { SessionContext } from '../../../src/protocol/context.js';
import { type Members, withSelf } from '../../../src/protocol/sets.js';
import type { Suite } from '../../../src/protocol/suite.js';
import { maskingComplete } from '../../../src/protocol/suites/masking-complete/index.js';
import { planUpload } from '../../../src/protocol/suites/masking/masks.js';
import { reveal } from '../../../src/protocol/suites/masking/reveal.js';
import { deal } from '../../../src/protocol/suites/masking/sharing.js';

import { suitesWithRing } from './small-ring.js';

const REACH = 2;

function neighbours(session: SessionContext, position: number): Members {
  const size = session.roster.length;
  const near = new Set<number>();
  for (let step = 1; step <= REACH; step += 1) {
    near.add((position + step) % size);
    near.add((position - step + size) % size);
  }
  near.delete(position);
  return [...near].sort((a, b) => a - b);
}

const neighboursIn = (session: SessionContext, position: number, set: Members): Members =>
  neighbours(session, position).filter((peer) => set.includes(peer));

const sparseSuite: Suite = {
  ...maskingComplete,
  id: 'test/sparse',
  derive(task, electorateSize, rosterSize) {
    checkTask(task);
    const holders = Math.min(2 * REACH + 1, rosterSize);
    return { q: quorum(electorateSize, task.maxColluders), t: quorum(holders, task.maxColluders) };
  },
  checkParameters(task, electorateSize, rosterSize, parameters) {
    const { q, t } = this.derive(task, electorateSize, rosterSize);
    if (parameters.q !== q || parameters.t !== t) refuse('BELOW_POLICY', 'peer', 'other numbers');
  },
  sparse: true,
  neighbours,
  mostComplaints: ({ parameters }) => parameters.t - 1,
  deal: (session, self, secrets, random) => deal(session, self, neighbours(session, self), secrets, random),
  planUpload: (session, u2, held, input) =>
    planUpload(session, neighboursIn(session, held.self, u2.members), held, input),
  checkSets(session, { u3 }) {
    if (u3 === undefined) return;
    const size = session.roster.length;
    for (let position = 0; position < size; position += 1) {
      if (!u3.members.includes(position) && !u3.members.includes((position + 1) % size))
        refuse('BAD_SET', 'peer', 'two neighbours on the ring are missing');
    }
  },
  reveal: (session, sets, held) =>
    reveal(withSelf(neighboursIn(session, held.self, sets.u2.members), held.self), sets, held),
};

export const suitesWithSparse = (id: string): Suite =>
  id === sparseSuite.id ? sparseSuite : suitesWithRing(id);
