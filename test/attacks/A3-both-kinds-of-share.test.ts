/**
 * A3: the coordinator wants both kinds of share of one participant, b and the mask key, and so its input. It would name
 * it survivor to some and dropped to others, or say so twice. The request of r4 carries no lists: survivors and dropped
 * follow from the sets that each participant signed in r3 itself, and a share list has one entry per neighbour.
 */
import { expect, test } from '@jest/globals';
import { concatBytes } from '../../crypto/bytes.js';
import { answerComplaint } from '../../src/protocol/client/answer-complaint.js';
import { unmask } from '../../src/protocol/client/r4-unmask.js';
import { maskedInputCodec, unmaskCodec } from '../../src/protocol/messages.js';
import { fromBitmap, toBitmap } from '../../src/protocol/sets.js';
import type { Signed } from '../../src/protocol/signed.js';
import {
  alteredSet,
  at,
  type AtR2,
  type AtR3,
  closeR1,
  closeR2,
  codeOf,
  must,
  sharesMessage,
  zeros,
} from '../helpers/protocol.js';
import {
  ALL,
  naming,
  parties,
  r1,
  r2,
  r3,
  r4,
  resign,
  SURVIVORS,
  toHeaders,
  toShares,
  toSignatures,
} from './helpers/scenario.js';

/** The helpers whose r4 holds a share of this kind of the participant at `position`. */
const helpersWith = (kind: number, position: number): number[] =>
  r4.members
    .filter(({ send }) => unmaskCodec.decode(send.r4.payload).kinds[position] === kind)
    .map(({ position: helper }) => helper);

test('A3 what is revealed in a session is one kind per participant, whoever reveals it', () => {
  for (const position of ALL) {
    const [selfMask, maskKey] = [helpersWith(1, position), helpersWith(2, position)];
    expect([selfMask, maskKey]).toEqual(position === 4 ? [[], SURVIVORS] : [SURVIVORS, []]);
  }
  for (const { send } of r4.members) expect(send.shares).toHaveLength(5);
});

test('A3 a list of survivors and a list of dropped that overlap, repeat or lack somebody cannot be written', () => {
  // A set is one bit per position, and dropped is what U3 lacks of U2: every bitmap is a partition.
  for (let bitmap = 0; bitmap < 32; bitmap += 1) {
    const survivors = fromBitmap(Uint8Array.of(bitmap), 5);
    const dropped = ALL.filter((position) => !survivors.includes(position));
    expect([...survivors, ...dropped].sort()).toEqual(ALL);
    expect(toBitmap(survivors, 5)).toEqual(Uint8Array.of(bitmap));
  }
  expect(codeOf(() => fromBitmap(Uint8Array.of(32), 5))).toBe('BAD_SET');
});

test('A3 lists that come along with the request of r4 are not looked at', () => {
  const { state, deps } = at(r3.members, 0);
  const lists = { survivors: [0, 1, 2], dropped: [3, 4], u3: toBitmap([0, 1, 2], 5) };
  const honest = must(unmask(state, r4.message, deps)).send;
  expect(must(unmask(state, { ...r4.message, ...lists }, deps)).send).toEqual(honest);
});

test('A3 the participant itself is declared dropped in U2 or in U3', () => {
  expect(toShares({ ...sharesMessage(r2, 0), statement: naming(r2.statement, [1, 2, 3, 4]) })).toBe(
    'NOT_IN_SET',
  );
  const headers = r2.members.slice(1).map(({ send }) => send.header);
  expect(toHeaders({ statement: naming(r3.statement, [1, 2, 3, 4]), headers, uploads: null })).toBe(
    'NOT_IN_SET',
  );
});

test('A3 U3 brings back somebody who is not in U2, for whom a mask key share would be due as well', () => {
  const smaller = closeR1(r1, SURVIVORS) as AtR2;
  const { message } = closeR2(smaller, SURVIVORS) as AtR3;
  expect(toHeaders(message, smaller)).toBe(null);
  // The colluder at position 4 sends a header that fits.
  const header = resign(maskedInputCodec, at(message.headers, 3), 4, { sender: at(parties, 4).identity });
  const larger = {
    statement: alteredSet(message.statement, { members: toBitmap(ALL, 5) }),
    headers: [...message.headers, header],
    uploads: null,
  };
  expect(toHeaders(larger, smaller)).toBe('BAD_SET');
});

