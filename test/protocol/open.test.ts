import { describe, expect, test } from '@jest/globals';
import {
  electorateHash,
  grantCodec,
  grantHash,
  taskHash,
  WEIGHT_VECTOR,
  type Task,
} from '../../src/protocol/documents.js';
import { MAX_SESSION_JUMP, openSession, type Ledger } from '../../src/protocol/client/open.js';
import type { Policy } from '../../src/protocol/policy.js';
import { scopeKey } from '../../src/protocol/scope.js';
import { signBody, type Signed } from '../../src/protocol/signed.js';
import type { Opening } from '../../src/protocol/statements.js';
import {
  anchorsOf,
  codeOf,
  coordinator,
  depsOf,
  emptyScope,
  must,
  openingOf,
  organiser,
  participants,
  type Party,
  party,
  policyOf,
  signOpening,
  signTask,
  taskOf,
  unchanged,
  vectorOf,
} from '../helpers/protocol.js';

const parties = participants(5);
const identities = parties.map(({ identity }) => identity);
const self = parties[0] as Party;

interface Given {
  readonly task?: Partial<Task>;
  readonly opening?: Partial<Opening>;
  readonly policy?: Partial<Policy>;
  readonly ledger?: Partial<Ledger>;
  readonly electorate?: readonly Uint8Array[];
  readonly dataset?: string;
  readonly answersInput?: boolean;
  readonly grants?: readonly Signed[];
  readonly taskBy?: typeof organiser;
  readonly openingBy?: typeof organiser;
  readonly self?: Party;
}

function open(given: Given = {}) {
  const task = signTask(taskOf(parties, given.task), given.taskBy);
  const electorate = given.electorate ?? identities;
  const opening = signOpening(openingOf(task, electorate, given.opening), given.openingBy);
  const anchors = anchorsOf({ ...policyOf(), ...given.policy });
  const { dataset = null, grants = [], answersInput = true } = given;
  const message = { task, opening, electorate, dataset, answersInput, grants };
  const ledger = { lastSession: null, scopeOf: () => null, ...given.ledger };
  return unchanged([anchors, message], () =>
    openSession(anchors, message, ledger, depsOf(given.self ?? self, 'open')),
  );
}

const unpinned = { pinned: null, maxParticipants: 6 };
const someGrant = signBody(
  grantCodec,
  { scope: new Uint8Array(32), from: identities, to: identities.slice(1) },
  organiser.signer,
);
const weighted = { vectors: [vectorOf({ weighted: true, bits: 32 })] };

