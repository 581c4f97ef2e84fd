/**
 * A coordinator that may choose quorum and threshold chooses small ones: with t = 2 two colluders open everything. A
 * participant computes both from the organiser-signed task and the electorate and refuses any statement that differs.
 */
import { expect, test } from '@jest/globals';
import { rosterEntries } from '../../src/protocol/coordinator/r0-advertise-keys.js';
import { allSteps } from '../../src/protocol/steps.js';
import { shareKeys } from '../../src/protocol/client/r1-share-keys.js';
import { planMaskedInput } from '../../src/protocol/client/r2-masked-input.js';
import { signConsistency } from '../../src/protocol/client/r3-consistency.js';
import { quorum } from '../../src/protocol/parameters.js';
import type { SetStatement } from '../../src/protocol/statements.js';
import {
  alteredSet,
  type AtR1,
  type AtR2,
  type AtR3,
  closeR0,
  closeR1,
  closeR2,
  codeOf,
  participants,
  type Setup,
  setUp,
  sharesMessage,
  statedRoster,
} from '../helpers/protocol.js';
import { ckksTask, floats } from '../protocol/ckks/task.js';

const parties = participants(7);
const everyone = [...parties.keys()];
const setup = setUp(parties, { task: { maxColluders: 2 } });
const q = quorum(7, 2);
const entries = allSteps(rosterEntries(setup.members.map(({ record }) => record)));
const member = setup.members[0] as Setup['members'][number];

/** The answer to a statement that is consistent in itself: its context is computed from its own numbers. */
const answerTo = (parameters: Record<string, number>) =>
  codeOf(() => shareKeys(member.state, statedRoster(setup, entries, { parameters }), member.deps));

test('C12 control: the numbers that follow from the task are accepted', () => {
  expect(q).toBe(5);
  expect(answerTo({ q, t: q })).toBeNull();
});

test('C12 a lower quorum or a lower threshold is refused, each by itself', () => {
  for (let lower = 0; lower < q; lower += 1) {
    expect(answerTo({ q: lower, t: q })).toBe('BELOW_POLICY');
    expect(answerTo({ q, t: lower })).toBe('BELOW_POLICY');
    expect(answerTo({ q: lower, t: lower })).toBe('BELOW_POLICY');
  }
});

test('C12 so is a higher one: it would split the session, or make it unable to end', () => {
  for (const higher of [q + 1, 7, 100]) {
    expect(answerTo({ q: higher, t: q })).toBe('BELOW_POLICY');
    expect(answerTo({ q, t: higher })).toBe('BELOW_POLICY');
  }
});

test('C12 numbers that the suite does not know, and missing ones, are refused', () => {
  expect(answerTo({ q, t: q, k: 4 })).toBe('BELOW_POLICY');
  expect(answerTo({ q })).toBe('MALFORMED');
  expect(answerTo({ t: q })).toBe('MALFORMED');
  expect(answerTo({})).toBe('MALFORMED');
});

test('C12 fewer present participants do not lower the numbers', () => {
  const present = entries.slice(0, 6);
  const answer = (parameters: Record<string, number>) =>
    codeOf(() => shareKeys(member.state, statedRoster(setup, present, { parameters }), member.deps));
  expect(answer({ q: quorum(6, 2), t: quorum(6, 2) })).toBe(quorum(6, 2) === q ? null : 'BELOW_POLICY');
  expect(answer({ q: quorum(6, 1), t: quorum(6, 1) })).toBe('BELOW_POLICY');
  expect(answer({ q, t: q })).toBeNull();
});

test('C12 no later statement brings numbers', () => {
  const r1 = closeR0(setup, everyone) as AtR1;
  const r2 = closeR1(r1, everyone) as AtR2;
  const r3 = closeR2(r2, everyone) as AtR3;
  const changes: Partial<SetStatement> = { parameters: { q: 2, t: 2 } };
  const { input, scope, deps } = member;
  const atU2 = (statement = r2.statement) =>
    codeOf(() =>
      planMaskedInput(
        (r1.members[0] as AtR1['members'][number]).state,
        { ...sharesMessage(r2, 0), statement },
        input,
        scope.roundingSeed,
        deps,
      ),
    );
  expect([atU2(), atU2(alteredSet(r2.statement, changes))]).toEqual([null, 'BAD_SET']);
  const { state } = r2.members[0] as AtR2['members'][number];
  const atU3 = (statement = r3.statement) =>
    codeOf(() => signConsistency(state, { ...r3.message, statement }, scope, [], deps));
  expect([atU3(), atU3(alteredSet(r3.statement, changes))]).toEqual([null, 'BAD_SET']);
});

test('C12 in ckks/sumkey so are words per polynomial and the ring: more of either would open with fewer', () => {
  const sumkey = setUp(parties, { task: ckksTask(7), input: floats });
  const own = sumkey.members[0] as Setup['members'][number];
  const records = allSteps(rosterEntries(sumkey.members.map(({ record }) => record)));
  const stated = (parameters: Record<string, number>) =>
    codeOf(() => shareKeys(own.state, statedRoster(sumkey, records, { parameters }), own.deps));
  const numbers = { q: 5, t: 5, packed: 3, degree: 2048 };
  expect(stated(numbers)).toBe(null);
  for (const [name, value] of Object.entries(numbers)) {
    expect(stated({ ...numbers, [name]: value - 1 })).toBe('BELOW_POLICY');
    expect(stated({ ...numbers, [name]: value + 1 })).toBe('BELOW_POLICY');
  }
});
