/**
 * A4: the coordinator tells participants different things: another roster, U2 or U3, so that each half reveals another kind
 * of share. Every hash and signature carries ctx and the set's index; shares leave only for q signatures over exactly
 * what the own r3 says, and q = ⌊(N + n_C)/2⌋ + 1 of the electorate: two quorums share an honest signer.
 */
import { expect, test } from '@jest/globals';
import { unmask } from '../../src/protocol/client/r4-unmask.js';
import { type Consistency, consistencyCodec } from '../../src/protocol/messages.js';
import { proposedColluders, quorum } from '../../src/protocol/parameters.js';
import { memberSet, toBitmap } from '../../src/protocol/sets.js';
import type { Signed } from '../../src/protocol/signed.js';
import {
  altered,
  alteredSet,
  at,
  type AtR1,
  type AtR2,
  type AtR3,
  broken,
  closeR0,
  closeR1,
  closeR2,
  codeOf,
  participants,
  setUp,
  sharesMessage,
  zeros,
  playToUploads,
} from '../helpers/protocol.js';
import {
  ALL,
  entryWith,
  otherKeys,
  parties,
  r1,
  r2,
  r3,
  r4,
  resign,
  rosterWith,
  setup,
  stranger,
  SURVIVORS,
  toHeaders,
  toRoster,
  toShares,
  toSignatures,
} from './helpers/scenario.js';

const { signatures } = r4.message;

// -------------------------------------------------------------------------------------------------- two lists for U3

test('A4 two quorums of one electorate share an honest signer, for every size and ⌈N/3⌉ − 1 colluders', () => {
  for (let size = 3; size <= 200; size += 1) {
    const colluders = Math.max(proposedColluders(size), Math.ceil(size / 3) - 1);
    const q = quorum(size, colluders);
    // Colluders sign both lists, everybody honest at most one.
    expect(2 * (q - colluders)).toBeGreaterThan(size - colluders);
    expect(q).toBeLessThanOrEqual(size);
  }
});

/** Seven, of whom the last two collude (⌈7/3⌉ − 1), q = 5. U3 is everybody, or everybody but the first. */
const seven = setUp(participants(7), { task: { maxColluders: 2 } });
const everyone = [...seven.parties.keys()];
const masked = playToUploads(seven);
const lists = [everyone, everyone.slice(1)].map((members) => closeR2(masked, members) as AtR3) as [
  AtR3,
  AtR3,
];
const colluding = (position: number): boolean => position >= 5;

/** Honest participants that reveal shares for this list, when `told` are those that were shown it. */
const revealing = (list: AtR3, told: readonly number[]): number[] => {
  const signed = list.members.filter(({ position }) => told.includes(position) || colluding(position));
  const message = { signatures: signed.map(({ send }) => send), answers: [] };
  return signed
    .filter(
      ({ position, state, deps }) =>
        !colluding(position) && codeOf(() => unmask(state, message, deps)) === null,
    )
    .map(({ position }) => position);
};

test.each([0, 1, 2, 3, 4])(
  'A4 two lists for U3, %i of four shown the longer one: never both get a quorum',
  (count) => {
    const told = [0, 1, 2, 3, 4].slice(0, 1 + count);
    const [longer, shorter] = [revealing(lists[0], told), revealing(lists[1], [1, 2, 3, 4].slice(count))];
    expect(Math.min(longer.length, shorter.length)).toBe(0);
    expect(longer.length + shorter.length).toBeGreaterThanOrEqual(3);
  },
);

test('A4 the quorum comes from the electorate: few who are left do not make it smaller', () => {
  // Five of seven are left; a quorum of those five would be four.
  const left = [0, 1, 2, 3, 4];
  const few = closeR2(closeR1(closeR0(seven, left) as AtR1, left) as AtR2, left) as AtR3;
  const first = at(few.members, 0);
  expect(first.state.session.parameters).toEqual({ q: 5, t: 5 });
  const given = few.members.map(({ send }) => send);
  const reveal = (count: number) =>
    codeOf(() => unmask(first.state, { signatures: given.slice(0, count), answers: [] }, first.deps));
  expect([reveal(quorum(5, 2)), reveal(5)]).toEqual(['NO_QUORUM', null]);
});

// ---------------------------------------------------------------------------------------------------- the signatures

test.each(['u1', 'u2', 'u3', 'uploads'] as const)(
  'A4 a survivor signed another %s: EQUIVOCATION',
  (field) => {
    const other = resign(consistencyCodec, at(signatures, 2), 2, { [field]: zeros });
    expect(toSignatures([...signatures.slice(0, 2), other, at(signatures, 3)])).toBe('EQUIVOCATION');
  },
);

const signedBy = (party = stranger, changes: Partial<Consistency> = {}): Signed =>
  altered(consistencyCodec, at(signatures, 3), party, { sender: party.identity, ...changes });

