/** One vote per scope (PROTOCOL §7): whatever is opened in a scope is opened over one set. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { grantCodec, grantHash } from '../../src/protocol/documents.js';
import { quorum } from '../../src/protocol/parameters.js';
import {
  answeredInput,
  castVote,
  checkElectorate,
  type GrantRules,
  isIncreasing,
  recordInput,
  sameIdentities,
  scopeKey,
  type ScopeRecord,
  type Vote,
} from '../../src/protocol/scope.js';
import { type Signed, signBody } from '../../src/protocol/signed.js';
import {
  closeR2,
  codeOf,
  coordinator,
  emptyScope,
  organiser,
  participants,
  setUp,
  taskOf,
  unchanged,
  verify,
  playToUploads,
} from '../helpers/protocol.js';

const parties = participants(6);
const identities = parties.map(({ identity }) => identity);
const scope = new Uint8Array(32).fill(1);
const vector = new Uint8Array(32).fill(2);
const other = new Uint8Array(32).fill(3);
const fresh = emptyScope(identities);
const rules: GrantRules = { accept: false, grants: [], named: [], organiser: organiser.identity, verify };
const some = (...positions: number[]) => positions.map((position) => identities[position] as Uint8Array);
const vote = (members: readonly Uint8Array[], changes: Partial<Vote> = {}): Vote => ({
  members,
  input: null,
  vector,
  ...changes,
});
const cast = (record: ScopeRecord, given: Vote, more: Partial<GrantRules> = {}) =>
  unchanged([record, given], () =>
    castVote(scope, record, given, { ...rules, named: (more.grants ?? []).map(grantHash), ...more }),
  );

describe('a vote', () => {
  const voted = cast(fresh, vote(some(0, 1, 2, 3)));

  test('is kept with the vector it was for', () => {
    expect(voted.vote).toEqual(some(0, 1, 2, 3));
    expect(voted.inputs).toEqual({ '': vector });
    expect(voted.electorate).toEqual(identities);
  });
  test('may be repeated with the same vector', () => {
    expect(cast(voted, vote(some(0, 1, 2, 3)))).toEqual(voted);
  });
  test('is spent for any other set', () => {
    for (const members of [some(0, 1, 2), some(0, 1, 2, 3, 4), some(0, 1, 2, 4), some()]) {
      expect(codeOf(() => cast(voted, vote(members)))).toBe('VOTE_SPENT');
      expect(codeOf(() => cast(voted, vote(members, { input: other })))).toBe('VOTE_SPENT');
    }
  });
  test('fixes the vector per input', () => {
    expect(codeOf(() => cast(voted, vote(some(0, 1, 2, 3), { vector: other })))).toBe('INPUT_CHANGED');
    const second = cast(voted, vote(some(0, 1, 2, 3), { input: other, vector: other }));
    expect(Object.keys(second.inputs)).toHaveLength(2);
    expect(codeOf(() => cast(second, vote(some(0, 1, 2, 3), { input: other })))).toBe('INPUT_CHANGED');
    expect(codeOf(() => cast(second, vote(some(0, 1, 2, 3))))).toBe(null);
  });
});

test('a vector that leaves is fixed for its input, before any vote', () => {
  const record = (before: ScopeRecord, input: Uint8Array | null, sent: Uint8Array) =>
    unchanged([before, input, sent], () => recordInput(before, input, sent));
  const sent = record(fresh, null, vector);
  expect(sent).toEqual({ ...fresh, inputs: { '': vector } });
  expect(record(sent, null, vector)).toEqual(sent);
  expect(codeOf(() => record(sent, null, other))).toBe('INPUT_CHANGED');
  expect(codeOf(() => cast(sent, vote(some(0, 1, 2, 3), { vector: other })))).toBe('INPUT_CHANGED');
  expect(codeOf(() => cast(sent, vote(some(0, 1, 2, 3))))).toBe(null);
  expect(Object.keys(record(sent, scope, other).inputs)).toHaveLength(2);
});

describe('a grant', () => {
  const from = some(0, 1, 2, 3);
  const to = some(0, 1, 2, 4);
  const voted = cast(fresh, vote(from));
  const grant = (changes: object = {}, by = organiser): Signed =>
    signBody(grantCodec, { scope, from, to, ...changes }, by.signer);
  const use = (grants: readonly Signed[], accept = true, record = voted) =>
    codeOf(() => cast(record, vote(to), { accept, grants }));

  test('of the organiser moves the vote, if the policy accepts grants', () => {
    expect(use([grant()])).toBe(null);
    expect(use([grant()], false)).toBe('VOTE_SPENT');
    expect(use([grant({}, coordinator)])).toBe('WRONG_ORGANISER');
  });
  test('is for one scope, one old and one new set', () => {
    expect(use([])).toBe('VOTE_SPENT');
    expect(use([grant({ scope: other })])).toBe('VOTE_SPENT');
    expect(use([grant({ from: to })])).toBe('VOTE_SPENT');
    expect(use([grant({ to: from })])).toBe('VOTE_SPENT');
    expect(use([grant({ to: from }), grant()])).toBe(null);
    const unnamed = { accept: true, grants: [grant()], named: [grantHash(grant({ scope: other }))] };
    expect(codeOf(() => cast(voted, vote(to), unnamed))).toBe('VOTE_SPENT');
  });
  test('moves the vote once: the old set needs a new grant', () => {
    const moved = cast(voted, vote(to), { accept: true, grants: [grant()] });
    expect(moved.vote).toEqual(to);
    expect(codeOf(() => cast(moved, vote(from), { accept: true, grants: [grant()] }))).toBe('VOTE_SPENT');
    expect(codeOf(() => cast(moved, vote(to, { vector: other }), { accept: true, grants: [] }))).toBe(
      'INPUT_CHANGED',
    );
  });
});

test('the electorate of a scope never changes', () => {
  expect(codeOf(() => checkElectorate(null, identities, 1))).toBe(null);
  expect(codeOf(() => checkElectorate(fresh, identities, 1))).toBe(null);
  expect(codeOf(() => checkElectorate(fresh, identities.slice(1), 1))).toBe('ELECTORATE_CHANGED');
  expect(codeOf(() => checkElectorate(fresh, some(0, 1, 2, 3, 4, 4), 1))).toBe('ELECTORATE_CHANGED');
  expect(sameIdentities(some(0, 1), some(0))).toBe(false);
  expect(isIncreasing(some(0, 1, 2))).toBe(true);
  expect(isIncreasing(some(0, 0))).toBe(false);
});

test('scopes: a label whatever task and input, or a task and input', () => {
  const task = taskOf(parties);
  const evolving = taskOf(parties, { scope: { kind: 'evolving' } });
  const keys = [
    scopeKey(task, scope, null),
    scopeKey(taskOf(parties, { scope: { kind: 'static', dataset: 'evolving' } }), scope, null),
    scopeKey(evolving, scope, null),
    scopeKey(evolving, scope, other),
    scopeKey(evolving, other, other),
  ];
  expect(new Set(keys.map((key) => key.join())).size).toBe(5);
  expect(scopeKey({ ...task, name: 'another' }, other, other)).toEqual(keys[0]);
});

test('in a static scope only what depends on an input counts for it', () => {
  const task = taskOf(parties);
  const evolving = taskOf(parties, { scope: { kind: 'evolving' } });
  expect(answeredInput(task, other, true)).toBe(other);
  expect(answeredInput(task, other, false)).toBe(null);
  // There every input is a scope of its own.
  expect(answeredInput(evolving, other, false)).toBe(other);
});

// ------------------------------------------------------------------------------------------------ over many sessions

interface Attempt {
  /** Which sets the coordinator shows to whom: everybody picks one by its own index. */
  readonly sets: readonly (readonly number[])[];
  readonly shown: readonly number[];
  readonly newInput: boolean;
  readonly aborted: boolean;
}

