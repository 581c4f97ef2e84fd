/**
 * A3b: the coordinator cuts edges, so that a participant's upload carries no mask that others do not cancel, and reads its
 * input from the shares of an ordinary session. It withholds what was dealt along one edge, or shows one victim a U2
 * without its neighbours. Whoever misses a packet refuses to mask; before r3 everybody checks the signed r2 header of
 * every survivor against its own context, U1 and U2.
 */
import { expect, test } from '@jest/globals';
import { concatBytes } from '../../crypto/bytes.js';
import { planMaskedInput } from '../../src/protocol/client/r2-masked-input.js';
import { signConsistency } from '../../src/protocol/client/r3-consistency.js';
import type { Deps } from '../../src/protocol/client/state.js';
import { refuse } from '../../src/protocol/errors.js';
import type { ShareDelivery } from '../../src/protocol/shares.js';
import type { Signed } from '../../src/protocol/signed.js';
import {
  at,
  type AtR2,
  broken,
  closeR1,
  codeOf,
  emptyScope,
  sharesMessage,
  zeros,
} from '../helpers/protocol.js';
import {
  ALL,
  delivered,
  entryWith,
  headersWith,
  naming,
  otherHeader,
  parties,
  r1,
  r2,
  r3,
  rosterWith,
  setup,
  SURVIVORS,
  toHeaders,
  toRoster,
  toShares,
} from './helpers/scenario.js';

const delivery = (position: number): ShareDelivery =>
  sharesMessage(r2, 0).deliveries.find((one) => one.position === position) as ShareDelivery;

// ------------------------------------------------------------------------------------------------- withheld, one edge

test('A3b the keys of one neighbour are withheld', () => {
  expect(toRoster(rosterWith(entryWith(3, { r0: null })))).toBe('BAD_SET');
});

test.each([1, 2, 3, 4])('A3b the packet along the edge to %i is withheld: refused, not skipped', (dealer) => {
  const message = sharesMessage(r2, 0);
  const deliveries = message.deliveries.filter(({ position }) => position !== dealer);
  expect(toShares({ ...message, deliveries })).toBe('MISSING_SHARES');
});

test('A3b both ends of one edge miss each other’s packets: neither masks', () => {
  const without = (self: number, dealer: number) => {
    const { state, deps } = at(r1.members, self);
    const message = sharesMessage(r2, self);
    const deliveries = message.deliveries.filter(({ position }) => position !== dealer);
    const { input } = at(setup.members, self);
    return codeOf(() => planMaskedInput(state, { ...message, deliveries }, input, zeros, deps));
  };
  expect([without(0, 3), without(3, 0)]).toEqual(['MISSING_SHARES', 'MISSING_SHARES']);
});

const cutAt = (cuts: readonly number[]): readonly Uint8Array[] => {
  const joined = concatBytes(...delivery(3).leaves);
  return cuts.map((from, index) => joined.slice(from, cuts[index + 1]));
};
test.each<[string, () => Partial<ShareDelivery>]>([
  ['was dealt to somebody else', () => ({ ...at(sharesMessage(r2, 1).deliveries, 2) })],
  ['has other bytes', () => ({ ciphertext: delivery(3).ciphertext.map((byte) => byte ^ 1) })],
  ['has other leaves', () => ({ leaves: [zeros, zeros] })],
  ['has leaves in another order', () => ({ leaves: [...delivery(3).leaves].reverse() })],
  ['comes with another proof', () => ({ proof: delivery(2).proof })],
  ['comes with a proof that lacks a step', () => ({ proof: delivery(3).proof.slice(1) })],
  // An entry is hash and leaves end to end: these prove, and would only make an honest holder complain.
  ['has the leaves of its dealer, cut elsewhere', () => ({ leaves: cutAt([0, 31]) })],
  ['has the leaves of its dealer in one piece', () => ({ leaves: cutAt([0]) })],
])('A3b a packet that %s counts as withheld, and its dealer is not accused', (_, changes) => {
  expect(toShares(delivered(3, changes()))).toBe('MISSING_SHARES');
});