describe('before r0 a participant', () => {
  test('accepts an opening that fits the task and its policy', () => {
    const opened = must(open());
    expect(opened).toMatchObject({ kind: 'opened', pinned: true, electorate: identities });
    expect(opened.scope).toEqual(scopeKey(opened.task, opened.taskHash, null));
    const opening = { grants: [grantHash(someGrant)] };
    expect(codeOf(() => open({ opening, grants: [someGrant], policy: { acceptGrants: true } }))).toBe(null);
  });

  const unsorted = [...identities].reverse();
  const twice = [...identities, identities[4] as Uint8Array];
  const five = { hash: electorateHash(identities), size: 5 };
  const refusals: [string, string, Given][] = [
    ['a task of another organiser', 'WRONG_ORGANISER', { taskBy: coordinator }],
    ['an opening of another coordinator', 'WRONG_COORDINATOR', { openingBy: organiser }],
    ['an opening of another task', 'TASK_MISMATCH', { opening: { task: new Uint8Array(32) } }],
    ['an opening of another suite', 'TASK_MISMATCH', { opening: { suite: 'test/plain' } }],
    ['an unknown extension of the session', 'UNSUPPORTED', { opening: { critical: ['x'] } }],
    ['an unknown key type', 'UNSUPPORTED', { opening: { keyTypes: ['x25519', 'ml-kem'] } }],
    ['an unknown extension of the task', 'UNSUPPORTED', { task: { critical: ['x'] } }],
    ['a suite its policy does not name', 'UNSUPPORTED', { policy: { suites: ['test/plain'] } }],
    [
      'fewer than three pinned participants',
      'TOO_FEW_PARTICIPANTS',
      { task: { pinned: { ...five, size: 2 } } },
    ],
    [
      'a session of two',
      'TOO_FEW_PARTICIPANTS',
      { task: { ...unpinned, maxColluders: 0 }, electorate: identities.slice(0, 2) },
    ],
    ['more pinned than the task allows', 'BAD_TASK', { task: { maxParticipants: 4 } }],
    ['as many colluders as participants', 'BAD_TASK', { task: { maxColluders: 5 } }],
    ['two vectors of one name', 'BAD_TASK', { task: { vectors: [vectorOf(), vectorOf()] } }],
    [
      'a vector with the reserved name',
      'BAD_TASK',
      { task: { vectors: [vectorOf({ name: WEIGHT_VECTOR })] } },
    ],
    ['a weighted vector without maximum', 'BAD_TASK', { task: weighted }],
    ['a maximum without weighted vector', 'BAD_TASK', { task: { maxWeight: 3 } }],
    ['too few clips', 'BAD_TASK', { task: { vectors: [vectorOf({ clip: [1, 2] })] } }],
    ['a sum that could wrap', 'WOULD_WRAP', { task: { vectors: [vectorOf({ bits: 9 })] } }],
    ['weights that could wrap', 'WOULD_WRAP', { task: { ...weighted, maxWeight: 2 ** 31 } }],
    [
      'weights whose sum alone could wrap',
      'WOULD_WRAP',
      {
        task: { vectors: [vectorOf({ weighted: true, bits: 32, scale: 1e-9, clip: 1 })], maxWeight: 2 ** 31 },
      },
    ],
    ['a small electorate', 'BELOW_POLICY', { policy: { minParticipants: 6 } }],
    ['a task that assumes few colluders', 'BELOW_POLICY', { policy: { minColluders: 2 } }],
    ['few honest survivors', 'BELOW_POLICY', { policy: { minHonest: 4 } }],
    ['more survivors needed than invited', 'BELOW_POLICY', { task: { minSurvivors: 6 } }],
    [
      'more invited than the task allows',
      'BELOW_POLICY',
      { task: { ...unpinned, maxParticipants: 4, maxColluders: 0 } },
    ],
    [
      'an evolving task it did not agree to',
      'BELOW_POLICY',
      { task: { scope: { kind: 'evolving' } }, policy: { evolving: false } },
    ],
    ['a label its policy does not know', 'BELOW_POLICY', { policy: { datasets: {} } }],
    ['its data under another label', 'BELOW_POLICY', { policy: { datasets: { records: 'other' } } }],
    [
      'an exception of the one-vote rule, when the policy accepts none',
      'BELOW_POLICY',
      { opening: { grants: [grantHash(someGrant)] }, grants: [someGrant] },
    ],
    [
      'an exception that it was not given',
      'BELOW_POLICY',
      { opening: { grants: [grantHash(someGrant)] }, policy: { acceptGrants: true } },
    ],
    [
      'a label with several data sets of other names',
      'BELOW_POLICY',
      { policy: { datasets: { mine: 'records', yours: 'records' } } },
    ],
    ['a data set that is not the pinned one', 'BELOW_POLICY', { dataset: 'b' }],
    ['a data set pinned to another label', 'BELOW_POLICY', { dataset: 'toString' }],
    ['an electorate out of order', 'BAD_SET', { task: unpinned, electorate: unsorted }],
    ['an electorate with somebody twice', 'BAD_SET', { task: unpinned, electorate: twice }],
    [
      'another list than the opening names',
      'BAD_SET',
      { task: unpinned, opening: { electorate: { ...five, hash: new Uint8Array(32) } } },
    ],
    ['a list of another size', 'BAD_SET', { task: unpinned, opening: { electorate: { ...five, size: 6 } } }],
    [
      'another list than the organiser pinned',
      'BAD_SET',
      { task: { pinned: { ...five, hash: new Uint8Array(32) } } },
    ],
    ['a list of another size than pinned', 'BAD_SET', { task: { pinned: { ...five, size: 4 } } }],
    ['a session that does not invite it', 'UNKNOWN_PARTICIPANT', { self: party('a stranger') }],
    [
      'a session number used before',
      'SESSION_NUMBER',
      { opening: { session: 7 }, ledger: { lastSession: 7 } },
    ],
    ['an older session number', 'SESSION_NUMBER', { opening: { session: 6 }, ledger: { lastSession: 7 } }],
    [
      'a session number far ahead',
      'SESSION_NUMBER',
      { opening: { session: 7 + MAX_SESSION_JUMP }, ledger: { lastSession: 7 } },
    ],
    ['a first session number far ahead', 'SESSION_NUMBER', { opening: { session: MAX_SESSION_JUMP } }],
    [
      'another electorate in the scope',
      'ELECTORATE_CHANGED',
      { ledger: { scopeOf: () => emptyScope(identities.slice(1)) } },
    ],
  ];
  test.each(refusals)('refuses %s: %s', (_, code, given) => {
    expect(codeOf(() => open(given))).toBe(code);
  });

  const accepted: [string, Given][] = [
    ['the next session number', { opening: { session: 8 }, ledger: { lastSession: 7 } }],
    [
      'the furthest session number',
      { opening: { session: 6 + MAX_SESSION_JUMP }, ledger: { lastSession: 7 } },
    ],
    ['a floor that is just met', { policy: { minHonest: 3, minColluders: 1, minParticipants: 5 } }],
    ['the same electorate in the scope', { ledger: { scopeOf: () => emptyScope(identities) } }],
    [
      'its own name for the data',
      { dataset: 'mine', policy: { datasets: { mine: 'records', records: 'other' } } },
    ],
    ['the one data set of the label, unnamed', { policy: { datasets: { mine: 'records', b: 'other' } } }],
    [
      'of several data sets the one named like the label',
      { policy: { datasets: { mine: 'records', records: 'records' } } },
    ],
    ['the fewest bits that cannot wrap', { task: { vectors: [vectorOf({ bits: 10 })] } }],
    ['a static task although it takes no evolving ones', { policy: { evolving: false } }],
    ['one clip per coordinate', { task: { vectors: [vectorOf({ clip: [1, 2, 3, 4, 5] })] } }],
    ['as many survivors needed as invited', { task: { minSurvivors: 5 } }],
    ['exactly as many as the task allows', { task: { ...unpinned, maxParticipants: 5 } }],
  ];
  test.each(accepted)('accepts %s', (_, given) => {
    expect(codeOf(() => open(given))).toBe(null);
  });

  test('says which data set a label is pinned to', () => {
    const refusal = open({ dataset: 'records', policy: { datasets: { mine: 'records' } } });
    expect(refusal).toMatchObject({
      error: { message: 'label records is pinned to data set mine: give dataset mine (--dataset mine)' },
    });
  });

  test('looks the scope up by task and input, or by data set whatever the task', () => {
    const asked: Uint8Array[] = [];
    const scopeOf = (scope: Uint8Array) => {
      asked.push(scope);
      return null;
    };
    const input = new Uint8Array(32).fill(1);
    const evolving = { scope: { kind: 'evolving' } } as const;
    must(open({ ledger: { scopeOf } }));
    must(open({ ledger: { scopeOf }, opening: { input }, task: { name: 'another task' } }));
    must(open({ ledger: { scopeOf }, task: evolving }));
    must(open({ ledger: { scopeOf }, task: evolving, opening: { input } }));
    expect(asked[0]).toEqual(asked[1]);
    expect(new Set(asked.map((scope) => scope.join())).size).toBe(3);
    const task = taskOf(parties, evolving);
    expect(asked[3]).toEqual(scopeKey(task, taskHash(signTask(task)), input));
  });
});