/**
 * Sets that could be opened: those with a quorum of signatures. Colluders sign everything, an honest member of a set that
 * is shown it signs when `mayVote` lets it. A session that is aborted has spent the votes all the same.
 */
function openedSets(
  size: number,
  colluders: number,
  attempts: readonly Attempt[],
  mayVote: typeof castVote,
): string[] {
  const everyone = participants(size).map(({ identity }) => identity);
  const records = everyone.map(() => emptyScope(everyone));
  const opened = new Set<string>();
  attempts.forEach(({ sets, shown, newInput, aborted }, session) => {
    sets.forEach((members, which) => {
      const signers = members.filter((member) => {
        if (member < colluders) return true;
        if ((shown[member] as number) % sets.length !== which) return false;
        const input = newInput ? new Uint8Array(32).fill(session + 1) : null;
        const given = { members: members.map((index) => everyone[index] as Uint8Array), input, vector };
        const code = codeOf(() => {
          records[member] = mayVote(scope, records[member] as ScopeRecord, given, rules);
        });
        return code === null;
      });
      if (signers.length >= quorum(size, colluders) && !aborted) opened.add(members.join());
    });
  });
  return [...opened];
}

const histories = fc
  .record({ size: fc.integer({ min: 3, max: 12 }), colluders: fc.integer({ min: 0, max: 4 }) })
  .filter(({ size, colluders }) => colluders <= size - 3)
  .chain(({ size, colluders }) => {
    // Mostly nearly everybody, so that quorums come about.
    const members = fc
      .uniqueArray(fc.nat({ max: size - 1 }), { maxLength: 2 })
      .map((missing) => [...Array(size).keys()].filter((index) => !missing.includes(index)));
    const attempt = fc.record({
      sets: fc.array(members, { minLength: 1, maxLength: 3 }),
      shown: fc.array(fc.nat({ max: 2 }), { minLength: size, maxLength: size }),
      newInput: fc.boolean(),
      aborted: fc.boolean(),
    });
    return fc.record({
      size: fc.constant(size),
      colluders: fc.constant(colluders),
      attempts: fc.array(attempt, { minLength: 1, maxLength: 8 }),
    });
  });