test('A3b a packet under an r1 that its dealer did not sign', () => {
  expect(toShares(delivered(3, { r1: broken(delivery(3).r1) }))).toBe('BAD_SIGNATURE');
});

test('A3b a suite’s own condition on U2 and U3 (rings: the window check) is asked in r2 and in r3', () => {
  const asked: string[] = [];
  const { deps, state } = at(r1.members, 0);
  const strict: Deps = {
    ...deps,
    suite: (id) => ({
      ...deps.suite(id),
      checkSets(_session, { u3 }) {
        asked.push(u3 === undefined ? 'U2' : 'U3');
        refuse('BAD_SET', 'peer', 'two runs of neighbours are missing');
      },
    }),
  };
  const { input } = at(setup.members, 0);
  const mask = () => planMaskedInput(state, sharesMessage(r2, 0), input, zeros, strict);
  expect(codeOf(mask)).toBe('BAD_SET');
  const masked = at(r2.members, 0).state;
  const sign = () => signConsistency(masked, r3.message, emptyScope(setup.electorate), [], strict);
  expect(codeOf(sign)).toBe('BAD_SET');
  expect(asked).toEqual(['U2', 'U3']);
});

// ---------------------------------------------------------------------------------------- one victim, another U2

/** Participant 0 is shown a U2 without position 4, whose mask it therefore leaves out; the others are shown all. */
const narrow = closeR1(r1, SURVIVORS) as AtR2;
const victim = at(narrow.members, 0);
test('A3b one victim is shown a U2 without a neighbour: neither it nor anybody honest signs U3', () => {
  // The victim cannot know by itself: its U2 is large enough and every packet in it is there.
  expect(victim.send.header).not.toEqual(at(r2.members, 0).send.header);
  const honest = [victim, at(r2.members, 2), at(r2.members, 3)];
  for (const { state, deps } of honest) {
    // The colluder at position 1 signs whatever its reader wants to hear.
    const colluder = otherHeader(1, { u2: state.u2.hash });
    const headers = [victim.send.header, colluder, ...r3.message.headers.slice(2)];
    const message = { ...r3.message, headers };
    const scope = emptyScope(setup.electorate);
    expect(codeOf(() => signConsistency(state, message, scope, [], deps))).toBe('MISSING_HEADER');
  }
});

test('A3b one victim is shown a smaller U2, and its header is left out for the others', () => {
  const headers = r3.message.headers.slice(1);
  expect(toHeaders({ ...r3.message, headers })).toBe('MISSING_HEADER');
});

test.each<[string, string, () => Signed]>([
  ['masked for another U2', 'MISSING_HEADER', () => otherHeader(2, { u2: zeros })],
  ['masked for another U1', 'MISSING_HEADER', () => otherHeader(2, { u1: zeros })],
  ['names another sender', 'MISSING_HEADER', () => otherHeader(2, { sender: at(parties, 1).identity })],
  ['is not signed by the survivor', 'BAD_SIGNATURE', () => broken(at(r3.message.headers, 2))],
  ['is the header of another survivor', 'BAD_SIGNATURE', () => at(r3.message.headers, 3)],
])('A3b the header of one survivor %s: %s', (_, code, header) => {
  expect(toHeaders(headersWith(2, header()))).toBe(code);
});

test('A3b the own header is replaced by another one of the same identity (a second machine, a stolen key)', () => {
  expect(toHeaders(headersWith(0, otherHeader(0, { digests: [zeros] })))).toBe('CONFLICT');
});

test('A3b the session that these tests deviate from is signed', () => {
  expect(toHeaders(r3.message)).toBe(null);
  expect(ALL.map((index) => toRoster(r1.message, setup, index))).toEqual(ALL.map(() => null));
  expect(toShares({ ...sharesMessage(r2, 0), statement: naming(r2.statement, ALL) })).toBe(null);
});
