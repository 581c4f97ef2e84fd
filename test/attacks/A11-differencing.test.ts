/**
 * A11 over whole sessions: a coordinator wants the sums over S and over S without v, whose difference is v's vector. Five
 * participants, n_C = 1, q = 4. Every journal keeps its scope from one session to the next, as a real one does.
 */
import { expect, test } from '@jest/globals';
import type { ErrorCode } from '../../src/protocol/errors.js';
import { grantCodec, grantHash } from '../../src/protocol/documents.js';
import { signConsistency } from '../../src/protocol/client/r3-consistency.js';
import { datasetScope, type ScopeRecord } from '../../src/protocol/scope.js';
import { signBody } from '../../src/protocol/signed.js';
import {
  at,
  type AtR3,
  type AtR4,
  type Closed,
  closeR2,
  closeR3,
  closeR4,
  codeOf,
  emptyScope,
  organiser,
  participants,
  policyOf,
  setUp,
  playToUploads,
} from '../helpers/protocol.js';

const parties = participants(5);
const identities = parties.map(({ identity }) => identity);
const ALL = [0, 1, 2, 3, 4];
const WITHOUT = [0, 1, 2, 3];
const VICTIM = 4;

interface Session {
  readonly u3: readonly number[];
  /** Ends after the votes, before r4. */
  readonly aborted?: boolean;
}

/** A coordinator that opens session after session and keeps what it gets. */
function journals(remember = true) {
  const records = new Map<string, ScopeRecord>();
  let number = 0;
  const scope = ({ name }: { name: string }) => records.get(name) ?? emptyScope(identities);
  return {
    run: ({ u3, aborted = false }: Session): Closed | ErrorCode | 'aborted' => {
      number += 1;
      const opening = { session: number };
      const setup = setUp(parties, { seed: `session ${number}`, opening, scope, lastSession: number - 1 });
      const r2 = playToUploads(setup);
      let r3: AtR3 | null = null;
      const code = codeOf(() => {
        r3 = closeR2(r2, u3) as AtR3;
      });
      if (r3 === null) return code as ErrorCode;
      const signed = r3 as AtR3;
      if (remember)
        for (const { index, scope: after } of signed.members) records.set(at(parties, index).name, after);
      return aborted ? 'aborted' : (closeR4(closeR3(signed, u3) as AtR4, u3) as Closed);
    },
    vectorOf: (index: number) => setUp(parties).members[index]?.input[0] as Uint32Array,
  };
}

const difference = (a: Closed, b: Closed): number[] =>
  [...at(a.sums, 0)].map((value, index) => (value - (at(b.sums, 0)[index] as number) + 2 ** 16) % 2 ** 16);

test('A11 journals that forgot would give the vector away: the difference of two sums is it', () => {
  const { run, vectorOf } = journals(false);
  const [first, second] = [run({ u3: ALL }), run({ u3: WITHOUT })] as [Closed, Closed];
  expect(difference(first, second)).toEqual([...vectorOf(VICTIM)]);
});

test('A11 after a sum over everybody nobody signs for a set without one of them', () => {
  const { run } = journals();
  const first = run({ u3: ALL }) as Closed;
  expect(run({ u3: WITHOUT })).toBe('VOTE_SPENT');
  // The same set can be summed again, which tells nothing new.
  expect((run({ u3: ALL }) as Closed).sums).toEqual(first.sums);
});

test('A11 nor after a sum without one of them for a set with it', () => {
  const { run } = journals();
  expect((run({ u3: WITHOUT }) as Closed).round).toBe('closed');
  expect(run({ u3: ALL })).toBe('VOTE_SPENT');
  expect(run({ u3: [0, 1, 2, 4] })).toBe('VOTE_SPENT');
});

test('A11 votes stay spent when their session ends without a sum', () => {
  const { run } = journals();
  expect(run({ u3: ALL, aborted: true })).toBe('aborted');
  expect(run({ u3: WITHOUT })).toBe('VOTE_SPENT');
  expect((run({ u3: ALL }) as Closed).round).toBe('closed');
});

test('A11 whatever sets the coordinator tries, one after the other, what it opens is one set', () => {
  const sets = [ALL, ...ALL.map((left) => ALL.filter((position) => position !== left))];
  for (const first of [ALL, WITHOUT]) {
    const { run } = journals();
    const opened = [first, ...sets].filter((u3) => {
      const outcome = run({ u3 });
      return typeof outcome === 'object';
    });
    expect(new Set(opened.map((u3) => u3.join())).size).toBe(1);
    expect(opened).toHaveLength(2);
  }
});

/** Four rounds of a session over everybody, and participant 0 in it as it decides on its vote. */
const setup = setUp(parties, { policy: policyOf({ acceptGrants: true }) });
const r2 = playToUploads(setup);
const r3 = closeR2(r2, ALL) as AtR3;

test('A11 a grant in hand that the opening does not name changes nothing', () => {
  const before = { ...emptyScope(identities), vote: identities.slice(0, 4) };
  const grant = signBody(
    grantCodec,
    { scope: datasetScope('records'), from: identities.slice(0, 4), to: identities },
    organiser.signer,
  );
  const { state, deps } = at(r2.members, 0);
  const vote = (grants: Uint8Array[], given = [grant]) =>
    codeOf(() => {
      const opening = { ...state.session.opening, grants };
      return signConsistency(
        { ...state, session: { ...state.session, opening } },
        r3.message,
        before,
        given,
        deps,
      );
    });
  expect(vote([])).toBe('VOTE_SPENT');
  expect(vote([grantHash(grant)])).toBe(null);
  expect(vote([grantHash(grant)], [])).toBe('VOTE_SPENT');
});

test('A11 the vote goes out with the record of it, in one step', () => {
  for (const { scope } of r3.members) expect(scope.vote).toEqual(identities);
});