test('all sets opened in a scope are one set, whatever the coordinator shows to whom', () => {
  let withSum = 0;
  fc.assert(
    fc.property(histories, ({ size, colluders, attempts }) => {
      const opened = openedSets(size, colluders, attempts, castVote);
      withSum += opened.length;
      expect(opened.length).toBeLessThanOrEqual(1);
    }),
    { numRuns: 1000 },
  );
  expect(withSum).toBeGreaterThan(50);
});

test('without the rule two different sets are found', () => {
  const free: typeof castVote = (_scope, record) => record;
  const found = fc.check(
    fc.property(histories, ({ size, colluders, attempts }) => {
      expect(openedSets(size, colluders, attempts, free).length).toBeLessThanOrEqual(1);
    }),
    { numRuns: 1000 },
  );
  expect(found.failed).toBe(true);
});

test('over whole sessions: after a vote only the same set is signed again, with fresh keys', () => {
  const records = new Map(parties.map(({ name }) => [name, fresh]));
  const session = (number: number, u3: readonly number[]) => {
    const setup = setUp(parties, {
      seed: `scope ${number}`,
      opening: { session: number },
      scope: ({ name }) => records.get(name) as ScopeRecord,
      lastSession: number - 1,
    });
    const r2 = playToUploads(setup);
    const r3 = closeR2(r2, u3);
    if (r3.round !== 'r3') throw new Error('aborted');
    for (const { index, scope: after } of r3.members) records.set(parties[index]?.name as string, after);
    return r3.members.length;
  };
  expect(session(1, [0, 1, 2, 3, 4])).toBe(5);
  expect(codeOf(() => session(2, [0, 1, 2, 3, 4, 5]))).toBe('VOTE_SPENT');
  expect(codeOf(() => session(3, [0, 1, 2, 3]))).toBe('VOTE_SPENT');
  expect(session(4, [0, 1, 2, 3, 4])).toBe(5);
});
