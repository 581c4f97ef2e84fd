/**
 * A11 on large rings: where only a committee's signatures count, two sessions of one scope need share no honest signer, so
 * one vote per scope promises less. Whoever has not said that this is enough takes no part.
 */
import { expect, test } from '@jest/globals';
import { shareKeys } from '../../src/protocol/client/r1-share-keys.js';
import { checkSigners } from '../../src/protocol/policy.js';
import { maskingRing } from '../../src/protocol/suites/masking-ring/index.js';
import { type AtR1, closeR0, codeOf, participants, policyOf, setUp, taskOf } from '../helpers/protocol.js';

/** Of 10,000 invited, 1000 may collude: 5501 make a set final. */
const task = { ...taskOf(participants(3)), maxColluders: 1000 };
const answerTo = (acceptCommittee: boolean, participants: number, signers: number, q: number) =>
  codeOf(() =>
    checkSigners(policyOf({ acceptCommittee }), task, { participants, signers, q, electorate: 10_000 }),
  );

test('A11 a committee is refused unless the policy accepts it', () => {
  expect(answerTo(false, 10_000, 176, 129)).toBe('BELOW_POLICY');
  expect(answerTo(true, 10_000, 176, 129)).toBe(null);
  expect(answerTo(false, 10_000, 10_000, 5501)).toBe(null);
});

test('A11 so is one of all who came, with the quorum of a committee: two sessions would share no honest signer', () => {
  expect(answerTo(false, 9000, 9000, 5001)).toBe('BELOW_POLICY');
  expect(answerTo(true, 9000, 9000, 5001)).toBe(null);
  expect(answerTo(false, 9000, 9000, 5501)).toBe(null);
});

test.each([
  [false, 'BELOW_POLICY'],
  [true, null],
])('A11 before anything is shared (accepted: %p)', (acceptCommittee, code) => {
  const task = { suite: 'masking/ring', maxColluders: 1, minSurvivors: 22 };
  const setup = setUp(participants(26), { task, policy: policyOf({ acceptCommittee }) });
  const { state, deps } = setup.members[0] as (typeof setup.members)[number];
  const { message } = closeR0(setUp(participants(26), { task }), [...setup.members.keys()]) as AtR1;
  // A ring of more than 2000, as far as its signers go.
  const suite = () => ({ ...maskingRing, signers: () => [0, 1, 2] });
  expect(codeOf(() => shareKeys(state, message, { ...deps, suite }))).toBe(code);
});
