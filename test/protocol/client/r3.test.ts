/** r3 of a participant: what it signs, once, and every set and header that it refuses. */
import { describe, expect, test } from '@jest/globals';
import { signConsistency } from '../../../src/protocol/client/r3-consistency.js';
import { grantCodec, grantHash } from '../../../src/protocol/documents.js';
import { consistencyCodec, maskedInputCodec } from '../../../src/protocol/messages.js';
import { toBitmap } from '../../../src/protocol/sets.js';
import { type Signed, signBody } from '../../../src/protocol/signed.js';
import {
  altered,
  alteredSet,
  at,
  type AtR2,
  type AtR3,
  broken,
  closeR1,
  closeR2,
  codeOf,
  emptyScope,
  must,
  organiser,
  policyOf,
  replaced,
  unchanged,
  zeros,
} from '../../helpers/protocol.js';
import { ALL, parties, r1, r2, r3, setup, SURVIVORS } from './session.js';

const sign = (message: AtR3['message'], from: AtR2 = r2, scope = emptyScope(setup.electorate)) => {
  const { state, deps } = at(from.members, 0);
  return unchanged([state, message, scope], () => signConsistency(state, message, scope, [], deps));
};
const statedU3 = (changes: Parameters<typeof alteredSet>[1]) => ({
  ...r3.message,
  statement: alteredSet(r3.statement, changes),
});
const withHeader = (index: number, header: Signed) => ({
  ...r3.message,
  headers: replaced(r3.message.headers, index, header),
});
const headerOf = (index: number, changes: Partial<ReturnType<typeof maskedInputCodec.decode>>) =>
  withHeader(index, altered(maskedInputCodec, at(r3.message.headers, index), at(parties, index), changes));

describe('r3', () => {
  test('signs the sets and what was uploaded, and spends the vote', () => {
    const { send, scope, state, wipe } = must(sign(r3.message));
    expect(consistencyCodec.decode(send.payload)).toMatchObject({
      u1: r3.frozen.u1.hash,
      u2: r3.frozen.u2?.hash,
      u3: r3.frozen.u3?.hash,
      uploads: r3.uploads,
    });
    expect(scope.vote).toEqual(SURVIVORS.map((index) => at(parties, index).identity));
    expect(state.sets.u3.members).toEqual(SURVIVORS);
    // What was dealt to others is needed no more; what was dealt to oneself is.
    expect(wipe).toHaveLength(8);
    const kept = [...state.held.shares.values()].flatMap((shares) => shares ?? []);
    expect(kept.filter((share) => wipe.includes(share))).toEqual([]);
  });

  test('signs other uploads differently', () => {
    const { send } = must(sign(headerOf(1, { digests: [zeros] })));
    expect(consistencyCodec.decode(send.payload).uploads).not.toEqual(r3.uploads);
  });

  const refusals: [string, string, () => AtR3['message']][] = [
    [
      'a statement that the coordinator did not sign',
      'WRONG_COORDINATOR',
      () => ({ ...r3.message, statement: broken(r3.statement) }),
    ],
    ['a statement of another session', 'CONTEXT_MISMATCH', () => statedU3({ ctx: zeros })],
    ['a statement of another set', 'BAD_SET', () => statedU3({ set: 2 })],
    ['a U3 without itself', 'NOT_IN_SET', () => statedU3({ members: toBitmap([1, 2, 3, 4], 5) })],
    ['too small a U3', 'TOO_FEW_SURVIVORS', () => statedU3({ members: toBitmap([0, 1, 2], 5) })],
    ['a header less', 'MISSING_HEADER', () => ({ ...r3.message, headers: r3.message.headers.slice(0, 3) })],
    [
      'a header more',
      'MISSING_HEADER',
      () => ({ ...r3.message, headers: [...r3.message.headers, at(r3.message.headers, 0)] }),
    ],
    [
      'headers in another order',
      'BAD_SIGNATURE',
      () => ({ ...r3.message, headers: [...r3.message.headers].reverse() }),
    ],
    [
      'a header its sender did not sign',
      'BAD_SIGNATURE',
      () => withHeader(2, broken(at(r3.message.headers, 2))),
    ],
    ['a header that names another sender', 'MISSING_HEADER', () => headerOf(2, { sender: zeros })],
    ['a header of another context', 'CONTEXT_MISMATCH', () => headerOf(2, { ctx: zeros })],
    ['a header of another U1', 'MISSING_HEADER', () => headerOf(2, { u1: zeros })],
    ['a header of another U2', 'MISSING_HEADER', () => headerOf(2, { u2: zeros })],
    ['another own header', 'CONFLICT', () => headerOf(0, { digests: [zeros] })],
  ];
  test.each(refusals)('refuses %s: %s', (_, code, message) => {
    expect(codeOf(() => sign(message()))).toBe(code);
  });

  test('refuses a U3 that is not within U2', () => {
    const smaller = closeR1(r1, SURVIVORS) as AtR2;
    const message = (closeR2(smaller, SURVIVORS) as AtR3).message;
    const statement = alteredSet(message.statement, { members: toBitmap(ALL, 5) });
    expect(codeOf(() => sign({ ...message, statement }, smaller))).toBe('BAD_SET');
    expect(codeOf(() => sign(message, smaller))).toBe(null);
  });

  test('refuses a second set in the scope, and another vector for the same input', () => {
    const { scope } = must(sign(r3.message));
    expect(codeOf(() => sign(r3.message, r2, scope))).toBe(null);
    const other = closeR2(r2, ALL) as AtR3;
    expect(codeOf(() => sign(other.message, r2, scope))).toBe('VOTE_SPENT');
    const { state, deps } = at(r2.members, 0);
    const changed = { ...state, vector: zeros };
    expect(codeOf(() => signConsistency(changed, r3.message, scope, [], deps))).toBe('INPUT_CHANGED');
  });

  test('uses a grant only where the opening names it: who accepts none must know before it uploads', () => {
    const { scope } = must(sign(r3.message));
    const from = r3.members.map(({ state }) => at(setup.electorate, state.self));
    const moved = { ...scope, vote: [...setup.electorate].slice(0, 3) };
    const grant = signBody(
      grantCodec,
      { scope: at(r2.members, 0).state.opened.scope, from: [...moved.vote], to: from },
      organiser.signer,
    );
    const { state, deps } = at(r2.members, 0);
    const withOpening = (grants: Uint8Array[]) => ({
      ...state,
      opened: {
        ...state.opened,
        anchors: { ...state.opened.anchors, policy: policyOf({ acceptGrants: true }) },
      },
      session: { ...state.session, opening: { ...state.session.opening, grants } },
    });
    const use = (grants: Uint8Array[]) =>
      codeOf(() => signConsistency(withOpening(grants), r3.message, moved, [grant], deps));
    expect(use([])).toBe('VOTE_SPENT');
    expect(use([grantHash(grant)])).toBe(null);
  });
});
