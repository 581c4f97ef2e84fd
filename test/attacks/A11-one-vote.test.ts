/**
 * A11, sums over two sets of the same data. In one scope a participant signs for one set of identities, ever, and sends
 * one vector per input; only an organiser's grant that the opening names moves its vote.
 */
import { expect, test } from '@jest/globals';
import { grantCodec, grantHash } from '../../src/protocol/documents.js';
import {
  answeredInput,
  castVote,
  checkElectorate,
  type GrantRules,
  recordInput,
  scopeKey,
  type ScopeRecord,
  type Vote,
} from '../../src/protocol/scope.js';
import { checkDataset } from '../../src/protocol/policy.js';
import { type Signed, signBody } from '../../src/protocol/signed.js';
import {
  codeOf,
  coordinator,
  emptyScope,
  policyOf,
  organiser,
  participants,
  taskOf,
  verify,
} from '../helpers/protocol.js';

const parties = participants(6);
const identities = parties.map(({ identity }) => identity);
const some = (...positions: number[]) => positions.map((position) => identities[position] as Uint8Array);
const bytes = (value: number) => new Uint8Array(32).fill(value);
const scope = bytes(1);
const vector = bytes(2);
const fresh = emptyScope(identities);
const none: GrantRules = { accept: false, grants: [], named: [], organiser: organiser.identity, verify };

const cast = (record: ScopeRecord, members: readonly Uint8Array[], more: Partial<Vote> = {}, rules = none) =>
  castVote(scope, record, { members, input: null, vector, ...more }, rules);
const codeOfVote = (...given: Parameters<typeof cast>) => codeOf(() => cast(...given));

const voted = cast(fresh, some(0, 1, 2, 3));

test('A11 a second set in the scope is refused: one member less, one more, another one', () => {
  for (const members of [some(0, 1, 2), some(0, 1, 2, 3, 4), some(0, 1, 2, 4), some(2, 3, 4, 5), some()]) {
    expect(codeOfVote(voted, members)).toBe('VOTE_SPENT');
  }
});

test('A11 nor does another input buy a vote: the scope is the data, not the question', () => {
  expect(codeOfVote(voted, some(0, 1, 2), { input: bytes(7) })).toBe('VOTE_SPENT');
  expect(codeOfVote(voted, some(0, 1, 2, 3), { input: bytes(7), vector: bytes(8) })).toBe(null);
});

test('A11 the same set again is allowed, with the identical vector', () => {
  expect(cast(voted, some(0, 1, 2, 3))).toEqual(voted);
  expect(codeOfVote(voted, some(0, 1, 2, 3), { vector: bytes(8) })).toBe('INPUT_CHANGED');
});

test('A11 a vector that left is fixed for its input, vote or not', () => {
  const sent = recordInput(fresh, null, vector);
  expect(codeOf(() => recordInput(sent, null, vector))).toBe(null);
  expect(codeOf(() => recordInput(sent, null, bytes(8)))).toBe('INPUT_CHANGED');
  expect(codeOfVote(sent, some(0, 1, 2, 3), { vector: bytes(8) })).toBe('INPUT_CHANGED');
});

test('A11 plain values answer no input, so that naming inputs gets nobody a second vector', () => {
  const records = taskOf(parties);
  expect(answeredInput(records, bytes(7), false)).toBe(null);
  expect(answeredInput(records, bytes(7), true)).toEqual(bytes(7));
  const training = taskOf(parties, { scope: { kind: 'evolving' } });
  expect(answeredInput(training, bytes(7), false)).toEqual(bytes(7));
});

test('A11 the electorate of a scope is the one of the first session: a larger one would have other quorums', () => {
  expect(codeOf(() => checkElectorate(null, identities, 1))).toBe(null);
  expect(codeOf(() => checkElectorate(fresh, identities, 1))).toBe(null);
  for (const changed of [identities.slice(1), some(0, 1, 2, 3, 4), [...identities, bytes(255)]]) {
    expect(codeOf(() => checkElectorate(fresh, changed, 1))).toBe('ELECTORATE_CHANGED');
  }
});