test('A3 U2 brings in somebody who is not in the roster', () => {
  const statement = alteredSet(r2.statement, { members: Uint8Array.of(0b111111) });
  expect(toShares({ ...sharesMessage(r2, 0), statement })).toBe('BAD_SET');
});

test('A3 shares are asked for with the signatures of fewer than q: nothing is revealed', () => {
  const { signatures } = r4.message;
  for (let count = 0; count < 4; count += 1)
    expect(toSignatures(signatures.slice(0, count))).toBe('NO_QUORUM');
  expect(toSignatures(signatures)).toBe(null);
});

test('A3 two sets of survivors for one session: whoever signed one reveals nothing for the other', () => {
  // All headers are there, so either U3 could be stated; three sign the one, the others the other.
  const all = closeR2(r2, ALL) as AtR3;
  expect(all.frozen.u3?.hash).not.toEqual(r3.frozen.u3?.hash);
  const other = all.members.map(({ send }) => send);
  expect(toSignatures(other)).toBe('EQUIVOCATION');
  expect(toSignatures(r4.message.signatures, all)).toBe('EQUIVOCATION');
  // Told from the signatures alone: those of the other set never add to a quorum.
  const mixed = [...r4.message.signatures.slice(0, 3), at(other, 3)];
  expect(toSignatures(mixed)).toBe('EQUIVOCATION');
});

test('A3 one request gets one answer: the same shares whatever signatures come along', () => {
  const { state, deps } = at(r3.members, 0);
  const sent = (signatures: readonly Signed[]) => must(unmask(state, { signatures, answers: [] }, deps)).send;
  const { signatures } = r4.message;
  expect(sent(signatures.slice(1))).toEqual(sent([...signatures].reverse()));
});

test('A3 nobody can reveal both kinds: a state after r3 gives one share per neighbour and no more', () => {
  const { state, deps } = at(r3.members, 0);
  const { send, state: after } = must(unmask(state, r4.message, deps));
  const held = [...state.held.shares.values(), state.held.ownShares].flatMap((shares) => shares ?? []);
  const both = held.filter((share) => share !== null).map((share) => share.join());
  expect(both).toHaveLength(9);
  const revealed = send.shares.map((share) => share.join());
  expect(new Set(both.filter((share) => revealed.includes(share))).size).toBe(5);
  expect(JSON.stringify(after)).not.toContain('held');
  expect(concatBytes(...send.shares)).toHaveLength(160);
});

// Complaints, the other way to be handed shares: at most those that n_C colluders hold anyway.

const complaint = (holder: number, dealer = 0) => ({
  dealer: at(parties, dealer).identity,
  ciphertext: (at(r1.members, dealer).state.dealt.get(holder) as { ciphertextHash: Uint8Array })
    .ciphertextHash,
});
const complaining = (
  holder: number,
  changes: Partial<ReturnType<typeof maskedInputCodec.decode>> = {},
): Signed =>
  resign(maskedInputCodec, at(r2.members, holder).send.header, holder, {
    complaints: [complaint(holder)],
    ...changes,
  });

test('A3 holders complain one after the other: no more than n_C are ever answered', () => {
  const { state, deps } = at(r2.members, 0);
  const first = must(answerComplaint(state, complaining(1), deps));
  expect(first.send.shares).toHaveLength(2);
  expect(codeOf(() => answerComplaint(first.state, complaining(2), deps))).toBe('BELOW_POLICY');
  expect(codeOf(() => answerComplaint(first.state, complaining(1), deps))).toBe(null);
});

test.each<[string, Signed]>([
  ['of another session', complaining(1, { ctx: zeros })],
  ['for another U2', complaining(1, { u2: zeros })],
])('A3 a complaint %s gets no shares', (_, header) => {
  const { state, deps } = at(r2.members, 0);
  expect(codeOf(() => answerComplaint(state, header, deps))).toBe('CONTEXT_MISMATCH');
});

test.each<[string, Signed]>([
  ['that is about somebody else', complaining(1, { complaints: [complaint(1, 2)] })],
  ['that is about no packet', complaining(1, { complaints: [{ ...complaint(1), ciphertext: zeros }] })],
  ['about the packet of another holder', complaining(1, { complaints: [complaint(2)] })],
])('A3 a complaint %s gets no shares', (_, header) => {
  const { state, deps } = at(r2.members, 0);
  expect(codeOf(() => answerComplaint(state, header, deps))).toBe('BAD_SET');
});
