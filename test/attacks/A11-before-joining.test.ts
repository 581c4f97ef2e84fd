/** A11, sums over two sets of the same data: what a participant refuses before it sends anything for a session. */
import { expect, test } from '@jest/globals';
import { openSession } from '../../src/protocol/client/open.js';
import { grantCodec, grantHash, type Task } from '../../src/protocol/documents.js';
import type { Policy } from '../../src/protocol/policy.js';
import type { ScopeRecord } from '../../src/protocol/scope.js';
import { type Signed, signBody } from '../../src/protocol/signed.js';
import type { Opening } from '../../src/protocol/statements.js';
import {
  anchorsOf,
  codeOf,
  depsOf,
  emptyScope,
  openingOf,
  organiser,
  participants,
  type Party,
  policyOf,
  signOpening,
  signTask,
  taskOf,
} from '../helpers/protocol.js';

const parties = participants(5);
const identities = parties.map(({ identity }) => identity);

interface Given {
  readonly task?: Partial<Task>;
  readonly opening?: Partial<Opening>;
  readonly policy?: Partial<Policy>;
  readonly scope?: ScopeRecord;
  readonly dataset?: string;
  readonly grants?: readonly Signed[];
}

function open({ task: changes, opening, policy, scope, dataset = undefined, grants = [] }: Given) {
  const task = signTask(taskOf(parties, changes));
  return codeOf(() =>
    openSession(
      anchorsOf({ ...policyOf(), ...policy }),
      {
        task,
        opening: signOpening(openingOf(task, identities, opening)),
        electorate: identities,
        dataset: dataset ?? null,
        answersInput: true,
        grants,
      },
      { lastSession: null, scopeOf: () => scope ?? null },
      depsOf(parties[0] as Party, 'open'),
    ),
  );
}

test('A11 a session of a scope with another electorate is refused', () => {
  expect(open({ scope: emptyScope(identities) })).toBe(null);
  expect(open({ scope: emptyScope(identities.slice(0, 4)) })).toBe('ELECTORATE_CHANGED');
  expect(open({ scope: emptyScope([...identities, new Uint8Array(32).fill(255)]) })).toBe(
    'ELECTORATE_CHANGED',
  );
});

const labelled = (dataset: string): Partial<Task> => ({ scope: { kind: 'static', dataset } });

test('A11 the same data under a second label would be a second vote: the policy pins one label per data set', () => {
  const policy = { datasets: { patients: 'records', staff: 'others' } };
  expect(open({ policy, task: labelled('records'), dataset: 'patients' })).toBe(null);
  expect(open({ policy, task: labelled('others'), dataset: 'patients' })).toBe('BELOW_POLICY');
  expect(open({ policy, task: labelled('records'), dataset: 'staff' })).toBe('BELOW_POLICY');
  expect(open({ policy, task: labelled('a new label'), dataset: 'patients' })).toBe('BELOW_POLICY');
  expect(open({ policy: { datasets: {} }, task: labelled('records') })).toBe('BELOW_POLICY');
});

test('A11 where two data sets have one label, which one is summed must be said', () => {
  const policy = { datasets: { patients: 'records', staff: 'records' } };
  expect(open({ policy, task: labelled('records') })).toBe('BELOW_POLICY');
  expect(open({ policy, task: labelled('records'), dataset: 'staff' })).toBe(null);
});

test('A11 an evolving task, whose every session is a new scope, needs a policy that accepts it', () => {
  const task: Partial<Task> = { scope: { kind: 'evolving' } };
  expect(open({ task })).toBe(null);
  expect(open({ task, policy: { evolving: false } })).toBe('BELOW_POLICY');
  expect(open({ policy: { evolving: false } })).toBe(null);
});

const grant = signBody(
  grantCodec,
  { scope: new Uint8Array(32), from: identities.slice(1), to: identities },
  organiser.signer,
);
const opening = { grants: [grantHash(grant)] };

test('A11 a session with a grant is refused by whoever accepts none: the votes of others could open its upload', () => {
  expect(open({ opening, grants: [grant], policy: { acceptGrants: true } })).toBe(null);
  expect(open({ opening, grants: [grant] })).toBe('BELOW_POLICY');
});

test('A11 a session with a grant that this participant was not given is refused', () => {
  const policy = { acceptGrants: true };
  const other = signBody(
    grantCodec,
    { scope: new Uint8Array(32), from: identities, to: identities.slice(1) },
    organiser.signer,
  );
  expect(open({ opening, policy })).toBe('BELOW_POLICY');
  expect(open({ opening, grants: [other], policy })).toBe('BELOW_POLICY');
  const both = { grants: [grantHash(grant), grantHash(other)] };
  expect(open({ opening: both, grants: [grant], policy })).toBe('BELOW_POLICY');
  expect(open({ opening: both, grants: [other, grant], policy })).toBe(null);
});