test('A11 tasks of one label assume the same colluders: quorums that count fewer share no honest signer with the rest', () => {
  expect(codeOf(() => checkElectorate(null, identities, 2))).toBe(null);
  expect(codeOf(() => checkElectorate(fresh, identities, 0))).toBe('ELECTORATE_CHANGED');
  expect(codeOf(() => checkElectorate(fresh, identities, 2))).toBe('ELECTORATE_CHANGED');
});

test('A11 values that are the same whatever the input do not go to an evolving task, where every input is a scope', () => {
  const training = taskOf(parties, { scope: { kind: 'evolving' } });
  const policy = policyOf();
  const code = (answersInput: boolean, dataset: string | null = null) =>
    codeOf(() => checkDataset(policy, training, { dataset, answersInput }));
  expect(code(false)).toBe('BELOW_POLICY');
  expect(code(false, 'records')).toBe('BELOW_POLICY');
  expect(code(true)).toBe(null);
});

test('A11 a scope is a label across all tasks, or one input of one evolving task', () => {
  const key = (changes: object, task = bytes(1), input: Uint8Array | null = null) =>
    Buffer.from(scopeKey(taskOf(parties, changes), task, input)).toString('hex');
  const records = { scope: { kind: 'static', dataset: 'records' } };
  expect(key(records, bytes(2), bytes(3))).toBe(key({ ...records, name: 'another task' }));
  expect(key({ scope: { kind: 'static', dataset: 'others' } })).not.toBe(key(records));
  const training = { scope: { kind: 'evolving' } };
  expect(key(training, bytes(1), bytes(3))).not.toBe(key(training, bytes(2), bytes(3)));
  expect(key(training, bytes(1), bytes(3))).not.toBe(key(training, bytes(1), bytes(4)));
  expect(key(training)).not.toBe(key({ scope: { kind: 'static', dataset: 'evolving' } }));
});

// ------------------------------------------------------------------------------------------------------------- grants

const from = some(0, 1, 2, 3);
const to = some(0, 1, 2, 4);
const grant = (changes: object = {}, by = organiser): Signed =>
  signBody(grantCodec, { scope, from, to, ...changes }, by.signer);

function moved(grants: readonly Signed[], rules: Partial<GrantRules> = {}, record = voted) {
  const named = grants.map(grantHash);
  return codeOf(() => cast(record, to, {}, { ...none, accept: true, grants, named, ...rules }));
}

test("A11 an organiser's grant moves the vote", () => {
  expect(moved([grant()])).toBe(null);
  expect(moved([grant({ scope: bytes(9) }), grant()])).toBe(null);
});

test('A11 a grant is refused by a participant whose policy accepts none', () => {
  expect(moved([grant()], { accept: false })).toBe('VOTE_SPENT');
});

test('A11 a grant that the coordinator wrote is refused', () => {
  expect(moved([grant({}, coordinator)])).toBe('WRONG_ORGANISER');
});

test('A11 a grant counts only where the opening names it', () => {
  expect(moved([grant()], { named: [] })).toBe('VOTE_SPENT');
  expect(moved([grant()], { named: [grantHash(grant({ scope: bytes(9) }))] })).toBe('VOTE_SPENT');
});

test('A11 a grant is for one scope, from one set, to one set', () => {
  expect(moved([grant({ scope: bytes(9) })])).toBe('VOTE_SPENT');
  expect(moved([grant({ from: some(0, 1, 2, 5) })])).toBe('VOTE_SPENT');
  expect(moved([grant({ from: some(0, 1, 2) })])).toBe('VOTE_SPENT');
  expect(moved([grant({ to: some(0, 1, 2, 5) })])).toBe('VOTE_SPENT');
});

test('A11 a grant is used up: it leads neither back nor on', () => {
  const rules = { ...none, accept: true, grants: [grant()], named: [grantHash(grant())] };
  const record = cast(voted, to, {}, rules);
  expect(record.vote).toEqual(to);
  expect(codeOf(() => cast(record, from, {}, rules))).toBe('VOTE_SPENT');
  expect(codeOf(() => cast(record, some(0, 1, 2, 5), {}, rules))).toBe('VOTE_SPENT');
  expect(codeOf(() => cast(record, to, { vector: bytes(8) }, rules))).toBe('INPUT_CHANGED');
});
