/**
 * A3b, A4 on a large ring: only a committee's signatures make a set final. A coordinator counts those of others, of people
 * whose keys nobody was shown, or of another session's committee, and has shares revealed for two sets. Everybody draws the
 * committee itself, from the roster, and counts nobody else; not itself either.
 */
import { expect, test } from '@jest/globals';
import { shareKeys } from '../../src/protocol/client/r1-share-keys.js';
import { unmask } from '../../src/protocol/client/r4-unmask.js';
import { closeConsistency, countedVotes } from '../../src/protocol/coordinator/r3-consistency.js';
import type { SessionContext } from '../../src/protocol/context.js';
import { keysNeededBy } from '../../src/protocol/dealing.js';
import type { Suite } from '../../src/protocol/suite.js';
import { maskingRing } from '../../src/protocol/suites/masking-ring/index.js';
import { ringNeighbours, ringSigners } from '../../src/protocol/suites/masking-ring/ring.js';
import {
  at,
  type AtR1,
  type AtR2,
  type AtR3,
  closeR0,
  closeR1,
  closeR2,
  codeOf,
  coordinatorDeps,
  participants,
  policyOf,
  replaced,
  setUp,
  statedRoster,
  zeros,
} from '../helpers/protocol.js';

const COUNT = 26;
const task = { suite: 'masking/ring', maxColluders: 1, minSurvivors: COUNT - 4 };
const setup = setUp(participants(COUNT), { task, policy: policyOf({ acceptCommittee: true }) });
const everyone = [...setup.members.keys()];
const r1 = closeR0(setup, everyone) as AtR1;
const r3 = closeR2(closeR1(r1, everyone) as AtR2, everyone) as AtR3;

/** The same session, had it a committee of 15 of whom 9 have to sign. */
const withCommittee = (session: SessionContext): SessionContext => ({
  ...session,
  parameters: { ...session.parameters, m: 15, q: 9 },
});
const session = withCommittee(r3.frozen.session);
const committee = ringSigners(session);
const strangers = everyone.filter((position) => !committee.includes(position));
const { q } = session.parameters;

/** What `self` says to the signatures of these. */
function shown(self: number, positions: readonly number[], from: SessionContext = session): string | null {
  const { state, deps } = at(r3.members, self);
  const signatures = positions.map((position) => at(r3.members, position).send);
  return codeOf(() => unmask({ ...state, session: from }, { signatures, answers: [] }, deps));
}

test('A3b the committee is drawn, and not everybody', () => {
  expect(committee).toHaveLength(15);
  expect(new Set(committee).size).toBe(15);
});

test('A3b signatures of others are not counted, however many', () => {
  const self = at(strangers, 0);
  expect(shown(self, committee.slice(0, q))).toBe(null);
  expect(shown(self, committee.slice(0, q - 1))).toBe('NO_QUORUM');
  expect(shown(self, [...committee.slice(0, q - 1), ...strangers])).toBe('NO_QUORUM');
});

test('A3b the own signature counts as a signer’s only', () => {
  const self = at(committee, 14);
  expect(shown(self, committee.slice(0, q - 1))).toBe(null);
  expect(shown(self, committee.slice(0, q - 2))).toBe('NO_QUORUM');
  expect(shown(self, [...committee.slice(0, q - 2), self, ...strangers])).toBe('NO_QUORUM');
});

test.each<[string, (from: SessionContext) => SessionContext]>([
  ['session', (from) => ({ ...from, id: zeros })],
  ['roster', (from) => ({ ...from, rosterRoot: zeros })],
])('A3b the committee of another %s is another one, and does not count in this', (_, change) => {
  const other = ringSigners(change(session));
  expect(other).not.toEqual(committee);
  const both = other.filter((position) => committee.includes(position)).slice(0, q - 1);
  const foreign = other.filter((position) => !committee.includes(position));
  expect(both.length + foreign.length).toBeGreaterThanOrEqual(q);
  expect(shown(at(strangers, 0), [...both, ...foreign])).toBe('NO_QUORUM');
});

test('A3b the coordinator closes r3 with a quorum of signers, and shows nobody else’s signatures', () => {
  const frozen = { ...r3.frozen, session };
  const records = (positions: readonly number[]) =>
    [...positions].sort((a, b) => a - b).map((position) => at(r3.members, position).record);
  const close = (positions: readonly number[]) =>
    closeConsistency(frozen, r3.leaves, records(positions), coordinatorDeps);
  expect(close([...committee.slice(0, q - 1), ...strangers]).to).toBe('aborted');
  const closed = close([...committee.slice(0, q), ...strangers]);
  expect(closed.to).toBe('r4');
  // All that came is in the log.
  expect(closed.leaves).toHaveLength(q + strangers.length);
  const voted = countedVotes(frozen, records([...committee, ...strangers]), coordinatorDeps);
  expect(voted).toEqual(records(committee));
});

test('A3b the keys of a signer who is no neighbour are withheld', () => {
  const { state, deps } = at(setup.members, 0);
  const near = ringNeighbours(r1.frozen.session, 0);
  const signer = everyone.find((position) => position !== 0 && !near.includes(position)) as number;
  const suite: Suite = { ...maskingRing, signers: () => [signer] };
  const join = (missing: number): string | null => {
    const entries = replaced(r1.message.entries, missing, { ...at(r1.message.entries, missing), r0: null });
    return codeOf(() => shareKeys(state, statedRoster(setup, entries), { ...deps, suite: () => suite }));
  };
  expect(join(signer)).toBe('BAD_SET');
  // Of others the hash is enough.
  const other = everyone.find(
    (position) => !keysNeededBy(r1.frozen.session, suite, 0).has(position),
  ) as number;
  expect(join(other)).toBe(null);
});