test.each<[string, () => Signed]>([
  ['a colluder that is not in U3', () => signedBy(at(parties, 4))],
  ['somebody who is not in the session', () => signedBy()],
  ['a survivor that is there already', () => at(signatures, 2)],
  ['the participant itself', () => at(signatures, 0)],
])('A4 the signature that is missing to a quorum is one of %s: NO_QUORUM', (_, signature) => {
  expect(toSignatures([...signatures.slice(0, 3), signature()])).toBe('NO_QUORUM');
});

test.each<[string, () => Signed]>([
  ['forged', () => broken(at(signatures, 3))],
  ['made by a colluder', () => altered(consistencyCodec, at(signatures, 3), at(parties, 2), {})],
])('A4 the signature that is missing to a quorum is %s', (_, signature) => {
  expect(toSignatures([...signatures.slice(0, 3), signature()])).toBe('BAD_SIGNATURE');
});

// -------------------------------------------------------------------------------------------------------- statements

test('A4 the hash of a set is of its context and its index, too', () => {
  const { ctx } = r1.frozen.session;
  const hashes = ([1, 2, 3] as const).map((set) => memberSet(ctx, set, ALL, 5).hash.join());
  expect(new Set([...hashes, memberSet(zeros, 1, ALL, 5).hash.join()]).size).toBe(4);
});

test.each<[string, string, () => ReturnType<typeof rosterWith>]>([
  ['of part of the roster', 'BAD_SET', () => rosterWith((all) => all, { members: toBitmap(SURVIVORS, 5) })],
  ['of U2', 'BAD_SET', () => rosterWith((all) => all, { set: 2 })],
  [
    'of another roster',
    'CONTEXT_MISMATCH',
    () => ({ ...rosterWith(entryWith(3, otherKeys(3, { nonce: zeros }))), statement: r1.statement }),
  ],
  ['of another context', 'CONTEXT_MISMATCH', () => rosterWith((all) => all, { ctx: zeros })],
  [
    'that the coordinator did not sign',
    'WRONG_COORDINATOR',
    () => ({ ...r1.message, statement: broken(r1.statement) }),
  ],
])('A4 a statement %s is shown for U1: %s', (_, code, message) => {
  expect(toRoster(message())).toBe(code);
});

test.each<[string, string, () => Signed]>([
  ['of another context', 'CONTEXT_MISMATCH', () => alteredSet(r2.statement, { ctx: zeros })],
  ['of U3', 'BAD_SET', () => alteredSet(r2.statement, { set: 3 })],
  ['that the coordinator did not sign', 'WRONG_COORDINATOR', () => broken(r2.statement)],
])('A4 a statement %s is shown for U2: %s', (_, code, statement) => {
  expect(toShares({ ...sharesMessage(r2, 0), statement: statement() })).toBe(code);
});

test.each<[string, string, () => Signed]>([
  ['of another context', 'CONTEXT_MISMATCH', () => alteredSet(r3.statement, { ctx: zeros })],
  ['of U2', 'BAD_SET', () => alteredSet(r3.statement, { set: 2 })],
  ['that the coordinator did not sign', 'WRONG_COORDINATOR', () => broken(r3.statement)],
])('A4 a statement %s is shown for U3: %s', (_, code, statement) => {
  expect(toHeaders({ ...r3.message, statement: statement() })).toBe(code);
});

// ------------------------------------------------------------------------------------------------------- two rosters

/** Everybody answered; who is in `listed` is shown a roster of just those. */
const shown = (listed: readonly number[]) =>
  closeR1(closeR0(setup, listed) as AtR1, [...listed.keys()]) as AtR2;

test('A4 two rosters, each large enough: what is dealt under one is of no use under the other', () => {
  // 0…3 to the one half, 0, 1, 2, 4 to the other; position 3 is another participant, 0…2 are the same.
  const [own, other] = [shown([0, 1, 2, 3]), shown([0, 1, 2, 4])];
  const deliveries = sharesMessage(own, 0).deliveries.map((delivery) =>
    delivery.position === 2 ? (sharesMessage(other, 0).deliveries[1] as typeof delivery) : delivery,
  );
  const roster = closeR0(setup, [0, 1, 2, 3]) as AtR1;
  expect(toShares(sharesMessage(own, 0), roster)).toBe(null);
  expect(toShares({ ...sharesMessage(own, 0), deliveries }, roster)).toBe('CONTEXT_MISMATCH');
  const closed = (of: AtR2) => closeR2(of, [0, 1, 2, 3]) as AtR3;
  const headers = closed(own).message.headers.map((header, index) =>
    index === 2 ? at(closed(other).message.headers, 2) : header,
  );
  expect(toHeaders({ ...closed(own).message, headers }, own)).toBe('CONTEXT_MISMATCH');
});
